# SPDX-License-Identifier: GPL-2.0
"""What a driver does while there is nothing to do, or in the background."""

import re
import statistics

TRACING = "/sys/kernel/tracing"
EVENTS = f"{TRACING}/events/workqueue"
BEGIN = (f"echo >{TRACING}/trace; echo 1 >{EVENTS}/workqueue_execute_start/enable; "
         f"echo 1 >{EVENTS}/workqueue_execute_end/enable")
END = f"echo 0 >{EVENTS}/enable"
BUILTIN_THREAD = "xen-balloon"
MARK = "the idle time is over"
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


def _work_done(trace):
    """(how often the module's work ran, microseconds it took: the median of all runs for
    each of them, because now and then the emulator stops for longer than a run takes)."""
    begun, spent = _runs(trace)
    return begun, begun * statistics.median(spent or [0])


def watch(t, guest, seconds, then_kb):
    """The same for so many seconds. Afterwards the guest gets another target, without
    which nobody would know that the trace shows anything."""
    trace = guest.run(
        f"{BEGIN}; sleep {seconds}; echo {MARK} >{TRACING}/trace_marker; "
        f"mbtool settarget {then_kb} 20000 >/dev/null && cat {TRACING}/trace; {END}",
        timeout=seconds + 60).out
    idle, found, busy = trace.partition(MARK)
    t.expect(found, "the trace has no mark")
    t.expect(_work_done(busy)[0] > 0, "the trace does not show the module's work")
    runs, spent = _work_done(idle)
    t.note(f"in {seconds} s without work {runs} runs, {spent:.0f} us")
    return runs, spent


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
