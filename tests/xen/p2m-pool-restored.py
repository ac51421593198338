# SPDX-License-Identifier: GPL-2.0
"""A restored guest has no p2m table for what it came without, and a pool that is too
small for more. Populating and moving 4K pages there makes Xen lose some. That is
counted, comes to an end, and costs the guest no data."""

import time

from bedlib import memory

# Of the pool's about 240 tables the restored guest needs 200.
MEMORY = 800
GUEST = {"memory": MEMORY, "shadow_memory": 1, "cmdline": "movablecore=400M"}
RELEASE = True
MB = 1024
BALLOON = 400
LOAD = 100
SECONDS = 60


def empty_memory(t, until):
    """Takes memory offline that balloon pages would have to leave, which cannot
    come to an end while they do not move."""
    guest = t.guest
    for block in memory.removable(guest):
        state = f"{memory.MEMORY}/memory{block}/state"
        guest.run(f"timeout 5 sh -c 'echo offline >{state}'", check=False)
        if until():
            break


def run(t):
    guest = t.guest
    guest.insmod("enable_huge=0 coalesce=0")
    guest.start_load(LOAD)
    # The toolstack tells a restored guest its target again.
    guest.mem_set(MEMORY - BALLOON)
    guest.await_current(guest.boot_kb - BALLOON * MB)
    t.bed.save(t.name)
    t.bed.restore(t.name)
    guest.check_conservation()
    t.expect(guest.number("lost_kb") == 0, "Xen has lost memory already")

    guest.mem_set(MEMORY)
    deadline = time.monotonic() + SECONDS
    while not guest.number("lost_kb"):
        t.expect(time.monotonic() < deadline, "Xen enters each page")
    guest.write("target_kb", str(guest.current_kb()))
    guest.check_conservation()
    populating = guest.number("lost_kb")
    empty_memory(t, lambda: guest.number("lost_kb") > populating)
    moving = guest.number("lost_kb") - populating
    t.note(f"{(guest.boot_kb - guest.current_kb()) // MB} MB of {BALLOON} are left; "
           f"lost {populating} KiB by populating, {moving} by moving, "
           f"{guest.statistics()['migrated']} moved")
    t.expect(moving == 4, "a move has lost no page, or more than one")
    guest.compact()
    t.expect(guest.number("lost_kb") == populating + moving,
             "moves go on losing pages")
    guest.check_conservation()
    guest.end_load()
