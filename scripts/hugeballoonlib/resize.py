# SPDX-License-Identifier: GPL-2.0
"""The command set: ask for a size, and wait until the guest has it."""

import time

from .errors import DONE, Interrupted, NotReached, UsageError
from .status import next_try
from .units import duration, parse_size, size

LOOK_S = 0.1


def wanted_kb(driver, text, sign, kb):
    """Relative sizes start from the target, so that they add up."""
    if sign:
        kb = driver.target_kb() + (kb if sign == "+" else -kb)
    if kb <= 0:
        raise UsageError(f"{text} leaves the guest without memory")
    return kb


def stays_as(driver):
    return f"the target stays {size(driver.target_kb())}"


def run(driver, terminal, options):
    # What makes no sense on any machine comes first.
    sign, kb = parse_size(options.size)
    driver.require_loaded()
    kb = wanted_kb(driver, options.size, sign, kb)
    first = driver.status().actual_kb
    try:
        driver.set_target_kb(kb)
        if options.wait:
            return Way(driver, terminal, options, first, kb).follow()
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; {stays_as(driver)} and the driver goes on, "
                          f"actual is {size(driver.status().actual_kb)}") from None
    terminal.line(f"target {size(driver.target_kb())}, not waiting")
    return DONE


class Way:
    """To a target that has just been set."""

    def __init__(self, driver, terminal, options, first, target):
        self.driver = driver
        self.terminal = terminal
        self.timeout = options.timeout
        self.patience = options.patience
        self.begin = self.moved = time.monotonic()
        self.target = target
        self.first = self.last = first

    def follow(self):
        while True:
            status = self.driver.status()
            now = time.monotonic()
            if status.actual_kb != self.last:
                self.last, self.moved = status.actual_kb, now
            target = self.driver.target_kb()
            if target != self.target:
                self.give_up(status, f"the target is {size(target)} now, set by "
                             f"{status.target_by}")
            if status.actual_kb == self.target:
                self.terminal.line(f"{size(self.target)} reached in "
                                   f"{duration(round(now - self.begin, 1))}")
                return DONE
            self.check_patience(status, now)
            self.show(status, now)
            time.sleep(LOOK_S)

    def check_patience(self, status, now):
        """What is stuck for a moment is nothing to trouble the user with."""
        because = f"{status.state}, {status.reason}; next try {next_try(status)}"
        if status.waits and now - self.moved >= self.patience:
            self.give_up(status, because)
        if self.timeout is not None and now - self.begin >= self.timeout:
            self.give_up(status, f"{duration(self.timeout)} are over: {because}")

    def give_up(self, status, why):
        raise NotReached(f"target {size(self.target)} not reached, actual is "
                         f"{size(status.actual_kb)}: {why}")

    def show(self, status, now):
        whole = abs(self.target - self.first)
        left = abs(self.target - status.actual_kb)
        done = whole - left
        rate = done / (now - self.begin) if now > self.begin else 0
        text = f"{size(status.actual_kb)} of {size(self.target)}"
        if status.waits:
            text += f", {status.state}: {status.reason}"
        elif rate > 0:
            text += f", {size(int(rate))}/s, {duration(int(left / rate) + 1)} left"
        self.terminal.bar(done / whole if whole else 1, text)
