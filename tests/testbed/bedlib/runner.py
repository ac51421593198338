# SPDX-License-Identifier: GPL-2.0
"""Runs scenarios, in as few boots of Xen as possible, and judges them.

Several beds may do so side by side, each with a Runner of its own: emulated machines
do not see each other, and one alone leaves a second CPU idle most of the time.

The next guest boots when the last one is gone. After a failure nothing in that boot
of Xen is trusted any more, and the next scenario gets a new one; so whatever Xen or
dom0 complain about belongs to the scenario that is just running. Nothing is run again.
"""

import os
import threading
import time
import traceback

from . import checks, modules, paths
from .balloon import Dom0Machine
from .bed import Bed
from .errors import BedError, Failure, GuestDied
from .plan import Plan, say
from .scenario import Context, start_guest

# Lines of a dead guest's console: an oops is longer than a screen.
LAST_WORDS = 60


class Boot:
    """One boot of Xen."""

    def __init__(self, run, scenario):
        self.like = scenario.boot_needed()
        kernel = scenario.dom0_kernel
        self.bed = Bed(run, cpus=scenario.cpus(), memory=scenario.host_memory,
                       nodes=scenario.host_nodes,
                       xen_options=scenario.xen_options, xen_version=scenario.xen,
                       dom0_type=scenario.dom0_type,
                       dom0_kernel=modules.own_kernel(kernel) if kernel else None)
        self.shared = None          # a guest for the scenarios that share one
        self.shared_like = None     # its kind and options
        try:
            self.bed.wait_ready()
            self.dom0_complaints = checks.complaints(Dom0Machine(self.bed))
        except BedError:
            self.close()
            raise

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
        for balloon in balloons:
            if balloon is self.shared:
                balloon.reset(self.shared_like[1]["memory"])
            elif balloon.machine.domid:
                self.bed.destroy(balloon.name)

    def close(self):
        self.bed.close()


class Runner:
    def __init__(self, run, plan):
        self.run = run
        self.plan = plan
        self.boot = None
        self.logs = None            # of the last boot

    def close(self):
        if not self.boot:
            return
        try:
            self.boot.bed.collect_logs()
        except BedError as e:
            say(f"# logs are incomplete: {e}")
        self.boot.close()
        self.boot = None

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
        if self.boot and self.boot.like != scenario.boot_needed():
            self.close()
        if not self.boot:
            number = self.plan.number_boot()
            say(f"# booting Xen and dom0 (boot {number}) {scenario.xen_options}".rstrip())
            self.logs = f"{self.run}-{number}"
            self.boot = Boot(self.logs, scenario)

    def _attempt(self, scenario):
        """Why the scenario failed: a list, empty if it did not."""
        note = lambda text: say(f"# {scenario.name}: {text}")
        if not scenario.needs_xen:
            scenario.run(Context(None, scenario, None, note))
            return []
        self._ensure_boot(scenario)
        boot = self.boot
        guest = boot.guest_of(scenario)
        context = Context(boot.bed, scenario, guest, note)
        scenario.run(context)
        broken = context.violations() + boot.violations()
        boot.end_guests(context.balloons)
        return broken

    def _judge(self, scenario):
        try:
            return self._attempt(scenario)
        except (BedError, Failure) as e:
            return [f"{type(e).__name__}: {e}", *self._last_words(e)]
        except Exception:       # a bug in a scenario is a failure of it
            return [traceback.format_exc()]

    def _run_one(self, scenario):
        start = time.monotonic()
        reasons = self._judge(scenario)
        if reasons:
            logs = paths.log_dir(self.logs if scenario.needs_xen else scenario.name)
            reasons = [*reasons, f"logs: {os.path.relpath(logs, paths.TOP)}"]
        self.plan.tell(scenario, reasons, time.monotonic() - start)
        if reasons:
            self.close()

    def work(self, alone=False):
        try:
            while group := self.plan.take(self.boot, alone):
                for scenario in group:
                    self._run_one(scenario)
        finally:
            self.close()


def run_all(run, scenarios, beds=1):
    """Whether all of them passed."""
    plan = Plan(scenarios)
    threads = [threading.Thread(target=Runner(run, plan).work, daemon=True)
               for _ in range(beds if beds > 1 else 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Runner(run, plan).work(alone=True)
    return plan.end()
