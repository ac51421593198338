# SPDX-License-Identifier: GPL-2.0
"""The command heal: one pass, and what came of it."""

import time

from .blocks import Blocks
from .errors import DONE, Interrupted, NotReached, ToolError
from .log import Log
from .units import duration, size

LOOK_S = 0.25
SAID = "healing "


def run(driver, terminal, options):
    driver.require_loaded()
    if driver.maybe("sys/hypervisor/guest_type") == "PV":
        raise ToolError("nothing to heal: PV guests have no 2M entries")
    log = Log(driver, from_now=True)
    try:
        return Pass(driver, terminal, options, log).follow()
    except KeyboardInterrupt:
        raise Interrupted("interrupted; the pass goes on, writing 0 to the file heal "
                          "ends it") from None
    finally:
        log.close()


class Pass:
    """One over all memory, from its start."""

    def __init__(self, driver, terminal, options, log):
        self.driver = driver
        self.terminal = terminal
        self.timeout = options.timeout
        self.patience = options.patience
        self.log = log
        self.healed_before = self.healed = self.number("healed")
        self.blocks = self.shattered()
        driver.heal_now()
        self.begin = self.moved = time.monotonic()

    def number(self, name):
        return self.driver.number(name) or 0

    def shattered(self):
        """Blocks that a pass would like to heal; None if that cannot be known."""
        try:
            blocks = Blocks(self.driver.blocks())
        except ToolError:
            return None
        return blocks.count("4") + blocks.count("?")

    def follow(self):
        while self.driver.file("heal") == "now":
            now = time.monotonic()
            healed = self.number("healed")
            if healed != self.healed:
                self.healed, self.moved = healed, now
            self.check_patience(now)
            self.show(now)
            time.sleep(LOOK_S)
        # Or its absence would pass for the end.
        self.driver.require_loaded()
        return self.tell()

    def check_patience(self, now):
        status = self.driver.status()
        waits = status.state != "at target" or status.copied
        why = "the guest is being copied to another host" if status.copied else \
            f"{status.state}, {status.reason}"
        if waits and now - self.moved >= self.patience:
            self.give_up(f"it waits: {why}")
        if self.timeout is not None and now - self.begin >= self.timeout:
            self.give_up(f"{duration(self.timeout)} are over")

    def give_up(self, why):
        raise NotReached(f"the pass has healed {self.new()} blocks and has not ended: "
                         f"{why}; it stays asked for")

    def new(self):
        return self.healed - self.healed_before

    def show(self, now):
        blocks = f" of {self.blocks}" if self.blocks else ""
        self.terminal.bar(self.new() / self.blocks if self.blocks else 0,
                          f"{self.new()}{blocks} blocks healed, "
                          f"{duration(int(now - self.begin))}")

    def tell(self):
        """The driver says in the log how the pass has ended."""
        self.healed = self.number("healed")
        seconds = duration(round(time.monotonic() - self.begin, 1))
        said = [text for _, text in self.log.lines() if text.startswith(SAID)]
        result = said[-1] if said else f"{SAID}ended: {self.new()} 2M blocks healed"
        if said and not said[-1].startswith(f"{SAID}done"):
            raise ToolError(f"{result}, after {seconds}")
        self.terminal.line(result)
        self.terminal.line(f"took {seconds}; {size(self.number('unmovable_kb'))} cannot "
                           "be moved, and stay in 4K pages")
        return DONE
