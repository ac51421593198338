# SPDX-License-Identifier: GPL-2.0
"""What giving, taking and healing are like while another CPU of the guest is busy."""

from bedlib import touching
from bedlib.bed import MORE_CPUS

from .. import rivals
from ..tables import seconds, times
from . import feel

TITLE = "Beside a program on another CPU"
ROUNDS = 5
MEMORY_MB = 640
GUESTS_MB = 2 * MEMORY_MB
TOUCHED_MB = 200
SIZE_MB = 32
WHAT = (f"A PVH guest of {MEMORY_MB} MB with two vCPUs, each with a CPU of the machine to "
        f"itself, gives {SIZE_MB} MB, takes them, and heals as many; meanwhile a program "
        f"writes to random words of {TOUCHED_MB} MB, or is stopped.")
STOPPED, BUSY = "stopped", "busy"
HEAL = "heal"


def start_pair(bed):
    """Each driver, the floor, and the floor that clears ahead, on two guests."""
    pair = rivals.create_pair(bed, "pvh", MEMORY_MB, vcpus=2)
    pair.append(rivals.FloorAhead(pair[-1].balloon))
    for balloon in rivals.balloons(pair):
        touching.start(balloon, TOUCHED_MB)
        touching.pause(balloon)
    return pair


def trips(rival):
    """(what, seconds) of each thing that this one can do."""
    yield from zip(rivals.DIRECTIONS, rival.round_trip(SIZE_MB))
    if rival.name == rivals.OURS:
        feel.shatter(rival, SIZE_MB)
        yield HEAL, rival.balloon.heal()


def one_round(results, rival, program):
    balloon = rival.balloon
    if program == BUSY:
        touching.resume(balloon)
        touching.report(balloon)
    for what, took in trips(rival):
        results.add(took, driver=rival.name, program=program, what=what)
    if program == BUSY:
        for name, value in touching.report(balloon).items():
            results.add(value, driver=rival.name, figure=name)
        touching.pause(balloon)


def measure(beds, progress, results):
    bed = beds.for_guests(GUESTS_MB, results, cpus=MORE_CPUS)
    with progress.step("starting two pvh guests with two vCPUs"):
        pair = start_pair(bed)
    for number in range(ROUNDS):
        with progress.step(f"beside a program, round {number + 1} of {ROUNDS}"):
            for rival in rivals.in_turn(pair, number):
                with rival.at_work():
                    if rival.name == rivals.OURS:
                        # It does not know yet what has to be healed, and heals it all.
                        rival.balloon.heal()
                    for program in (STOPPED, BUSY):
                        one_round(results, rival, program)
    for balloon in rivals.balloons(pair):
        touching.resume(balloon)
        touching.end(balloon)
    rivals.destroy(bed, pair)


def tell(doc, results):
    doc.paragraph(
        "Xen interrupts each other CPU of the guest for every 4K page that it removes. Whether "
        "clearing the next batch on another CPU would gain anything is what the last floor "
        "tells.")
    rows, felt = [], []
    for driver in results.different("driver", program=STOPPED):
        for what in (*rivals.DIRECTIONS, HEAL):
            of = [{"driver": driver, "program": program, "what": what}
                  for program in (STOPPED, BUSY)]
            stopped, busy = (results.median(**labels) for labels in of)
            if busy:
                rows.append([driver, what, seconds(stopped), seconds(busy),
                             times(results.ratio(*reversed(of)))])
        cells = feel.felt(results, driver=driver)
        if cells:
            felt.append([driver, *cells])
    doc.table(["driver", "what", "program stopped", "program busy", "ratio"], rows)
    doc.table(["meanwhile", "writes a second", "99.9 %", "slowest"], felt)
