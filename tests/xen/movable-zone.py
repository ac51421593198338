# SPDX-License-Identifier: GPL-2.0
"""Where only movable pages may be, the balloon keeps none that cannot be moved, and
the guest can be as small as if all memory were alike."""

import re

from bedlib.balloon import DEBUGFS

GUEST = {"memory": 512, "cmdline": "movablecore=256M"}
KINDS = ("pvh", "pv")
RELEASE = True
MB = 1024
BALLOON = 300


def movable_zone(guest):
    """Its first and last block."""
    text = guest.run("cat /proc/zoneinfo").out
    zone = text[re.search(r"zone +Movable", text).start():]
    start = int(re.search(r"start_pfn: +(\d+)", zone).group(1))
    spanned = int(re.search(r"spanned +(\d+)", zone).group(1))
    return start // 512, (start + spanned) // 512


def huge_blocks(guest):
    """The blocks that are in the huge queue."""
    text = guest.run(f"cat {DEBUGFS}/blocks").out
    blocks = []
    for line in text.splitlines():
        row = re.fullmatch(r"(0x[0-9a-f]+) (.*)", line)
        if row:
            first = int(row.group(1), 16) >> 21
            blocks += [first + i for i, c in enumerate(row.group(2)) if c == "-"]
    return blocks


def run(t):
    guest = t.guest
    guest.insmod()
    first, last = movable_zone(guest)
    t.expect(last - first >= 64, f"the zone has {last - first} blocks")
    seconds = guest.set_target(guest.boot_kb - BALLOON * MB)
    # The coalescer has its turn, too.
    guest.run("sleep 5")
    books = guest.books()
    inside = [block for block in huge_blocks(guest) if first <= block < last]
    t.note(f"blocks {first} to {last} are movable; {BALLOON} MB in {seconds:.1f} s: {books}")
    t.expect(huge_blocks(guest), "no 2M page at all")
    t.expect(not inside, f"{len(inside)} 2M pages where only movable ones may be")
    guest.check_conservation()
    guest.rmmod()
    guest.check_conservation()
    guest.insmod()
    guest.set_target(guest.boot_kb)
    guest.check_conservation()
