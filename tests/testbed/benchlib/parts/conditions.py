# SPDX-License-Identifier: GPL-2.0
"""Whether it matters how many CPUs a guest has, and how much of its memory is in use."""

import contextlib

from bedlib.bed import MORE_CPUS
from bedlib.memory import available_kb

from .. import rivals
from ..tables import GIB_MB, seconds, spread, times

TITLE = "With more CPUs, and with memory in use"
ROUNDS = 5
MEMORY_MB = 1024
GUESTS_MB = 2 * MEMORY_MB
VCPUS = (1, 2, 4)
IDLE_MB = 128
# Of what is available, by a program that has touched it all.
USED_PERCENT = (10, 50, 90)
# Of less memory neither driver gives as much of what is left beside the most.
USED_MB = 32
WHAT = (f"PVH guests of {MEMORY_MB} MB give {IDLE_MB} MB, with 1 to {VCPUS[-1]} vCPUs of which "
        f"{MORE_CPUS - 1} can run at a time; or {USED_MB} MB, with one vCPU and a program "
        "that has touched so much of what was available. The other guest is paused.")


def rounds(progress, results, pair, size, what, **labels):
    """@labels say what is not as in the other rounds."""
    for number in range(ROUNDS):
        with progress.step(f"{what}, {size} MB, round {number + 1} of {ROUNDS}"):
            for rival in rivals.in_turn(pair, number):
                for direction, took in zip(rivals.DIRECTIONS, rival.round_trip(size)):
                    results.add(took * GIB_MB / size, driver=rival.name,
                                direction=direction, **labels)


def in_use(progress, results, pair):
    for percent in USED_PERCENT:
        for rival in pair:
            balloon = rival.balloon
            balloon.start_load(available_kb(balloon) * percent // 100 // rivals.MB)
        rounds(progress, results, pair, USED_MB, f"{percent} % in use", used=percent)
        for rival in pair:
            rival.balloon.end_load()


def measure(beds, progress, results):
    bed = beds.for_guests(GUESTS_MB, results, cpus=MORE_CPUS)
    for vcpus in VCPUS:
        with progress.step(f"starting two pvh guests with {vcpus} vCPUs"):
            pair = rivals.create_drivers(bed, "pvh", MEMORY_MB, vcpus=vcpus)
        with contextlib.ExitStack() as stack:
            for rival in pair:
                stack.enter_context(rival.at_work())
            rounds(progress, results, pair, IDLE_MB, f"{vcpus} vCPUs", vcpus=vcpus)
            if vcpus == VCPUS[0]:
                in_use(progress, results, pair)
        rivals.destroy(bed, pair)


def _rows(results, label, words):
    """Each driver's seconds per GiB, and how that compares with the first value's."""
    for driver in rivals.DRIVERS:
        for direction in rivals.DIRECTIONS:
            same = {"driver": driver, "direction": direction}
            values = sorted(results.different(label, **same))
            figures = [results.figure(**{label: value}, **same) for value in values]
            for value, figure in zip(values, figures):
                yield [words.format(value), driver, direction, seconds(figure.median),
                       spread(figure), times(figure.median / figures[0].median)]


def tell(doc, results):
    doc.paragraph("Seconds per GiB. What size does to them is in part a.")
    rows = [*_rows(results, "vcpus", "{} vCPUs"), *_rows(results, "used", "{} % in use")]
    doc.table(["guest", "driver", "direction", "median", "spread", "over the first"], rows)
