# SPDX-License-Identifier: GPL-2.0
"""What a program feels of what the balloon does."""

import time

from bedlib import touching

from .. import rivals

TITLE = "What a program feels"
ROUNDS = 5
MEMORY_MB = 1024
GUESTS_MB = 2 * MEMORY_MB
TOUCHED_MB = 300
SIZE_MB = 128
SCATTERED_MB = 64
SECONDS = 3
# In which either driver can make one round trip.
ONCE_SECONDS = 4
NOTHING, COALESCING, HEALING = "nothing", "coalescing", "healing"
ONCE, MOVING = "one round trip", "balloon moves"
WHAT = (f"A program in a PVH guest of {MEMORY_MB} MB and one vCPU writes to random words of "
        f"{TOUCHED_MB} MB all the time. {SIZE_MB} MB go and come: once in {ONCE_SECONDS} s "
        f"(\"{ONCE}\"), or again and again for {SECONDS} s (\"{MOVING}\"), which is more "
        "often with the driver that is faster.")
FIGURES = ("writes", "elapsed_us", "p999_us", "slowest_us")


def nothing(rival):
    time.sleep(SECONDS)


def once(rival):
    """The same work in about the same time, with either driver."""
    end = time.monotonic() + ONCE_SECONDS
    rival.round_trip(SIZE_MB)
    time.sleep(max(end - time.monotonic(), 0))


def moving(rival):
    """Until about the same time is over, with either driver."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        rival.round_trip(SIZE_MB)


def healing(rival):
    rival.balloon.heal()


def coalescing(rival):
    balloon = rival.balloon
    wanted = balloon.number("huge_kb") + SCATTERED_MB * rivals.MB // 2
    balloon.write("hugeballoon/enable_huge", "1")
    balloon.await_file("hugeballoon/huge_kb", wanted)


def scatter(rival):
    """Something to coalesce."""
    rival.balloon.write("hugeballoon/enable_huge", "0")
    rival.balloon.inflate_scattered(SCATTERED_MB * rivals.MB)


def shatter(rival, megabytes=SIZE_MB):
    """Something to heal."""
    rival.balloon.write("hugeballoon/enable_huge", "0")
    rival.round_trip(megabytes)
    rival.balloon.write("hugeballoon/enable_huge", "1")


def record(results, rival, what, during):
    touching.report(rival.balloon)
    during(rival)
    found = touching.report(rival.balloon)
    for name in FIGURES:
        results.add(found[name], driver=rival.name, during=what, figure=name)


def ours_alone(results, rival):
    scatter(rival)
    record(results, rival, COALESCING, coalescing)
    rival.balloon.set_target(rival.balloon.boot_kb)
    shatter(rival)
    record(results, rival, HEALING, healing)


def measure(beds, progress, results):
    bed = beds.for_guests(GUESTS_MB, results)
    with progress.step(f"starting two pvh guests of {MEMORY_MB} MB"):
        pair = rivals.create_drivers(bed, "pvh", MEMORY_MB)
        for rival in rivals.in_turn(pair):
            if rival.name == rivals.OURS:
                rival.balloon.insmod()
            touching.start(rival.balloon, TOUCHED_MB)
    for number in range(ROUNDS):
        with progress.step(f"writes timed, round {number + 1} of {ROUNDS}"):
            for rival in rivals.in_turn(pair, number):
                record(results, rival, NOTHING, nothing)
                record(results, rival, ONCE, once)
                record(results, rival, MOVING, moving)
                if rival.name == rivals.OURS:
                    ours_alone(results, rival)
    for rival in rivals.in_turn(pair):
        touching.end(rival.balloon)
        if rival.name == rivals.OURS:
            rival.balloon.rmmod()
    rivals.destroy(bed, pair)


def milliseconds(figure):
    if not figure:
        return "-"
    return (f"{figure.median / 1e3:.2f} ms ({figure.lowest / 1e3:.2f} to "
            f"{figure.highest / 1e3:.2f})")


def felt(results, **labels):
    """Cells of a table: writes a second, and how long they took; None if there are none."""
    writes = results.total(figure="writes", **labels)
    if not writes:
        return None
    rate = writes / results.total(figure="elapsed_us", **labels) * 1e6
    return [f"{rate:.0f}", *(milliseconds(results.figure(figure=name, **labels))
                             for name in ("p999_us", "slowest_us"))]


def tell(doc, results):
    doc.paragraph(
        "Of each round the slowest write, and the one that 999 of 1000 are not slower than; "
        "median of the rounds, with lowest and highest.")
    rows = []
    for during in (NOTHING, ONCE, MOVING, COALESCING, HEALING):
        for driver in rivals.DRIVERS:
            cells = felt(results, driver=driver, during=during)
            if cells:
                rows.append([during, driver, *cells])
    doc.table(["meanwhile", "driver", "writes a second", "99.9 %", "slowest"], rows)
