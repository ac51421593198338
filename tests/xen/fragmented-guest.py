# SPDX-License-Identifier: GPL-2.0
"""A guest whose memory a load has fragmented gives 2M pages all the same, has 2M
blocks for itself soon after, and superpages when all came back and was healed: 4K
pages that it gave while 2M ones had to be made have broken some up, the more the
slower its CPU."""

import time

GUEST = {"memory": 1024}
RELEASE = True
MB = 1024
BALLOON = 256 * MB
FREE_BLOCKS = 100
DEADLINE = 60
ENTRIES = 495


def run(t):
    guest = t.guest
    guest.insmod()
    guest.start_load(800, small=True)
    guest.halve_load()
    t.note(f"{guest.free_blocks()} free 2M blocks")
    seconds = guest.set_target(guest.boot_kb - BALLOON)
    start = time.monotonic()
    books = guest.books()
    t.note(f"{seconds:.1f} s, {books}")
    while guest.free_blocks() < FREE_BLOCKS:
        t.expect(time.monotonic() - start < DEADLINE,
                 f"only {guest.free_blocks()} free 2M blocks")
    t.note(f"{FREE_BLOCKS} free 2M blocks after {time.monotonic() - start:.1f} s")
    guest.end_load()
    guest.await_file("hugeballoon/huge_kb", int(BALLOON * 0.97))
    guest.set_target(guest.boot_kb)
    broken = guest.machine.census().p2m
    guest.heal()
    entries = guest.machine.census().p2m
    t.note(f"{broken} 2M p2m entries for {guest.statistics()['released_4k']} 4K pages "
           f"given, {entries} when healed")
    t.expect(entries >= ENTRIES, f"only {entries} 2M p2m entries")
