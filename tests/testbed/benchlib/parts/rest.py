# SPDX-License-Identifier: GPL-2.0
"""CPU time that a driver uses while nobody waits for it."""

from bedlib import idle

from .. import rivals

TITLE = "CPU time in the background"
MEMORY_MB = 768
GUESTS_MB = 2 * MEMORY_MB
LESS_MB = 128
SCATTERED_MB = 96
IDLE_SECONDS = 20
# Both drivers try again after ever longer pauses, the built-in one four times in all.
BEYOND_SECONDS = 40
IDLE, BEYOND, COALESCING = "at the target", "target out of reach", "coalescing"
WHAT = (f"PVH guests of {MEMORY_MB} MB and one vCPU that do nothing, both at the same time. "
        f"At the target: for {IDLE_SECONDS} s. Out of reach, because Xen allows the guest no "
        f"more: for the first {BEYOND_SECONDS} s, in which it is tried most often. "
        f"Coalescing: until half of {SCATTERED_MB} MB in scattered 4K pages are 2M pages. "
        "Counted are the thread of the built-in driver, and the work items of this one.")
CLOCKS = {rivals.BUILTIN: idle.ThreadsTime, rivals.OURS: idle.ModulesTime}


def watch(results, pair, what, seconds, first=None):
    """For so many seconds, in each guest after what is done in it first."""
    clocks = {rival.name: CLOCKS[rival.name](rival.balloon) for rival in pair}
    for rival in pair if first else ():
        first(rival.balloon)
    pair[0].balloon.run(f"sleep {seconds}", seconds + 60)
    for name, clock in clocks.items():
        results.add(clock.seconds(), driver=name, during=what, figure="cpu")
        results.add(seconds, driver=name, during=what, figure="watched")


def coalesce(results, rival):
    """The pace is the module's own, so what counts is how much of a CPU that takes."""
    balloon = rival.balloon
    balloon.write("hugeballoon/enable_huge", "0")
    balloon.inflate_scattered(SCATTERED_MB * rivals.MB)
    clock = CLOCKS[rival.name](balloon)
    balloon.write("hugeballoon/enable_huge", "1")
    balloon.await_file("hugeballoon/huge_kb", SCATTERED_MB * rivals.MB // 2)
    results.add(clock.seconds(), driver=rival.name, during=COALESCING, figure="cpu")
    results.add(balloon.number("huge_kb") / rivals.MB, driver=rival.name,
                during=COALESCING, figure="mb")
    balloon.set_target(balloon.boot_kb)


def want_all(balloon):
    balloon.write("target_kb", str(balloon.boot_kb))


def measure(beds, progress, results):
    bed = beds.for_guests(GUESTS_MB, results)
    with progress.step(f"starting two pvh guests of {MEMORY_MB} MB"):
        pair = rivals.create_drivers(bed, "pvh", MEMORY_MB)
    for rival in pair:
        if rival.name == rivals.OURS:
            rival.balloon.insmod()
            with progress.step(f"{rival.name}: coalescing"):
                coalesce(results, rival)
    with progress.step("both drivers: at the target"):
        watch(results, pair, IDLE, IDLE_SECONDS)
    with progress.step("both drivers: target out of reach"):
        for rival in pair:
            # What the host sets is what Xen allows.
            rival.balloon.host_asks(MEMORY_MB, LESS_MB)
        watch(results, pair, BEYOND, BEYOND_SECONDS, want_all)
    rivals.destroy(bed, pair)


def tell(doc, results):
    doc.paragraph("What an hour would take follows from how long it was watched. Coalescing "
                  "takes none: it ends.")
    rows = []
    for what in (IDLE, BEYOND):
        for driver in rivals.DRIVERS:
            cpu, watched = (results.median(driver=driver, during=what, figure=figure)
                            for figure in ("cpu", "watched"))
            if watched:
                rows.append([what, driver, f"{cpu * 1000:.1f} ms",
                             f"{cpu / watched * 3600:.2f} s an hour"])
    cpu, megabytes = (results.median(driver=rivals.OURS, during=COALESCING, figure=figure)
                      for figure in ("cpu", "mb"))
    if megabytes:
        rows.append([COALESCING, rivals.OURS, f"{cpu:.2f} s",
                     f"{cpu / megabytes * 1024:.1f} s a GiB"])
    doc.table(["state", "driver", "CPU time", "which is"], rows)
