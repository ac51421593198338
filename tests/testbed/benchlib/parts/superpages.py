# SPDX-License-Identifier: GPL-2.0
"""What round trips leave of a guest's 2M p2m entries."""

import random

from bedlib import pictures

from .. import rivals

TITLE = "2M p2m entries after round trips of random sizes"
MEMORY_MB = 768
GUESTS_MB = 2 * MEMORY_MB
LARGEST_MB = 200
LOOKS = (0, 1, 10, 50)
SEED = 14
WHAT = f"A PVH guest of {MEMORY_MB} MB gives between 4 KiB and {LARGEST_MB} MB, and takes it."


def sizes():
    """KiB that go and come, the same for all."""
    rng = random.Random(SEED)
    return [rng.randrange(1, LARGEST_MB * rivals.MB // 4) * 4 for _ in range(LOOKS[-1])]


def look(results, rival, trips):
    census = rival.balloon.machine.census()
    for size, entries in (("2M", census.p2m), ("4K", census.p4k)):
        results.add(entries, driver=rival.name, trips=trips, size=size)


def measure(beds, progress, results):
    bed = beds.for_guests(GUESTS_MB, results)
    with progress.step(f"starting two pvh guests of {MEMORY_MB} MB"):
        pair = rivals.create_drivers(bed, "pvh", MEMORY_MB)
    for rival in rivals.in_turn(pair):
        with progress.step(f"{rival.name}: {LOOKS[-1]} round trips of random sizes"), \
                rival.at_work():
            balloon = rival.balloon
            look(results, rival, 0)
            for trip, kb in enumerate(sizes(), 1):
                balloon.set_target(balloon.boot_kb - kb)
                balloon.set_target(balloon.boot_kb)
                if trip in LOOKS:
                    look(results, rival, trip)
    rivals.destroy(bed, pair)


def tell(doc, results):
    doc.paragraph(
        "The sizes are random, but the same with either driver; the p2m is counted from "
        "outside, in the emulated machine's memory.")
    rows, bars = [], []
    for driver in rivals.DRIVERS:
        for trips in sorted(results.different("trips", driver=driver)):
            found = [results.median(driver=driver, trips=trips, size=size) or 0
                     for size in ("2M", "4K")]
            rows.append([driver, trips, *found])
            bars.append((f"{driver}, {trips} trips", [found[0]]))
    doc.table(["driver", "round trips", "2M entries", "4K entries"], rows)
    if bars:
        doc.picture("superpages", pictures.bars(bars, ["2M p2m entries"], ""),
                    "2M p2m entries after round trips")
