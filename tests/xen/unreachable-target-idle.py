# SPDX-License-Identifier: GPL-2.0
"""A target above what Xen allows the domain costs next to nothing."""

import re

GUEST = {"memory": 512}
MB = 1024
SECONDS = 20
JIFFY_US = 4000
TRACING = "/sys/kernel/tracing"
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


def run(t):
    guest = t.guest
    guest.insmod()
    guest.write("target_kb", str(guest.boot_kb + 512 * MB))
    guest.settle()
    before = guest.statistics()["hypercalls"]
    events = f"{TRACING}/events/workqueue"
    trace = guest.run(
        f"echo 1 >{events}/workqueue_execute_start/enable; "
        f"echo 1 >{events}/workqueue_execute_end/enable; "
        f"sleep {SECONDS}; cat {TRACING}/trace", timeout=SECONDS + 60).out
    calls = guest.statistics()["hypercalls"] - before
    t.expect("workqueue_execute_start" in trace, "the trace is empty")
    runs, spent = work_done(trace)
    t.note(f"in {SECONDS} s {runs} runs, {spent:.0f} us, {calls} hypercalls")
    t.expect(runs <= 8, f"{runs} wake-ups in {SECONDS} s")
    t.expect(spent <= 5 * JIFFY_US, f"{spent:.0f} us of work in {SECONDS} s")
    t.expect(calls <= 64, f"{calls} hypercalls in {SECONDS} s")
    guest.set_target(guest.boot_kb - 64 * MB)
