# SPDX-License-Identifier: GPL-2.0
"""The command watch: a line for each interval; and rates, for others too."""

import time

from .errors import DONE, ToolError
from .status import STATES

QUEUES = ("huge_kb", "base_kb", "foreign_used_kb")
HEADER = (f"{'MiB':8}{'actual':>9}{'target':>9}{'huge':>9}{'base':>9}{'lent':>7}"
          f"{'MiB/s':>8}{'calls/s':>8} state")


class Sample:
    """All that changes, at one moment."""

    def __init__(self, driver):
        driver.require_loaded()
        self.when = time.monotonic()
        self.status = driver.status()
        self.queues = [driver.number(name) or 0 for name in QUEUES]
        try:
            self.counters = driver.counters()
        except ToolError:
            self.counters = {}

    def seconds_since(self, before):
        return max(self.when - before.when, 1e-3)

    def kb_per_s(self, before):
        return (self.status.actual_kb - before.status.actual_kb) / \
            self.seconds_since(before)

    def per_s(self, before, counter):
        """None if it is not known."""
        if counter not in self.counters or counter not in before.counters:
            return None
        return (self.counters[counter] - before.counters[counter]) / \
            self.seconds_since(before)


def mib(kb, width):
    value = kb / 1024
    return f"{value:{width}.{1 if abs(value) < 1e5 else 0}f}"


def row(sample, before):
    calls = sample.per_s(before, "hypercalls")
    sizes = [sample.status.actual_kb, sample.status.target_kb, *sample.queues[:2]]
    return (time.strftime("%H:%M:%S") + "".join(mib(kb, 9) for kb in sizes) +
            mib(sample.queues[2], 7) + mib(sample.kb_per_s(before), 8) +
            (f"{calls:8.0f}" if calls is not None else f"{'-':>8}"))


def run(driver, terminal, options):
    """In MiB; the first line has no rates yet, so it comes after an interval."""
    before = Sample(driver)
    lines = 0
    while options.count is None or lines < options.count:
        time.sleep(options.interval)
        sample = Sample(driver)
        # Again for each screen of a terminal; once for a program.
        if lines == 0 or terminal.live and lines % (terminal.size()[1] - 1) == 0:
            terminal.line(terminal.paint("bold", HEADER))
        state = sample.status.state
        terminal.line(f"{row(sample, before)} "
                      f"{terminal.paint(STATES.get(state), state)}")
        before = sample
        lines += 1
    return DONE
