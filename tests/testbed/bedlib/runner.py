# SPDX-License-Identifier: GPL-2.0
"""Runs scenarios, in as few boots of Xen as possible, and judges them.

The next guest boots when the last one is gone: QEMU 7.2 ends guests by a triple
fault now and then, also such that have never seen the module, and so far only
while two of them were running. After a failure nothing in that boot of Xen is
trusted any more, and the next scenario gets a new one; so whatever Xen or dom0
complain about belongs to the scenario that is just running.
"""

import os
import time
import traceback

from . import checks, modules, paths
from .balloon import Dom0Machine
from .bed import Bed
from .errors import BedError, EmulatorFault, Failure, GuestDied
from .scenario import Context, start_guest

# The known fault of the emulator, and nothing else, is worth another try.
RETRIES = 2
# Lines of a dead guest's console: an oops is longer than a screen.
LAST_WORDS = 60


def say(text):
    print(text, flush=True)


class Boot:
    """One boot of Xen."""

    def __init__(self, run, scenario):
        self.like = self.needed_by(scenario)
        kernel = scenario.dom0_kernel
        self.bed = Bed(run, xen_options=scenario.xen_options,
                       dom0_kernel=modules.own_kernel(kernel) if kernel else None)
        self.shared = None          # a guest for the scenarios that share one
        self.shared_like = None     # its kind and options
        try:
            self.bed.wait_ready()
            self.dom0_complaints = checks.complaints(Dom0Machine(self.bed))
        except BedError:
            self.close()
            raise

    @staticmethod
    def needed_by(scenario):
        """Scenarios for which this is the same share a boot."""
        return scenario.xen_options, scenario.dom0_kernel

    def guest_of(self, scenario):
        like = (scenario.kind, scenario.guest_options)
        if scenario.shares and self.shared_like == like:
            return self.shared
        if self.shared:
            self.bed.destroy(self.shared.name)
            self.shared = self.shared_like = None
        if scenario.guest_options is None:
            return None
        guest = start_guest(self.bed, scenario, **scenario.guest_options)
        if scenario.shares:
            self.shared, self.shared_like = guest, like
        return guest

    def violations(self):
        return ([f"Xen's console: {line}" for line in self.bed.console.crashes()] +
                checks.new_complaints(Dom0Machine(self.bed), self.dom0_complaints))

    def end_guests(self, balloons):
        self.bed.collect_logs()
        for balloon in balloons:
            if balloon is self.shared:
                balloon.reset(self.shared_like[1]["memory"])
            elif balloon.machine.domid:
                self.bed.destroy(balloon.name)

    def close(self):
        self.bed.close()


class Runner:
    def __init__(self, run):
        self.run = run
        self.boot = None
        self.boots = 0
        self.faults = 0
        self.passed = 0
        self.failed = 0

    def close(self):
        if self.boot:
            self.boot.close()
            self.boot = None

    def _abandon_boot(self):
        if not self.boot:
            return
        try:
            self.boot.bed.collect_logs()
        except BedError as e:
            say(f"# logs are incomplete: {e}")
        self.close()

    def _last_words(self, error):
        """What a machine that keeps no logs shows of a death."""
        if not self.boot or not isinstance(error, GuestDied):
            return []
        bed = self.boot.bed
        words = bed.console.crash_report().splitlines()
        try:
            words += bed.guest_console(error.guest).splitlines()[-LAST_WORDS:]
        except BedError as e:
            words.append(f"the guest's console is not to be had: {e}")
        return words

    def _ensure_boot(self, scenario):
        if self.boot and self.boot.like != Boot.needed_by(scenario):
            self.close()
        if not self.boot:
            self.boots += 1
            say(f"# booting Xen and dom0 (boot {self.boots}) {scenario.xen_options}".rstrip())
            self.boot = Boot(f"{self.run}-{self.boots}", scenario)

    def _attempt(self, scenario):
        """Why the scenario failed: a list, empty if it did not."""
        note = lambda text: say(f"# {scenario.name}: {text}")
        if not scenario.needs_xen:
            scenario.run(Context(None, scenario, None, note))
            return []
        self._ensure_boot(scenario)
        boot = self.boot
        try:
            guest = boot.guest_of(scenario)
            context = Context(boot.bed, scenario, guest, note)
            scenario.run(context)
            broken = context.violations() + boot.violations()
            boot.end_guests(context.balloons)
        except (BedError, Failure):
            boot.bed.check_emulator_fault()
            raise
        if broken:
            boot.bed.check_emulator_fault()
        return broken

    def _judge(self, scenario):
        for _ in range(1 + RETRIES):
            try:
                return self._attempt(scenario)
            except EmulatorFault as e:
                self.faults += 1
                reasons = [str(e)]
                say(f"# {scenario.name}: {e}; running it again")
                self._abandon_boot()
            except (BedError, Failure) as e:
                return [f"{type(e).__name__}: {e}", *self._last_words(e)]
            except Exception:       # a bug in a scenario is a failure of it
                return [traceback.format_exc()]
        return reasons

    def _run_one(self, number, scenario):
        start = time.monotonic()
        reasons = self._judge(scenario)
        verdict = "not ok" if reasons else "ok"
        say(f"{verdict} {number} - {scenario.name} # {time.monotonic() - start:.1f}s")
        if not reasons:
            self.passed += 1
            return
        self.failed += 1
        for reason in reasons:
            for line in reason.splitlines():
                say(f"#   {line}")
        logs = paths.log_dir(f"{self.run}-{self.boots}" if scenario.needs_xen
                             else scenario.name)
        say(f"#   logs: {os.path.relpath(logs, paths.TOP)}")
        self._abandon_boot()

    def run_all(self, scenarios):
        say(f"1..{len(scenarios)}")
        try:
            for number, scenario in enumerate(scenarios, 1):
                self._run_one(number, scenario)
        finally:
            self.close()
        if self.faults:
            say(f"# the emulator's known fault happened {self.faults} times")
        say(f"{self.passed} passed, {self.failed} failed")
        return self.failed == 0
