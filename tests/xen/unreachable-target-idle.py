# SPDX-License-Identifier: GPL-2.0
"""A target above what Xen allows the domain costs next to nothing."""

import re

GUEST = {"memory": 512}
SHARES = True
MB = 1024
SECONDS = 20
JIFFY_US = 4000
TRACING = "/sys/kernel/tracing"
MARK = "the idle time is over"
WORK = re.compile(r" (\d+\.\d+): workqueue_execute_(start|end): .*function xhb_")


def work_done(trace):
    """(how often the module's work ran, microseconds it took)."""
    runs, spent, started = 0, 0.0, None
    for line in trace.splitlines():
        found = WORK.search(line)
        if not found:
            continue
        when = float(found.group(1))
        if found.group(2) == "start":
            runs, started = runs + 1, when
        elif started is not None:
            spent, started = spent + (when - started) * 1e6, None
    return runs, spent


def trace_idle_time(guest):
    """What the kernel's workqueues did while idle, and when given work again."""
    events = f"{TRACING}/events/workqueue"
    return guest.run(
        f"echo 1 >{events}/workqueue_execute_start/enable; "
        f"echo 1 >{events}/workqueue_execute_end/enable; sleep {SECONDS}; "
        f"echo {MARK} >{TRACING}/trace_marker; "
        f"mbtool settarget {guest.boot_kb - 64 * MB} 20000 >/dev/null && "
        f"cat {TRACING}/trace", timeout=SECONDS + 60).out


def run(t):
    guest = t.guest
    guest.insmod()
    guest.write("target_kb", str(guest.boot_kb + 512 * MB))
    guest.settle()
    idle, found, busy = trace_idle_time(guest).partition(MARK)
    t.expect(found, "the trace has no mark")
    t.expect(work_done(busy)[0] > 0, "the trace does not show the module's work")
    runs, spent = work_done(idle)
    t.note(f"in {SECONDS} s {runs} runs, {spent:.0f} us")
    t.expect(runs <= 8, f"{runs} wake-ups in {SECONDS} s")
    t.expect(spent <= 5 * JIFFY_US, f"{spent:.0f} us of work in {SECONDS} s")
