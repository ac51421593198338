# SPDX-License-Identifier: GPL-2.0
"""Balloon pages that move to another node, for memory there goes offline, are
counted where they are: per node, and in the guest's total memory."""

import re

from bedlib.memory import MEMORY, removable, total_kb

GUEST = {"memory": 1024, "cmdline": "movablecore=640M numa=fake=2"}
RELEASE = True
MB = 1024
BALLOON = 128 * MB


def by_node(guest):
    """What each node counts as ballooned; nothing on kernels without that count."""
    out = guest.run("cat /sys/devices/system/node/node*/vmstat").out
    return [int(n) for n in re.findall(r"^nr_balloon_pages (\d+)", out, re.M)]


def run(t):
    guest = t.guest
    nodes, total = by_node(guest), total_kb(guest)
    guest.insmod("enable_huge=0 coalesce=0")
    guest.inflate_scattered(BALLOON)
    t.expect(total - total_kb(guest) == guest.boot_kb - guest.current_kb(),
             f"MemTotal went from {total} to {total_kb(guest)} KiB, "
             f"current_kb from {guest.boot_kb} to {guest.current_kb()}")
    t.note(f"ballooned pages by node: {nodes} at boot, {by_node(guest)} now")
    if nodes:
        t.expect(sum(by_node(guest)) - sum(nodes) == BALLOON // 4,
                 "the nodes count something else")
    blocks = removable(guest)
    t.expect(blocks, "no memory is for movable pages only")
    before = guest.number("migrated")
    # The end of a node's memory may hold what the kernel keeps for itself.
    offline = [block for block in blocks if not guest.run(
        f"echo offline >{MEMORY}/memory{block}/state", 120, check=False).status]
    t.note(f"of the blocks {blocks} {offline} are offline")
    t.note(f"{guest.number('migrated') - before} balloon pages have moved, by node: "
           f"{by_node(guest)}")
    t.expect(guest.number("migrated") > before, "no balloon page was there")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
    t.expect(by_node(guest) == nodes, f"{nodes} pages were ballooned by node at boot, "
             f"{by_node(guest)} are with an empty balloon")
