# SPDX-License-Identifier: GPL-2.0
"""What a driver does while there is nothing to do, or in the background."""

import re

from .balloon import DEBUGFS

TRACING = "/sys/kernel/tracing"
EVENTS = f"{TRACING}/events/workqueue"
BEGIN = (f"echo >{TRACING}/trace; echo 1 >{EVENTS}/workqueue_execute_start/enable; "
         f"echo 1 >{EVENTS}/workqueue_execute_end/enable")
END = f"echo 0 >{EVENTS}/enable"
BUILTIN_THREAD = "xen-balloon"
MARK = "idle time is over, hypercalls:"
CALLS = f"sed -n 's/^hypercalls //p' {DEBUGFS}/stats"
WORK = re.compile(r" (\d+\.\d+): workqueue_execute_(start|end): .*function xhb_")


def _runs(trace):
    """(how often the module's work began, microseconds of each that has ended)."""
    begun, spent, started = 0, [], None
    for line in trace.splitlines():
        found = WORK.search(line)
        if not found:
            continue
        when = float(found.group(1))
        if found.group(2) == "start":
            begun, started = begun + 1, when
        elif started is not None:
            spent.append((when - started) * 1e6)
            started = None
    return begun, spent


def watch(t, guest, seconds, then_kb):
    """(how often the module's work ran in so many seconds, the hypercalls that it made).
    Afterwards the guest gets another target, without which nobody would know that the
    trace shows anything. How long the work takes here is not asked: the emulator stops
    now and then for longer."""
    trace = guest.run(
        f"{BEGIN}; before=$({CALLS}); sleep {seconds}; "
        f"echo {MARK} $(($({CALLS}) - before)) >{TRACING}/trace_marker; "
        f"mbtool settarget {then_kb} 20000 >/dev/null && cat {TRACING}/trace; {END}",
        timeout=seconds + 60).out
    found = re.search(MARK + r" (\d+)", trace)
    t.expect(found, "the trace has no mark")
    t.expect(_runs(trace[found.end():])[0] > 0, "the trace does not show the module's work")
    runs, spent = _runs(trace[:found.start()])
    calls = int(found.group(1))
    t.note(f"in {seconds} s without work {runs} runs, {calls} hypercalls, {sum(spent):.0f} us")
    return runs, calls


class ModulesTime:
    """CPU time that the module uses from now on, in a guest that does nothing else."""

    def __init__(self, guest):
        self.guest = guest
        guest.run(BEGIN)

    def seconds(self):
        # All of it would take long on its way out of the guest.
        _, spent = _runs(self.guest.run(f"{END}; grep 'function xhb_' {TRACING}/trace",
                                        check=False).out)
        return sum(spent) / 1e6


class ThreadsTime:
    """CPU time that the built-in driver's thread uses from now on."""

    def __init__(self, guest):
        self.guest = guest
        self.before = self._used()

    def _used(self):
        out = self.guest.run(f"cat /proc/$(pidof {BUILTIN_THREAD})/schedstat").out
        return int(out.split()[0]) / 1e9

    def seconds(self):
        return self._used() - self.before
