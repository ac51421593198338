# SPDX-License-Identifier: GPL-2.0
"""What the module does while there is nothing to do."""

import re
import statistics

TRACING = "/sys/kernel/tracing"
MARK = "the idle time is over"
WORK = re.compile(r" (\d+\.\d+): workqueue_execute_(start|end): .*function xhb_")


def _work_done(trace):
    """(how often the module's work ran, microseconds it took: the median of all runs for
    each of them, because now and then the emulator stops for longer than a run takes)."""
    runs, spent, started = 0, [], None
    for line in trace.splitlines():
        found = WORK.search(line)
        if not found:
            continue
        when = float(found.group(1))
        if found.group(2) == "start":
            runs, started = runs + 1, when
        elif started is not None:
            spent.append((when - started) * 1e6)
            started = None
    return runs, runs * statistics.median(spent or [0])


def watch(t, guest, seconds, then_kb):
    """The same for so many seconds. Afterwards the guest gets another target, without
    which nobody would know that the trace shows anything."""
    events = f"{TRACING}/events/workqueue"
    trace = guest.run(
        f"echo >{TRACING}/trace; "
        f"echo 1 >{events}/workqueue_execute_start/enable; "
        f"echo 1 >{events}/workqueue_execute_end/enable; sleep {seconds}; "
        f"echo {MARK} >{TRACING}/trace_marker; "
        f"mbtool settarget {then_kb} 20000 >/dev/null && cat {TRACING}/trace; "
        f"echo 0 >{events}/enable", timeout=seconds + 60).out
    idle, found, busy = trace.partition(MARK)
    t.expect(found, "the trace has no mark")
    t.expect(_work_done(busy)[0] > 0, "the trace does not show the module's work")
    runs, spent = _work_done(idle)
    t.note(f"in {seconds} s without work {runs} runs, {spent:.0f} us")
    return runs, spent
