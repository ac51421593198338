# SPDX-License-Identifier: GPL-2.0
"""What is to be run, who runs what next, and what has become of it."""

import threading


def say(text):
    print(text + "\n", end="", flush=True)


class Plan:
    """The scenarios that are left, and what became of the others. Shared by runners."""

    def __init__(self, scenarios):
        self.lock = threading.Lock()
        self.total = len(scenarios)
        self.boots = 0
        self.passed = 0
        self.failed = 0
        # Those that share a guest stay together.
        self.groups = []
        for scenario in scenarios:
            if self.groups and self._together(self.groups[-1][-1], scenario):
                self.groups[-1].append(scenario)
            else:
                self.groups.append([scenario])
        say(f"1..{self.total}")

    @staticmethod
    def _together(one, other):
        return (one.shares and other.shares and one.kind == other.kind and
                one.guest_options == other.guest_options and
                one.boot_needed() == other.boot_needed())

    def take(self, boot, alone):
        """The next group, if possible one for which this boot of Xen will do; those that
        want it quiet only if nobody else is at work."""
        with self.lock:
            groups = [group for group in self.groups if alone or not group[0].wants_quiet()]
            if not groups:
                return []
            fitting = (group for group in groups
                       if boot and boot.like == group[0].boot_needed())
            group = next(fitting, groups[0])
            self.groups.remove(group)
            return group

    def number_boot(self):
        with self.lock:
            self.boots += 1
            return self.boots

    def tell(self, scenario, reasons, seconds):
        with self.lock:
            if reasons:
                self.failed += 1
            else:
                self.passed += 1
            say("\n".join([f"{'not ok' if reasons else 'ok'} {self.passed + self.failed} - "
                           f"{scenario.name} # {seconds:.1f}s",
                           *(f"#   {line}" for reason in reasons
                             for line in reason.splitlines())]))

    def end(self):
        lost = self.total - self.passed - self.failed
        if lost:
            say(f"# {lost} scenarios were not run")
        say(f"{self.passed} passed, {self.failed + lost} failed")
        return self.failed + lost == 0
