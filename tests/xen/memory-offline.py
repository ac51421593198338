# SPDX-License-Identifier: GPL-2.0
"""Memory that holds 4K balloon pages can be taken offline: they move away.

What becomes of it when it comes online again is for memory-online.
"""

from bedlib.memory import MEMORY, removable

GUEST = {"memory": 1024, "cmdline": "movablecore=640M"}
MB = 1024
BALLOON = 128 * MB


def run(t):
    guest = t.guest
    guest.insmod("enable_huge=0 coalesce=0")
    guest.start_load(50)
    guest.inflate_scattered(BALLOON)
    blocks = removable(guest)
    t.expect(len(blocks) > 1, f"only the blocks {blocks} are for movable memory")
    ballooned = guest.books()
    before = guest.number("migrated")
    for block in blocks[:2]:
        migrated = guest.number("migrated")
        guest.run(f"echo offline >{MEMORY}/memory{block}/state", 120)
        t.note(f"block {block} is offline, "
               f"{guest.number('migrated') - migrated} balloon pages have moved")
        t.expect(guest.books() == ballooned, f"{ballooned} before, {guest.books()} after")
    t.expect(guest.number("migrated") > before, "no balloon page was there")
    guest.check_conservation()
    guest.end_load()
    guest.set_target(guest.boot_kb)
