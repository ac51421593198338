# SPDX-License-Identifier: GPL-2.0
"""Into which steps the time goes."""

from bedlib import compare, pictures
from bedlib.balloon import XEN_MEMORY

from .. import rivals
from ..tables import seconds

TITLE = "Where the time goes"
ROUNDS = 5
MEMORY_MB = 768
SIZE_MB = 128
GUESTS_MB = 2 * MEMORY_MB
WHAT = (f"{SIZE_MB} MB of a guest of {MEMORY_MB} MB, whose allocator does not clear pages by "
        "itself (init_on_alloc=0), so that clearing is seen apart.")
ALLOCATE, CLEAR, HYPERCALL = "allocate", "clear", "hypercall"
BOOKS, WAIT = "bookkeeping", "wait"
# The built-in driver does both page by page.
BOTH = "allocate and bookkeeping"
STEPS = (ALLOCATE, CLEAR, HYPERCALL, BOOKS, BOTH, WAIT)
# Lines of the driver's statistics, without _us.
COUNTERS = {
    "give": {"inflate_allocate": ALLOCATE, "inflate_clear": CLEAR,
             "inflate_hypercall": HYPERCALL, "inflate_bookkeeping": BOOKS},
    "take": {"deflate_choose": ALLOCATE, "deflate_hypercall": HYPERCALL,
             "deflate_bookkeeping": BOOKS},
}


def of_ours(rival):
    balloon = rival.balloon
    before = balloon.statistics()
    for direction, kb in targets(balloon):
        took = balloon.set_target(kb)
        after = balloon.statistics()
        steps = {step: (after[f"{name}_us"] - before[f"{name}_us"]) / 1e6
                 for name, step in COUNTERS[direction].items()}
        yield direction, {**steps, WAIT: max(took - sum(steps.values()), 0)}
        before = after


def targets(balloon):
    return (("give", balloon.boot_kb - SIZE_MB * rivals.MB), ("take", balloon.boot_kb))


def set_scrub(balloon, on):
    balloon.run(f"echo {on} >{XEN_MEMORY}/scrub_pages")


def of_builtin(rival):
    """Clearing is the difference to a round in which it does not clear, and nothing but
    the hypercalls is of the round that is traced, which takes longer."""
    balloon = rival.balloon
    set_scrub(balloon, 0)
    unscrubbed = rival.round_trip(SIZE_MB)
    set_scrub(balloon, 1)
    scrubbed = rival.round_trip(SIZE_MB)
    with compare.timed(balloon) as in_xen:
        for (direction, kb), took in zip(targets(balloon), scrubbed):
            in_xen.restart()
            balloon.set_target(kb)
            steps = {HYPERCALL: in_xen.seconds()}
            if direction == "give":
                steps[CLEAR] = max(took - unscrubbed[0], 0)
            yield direction, {**steps, BOTH: max(took - sum(steps.values()), 0)}


def of_floor(rival):
    took = rival.steps(SIZE_MB)
    yield "give", {ALLOCATE: took["allocate"], CLEAR: took["clear"],
                   HYPERCALL: took["release"]}
    yield "take", {HYPERCALL: took["populate"], BOOKS: took["free"]}


OF = {rivals.BUILTIN: of_builtin, rivals.OURS: of_ours, rivals.OURS_4K: of_ours,
      rivals.FLOOR_2M: of_floor, rivals.FLOOR_4K: of_floor}


def measure(beds, progress, results):
    bed = beds.for_guests(GUESTS_MB, results)
    for kind in rivals.KINDS:
        with progress.step(f"starting two {kind} guests of {MEMORY_MB} MB"):
            # Else the allocator clears, and nobody can tell that from allocating.
            pair = rivals.create_pair(bed, kind, MEMORY_MB, cmdline="init_on_alloc=0")
        for number in range(ROUNDS):
            with progress.step(f"{kind}: steps, round {number + 1} of {ROUNDS}"):
                for rival in rivals.in_turn(pair, number):
                    with rival.at_work():
                        for direction, steps in OF[rival.name](rival):
                            for step, value in steps.items():
                                results.add(value, guest=kind, driver=rival.name,
                                            direction=direction, step=step)
        rivals.destroy(bed, pair)


def tell(doc, results):
    doc.paragraph(
        "Median of each step. Unmapping and mapping in PV guests counts as hypercalls. \"Wait\" is "
        "what is left of the time between the new target and its being reached. Of the "
        "built-in driver the hypercalls are traced, and clearing is the difference to "
        "rounds without it.")
    for kind in rivals.KINDS:
        for direction in rivals.DIRECTIONS:
            same = {"guest": kind, "direction": direction}
            rows = [(driver, [results.median(driver=driver, step=step, **same) or 0
                              for step in STEPS])
                    for driver in OF if results.different("step", driver=driver, **same)]
            if not rows:
                continue
            doc.picture(f"steps-{kind}-{direction}", pictures.bars(rows, STEPS, "s"),
                        f"{kind.upper()} guest, {direction}")
            doc.table(["driver", *STEPS],
                      [[driver, *(seconds(value or None) for value in values)]
                       for driver, values in rows])
