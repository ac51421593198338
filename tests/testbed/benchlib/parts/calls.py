# SPDX-License-Identifier: GPL-2.0
"""How often Xen is called, and for how many extents."""

from bedlib import compare

from .. import rivals

TITLE = "Hypercalls and extents per GiB"
MEMORY_MB = 512
SIZE_MB = 256
GUESTS_MB = 2 * MEMORY_MB
WHAT = f"Counted once, while {SIZE_MB} MB go and come."
PER_GIB = 1024 // SIZE_MB
PAGES = SIZE_MB * 256
COUNTERS = {"give": "released", "take": "populated"}


def of_builtin(balloon, direction, kb, kind):
    compare.start_counting(balloon)
    balloon.set_target(kb)
    return compare.stop_counting(balloon), PAGES


def of_ours(balloon, direction, kb, kind):
    before = balloon.statistics()
    balloon.set_target(kb)
    after = balloon.statistics()
    more = lambda name: after[name] - before[name]
    name = COUNTERS[direction]
    # A PV guest names all frames of a 2M page that goes, but asks for one that comes.
    whole = more(f"{name}_2m") * (512 if (kind, direction) == ("pv", "give") else 1)
    return more("hypercalls"), whole + more(f"{name}_4k")


OF = {rivals.BUILTIN: of_builtin, rivals.OURS_4K: of_ours, rivals.OURS: of_ours}


def measure(beds, progress, results):
    bed = beds.for_guests(GUESTS_MB, results)
    for kind in rivals.KINDS:
        with progress.step(f"starting two {kind} guests of {MEMORY_MB} MB"):
            pair = rivals.create_pair(bed, kind, MEMORY_MB)
        for rival in rivals.in_turn(pair):
            if rival.name not in OF:
                continue
            balloon = rival.balloon
            with progress.step(f"{kind}: counting, {rival.name}"), rival.at_work():
                for direction, kb in (("give", balloon.boot_kb - SIZE_MB * rivals.MB),
                                      ("take", balloon.boot_kb)):
                    found = OF[rival.name](balloon, direction, kb, kind)
                    for what, number in zip(("hypercalls", "extents"), found):
                        results.add(number * PER_GIB, guest=kind, driver=rival.name,
                                    direction=direction, what=what)
        rivals.destroy(bed, pair)


def tell(doc, results):
    doc.paragraph("A multicall counts as one hypercall. 4K pages that this driver moves eight in "
                  "an extent are counted one by one.")
    rows = []
    for kind in rivals.KINDS:
        for driver in OF:
            cells = [results.median(guest=kind, driver=driver, direction=direction, what=what)
                     for direction in rivals.DIRECTIONS
                     for what in ("hypercalls", "extents")]
            if any(cells):
                rows.append([kind.upper(), driver, *(f"{cell or 0:.0f}" for cell in cells)])
    doc.table(["guest", "driver", "hypercalls, give", "extents, give", "hypercalls, take",
               "extents, take"], rows)
