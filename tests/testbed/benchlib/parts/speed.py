# SPDX-License-Identifier: GPL-2.0
"""Giving and taking memory, of an idle guest, from little to almost all of it."""

import contextlib
import os

from .. import machine, rivals
from ..tables import compared, per_gib
from ..virtio import Virtio

TITLE = "Inflate and deflate"
ROUNDS = 5
# Of the guest: the largest that this machine has memory for, or what GUEST= says.
CHOICE_MB = (8192, 6144, 4096, 3072, 2048)
LEFT_MB = 1024
SMALLER_MB = (64, 256)
# What both guests, and the one in plain QEMU, are to leave to this machine.
SPARE_MB = 2048
# Of the largest size these take minutes a round: so many rounds are enough.
SLOW = {rivals.BUILTIN: 1, rivals.OURS_4K: 0, rivals.FLOOR_4K: 0}


def guest_mb():
    if os.environ.get("GUEST"):
        return int(os.environ["GUEST"])
    free = machine.available_mb() - SPARE_MB
    fitting = [size for size in CHOICE_MB if 2 * size + 1024 <= free]
    return fitting[0] if fitting else CHOICE_MB[-1]


def trips(results, rival, kinds, sizes):
    """@kinds are those of guests that @rival stands for."""
    with rival.at_work():
        for size in sizes:
            times = rival.round_trip(size)
            for kind in kinds:
                for direction, seconds in zip(rivals.DIRECTIONS, times):
                    results.add(seconds, guest=kind, driver=rival.name, mb=size,
                                direction=direction)


def one_round(results, kind, number, memory, pair, plain):
    """@plain is for one kind only: to a guest without Xen they are the same."""
    sizes = (*SMALLER_MB, memory - LEFT_MB)
    for rival in rivals.in_turn(pair, number):
        too_slow = number >= SLOW.get(rival.name, ROUNDS)
        trips(results, rival, (kind,), SMALLER_MB if too_slow else sizes)
    if kind == rivals.KINDS[0]:
        trips(results, plain, rivals.KINDS, sizes)


def measure(beds, progress, results):
    memory = guest_mb()
    if memory < CHOICE_MB[0]:
        results.note(f"With guests of {memory} MB, not of {CHOICE_MB[0]} MB as it should "
                     "be: this machine had no memory for larger ones, or somebody wanted "
                     "it so.")
    bed = beds.for_guests(2 * memory, results)
    with contextlib.closing(Virtio(memory)) as plain:
        with progress.step(f"starting a guest of {memory} MB in plain QEMU"):
            plain.wait_ready()
        for kind in rivals.KINDS:
            with progress.step(f"starting two {kind} guests of {memory} MB"):
                pair = rivals.create_pair(bed, kind, memory)
            for number in range(ROUNDS):
                with progress.step(f"{kind}, round {number + 1} of {ROUNDS}"):
                    one_round(results, kind, number, memory, pair, plain)
            rivals.destroy(bed, pair)


def tell(doc, results):
    doc.paragraph(
        "An idle guest gives memory to the host and takes it back; seconds from the new "
        "target to its being reached. The floor is bare allocations, clearing and "
        "hypercalls without a driver, in 2M and in 4K pages; virtio-balloon works in plain "
        "QEMU, without Xen, on the same kernel and size, so it is the same for both kinds of "
        "guest. Of the largest size the built-in driver does a single round, which takes "
        "minutes, and who works in 4K pages only none.")
    for kind in rivals.KINDS:
        for direction in rivals.DIRECTIONS:
            doc.heading(f"{kind.upper()} guest, {direction}", 3)
            compared(doc, results, kind, direction)
        per_gib(doc, results, kind)
