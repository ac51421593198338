# SPDX-License-Identifier: GPL-2.0
"""Pages that the built-in driver has got back are ordinary ones: compaction leaves
them alone, taking their memory offline is refused at once, and they are given to
programs, or adopted again, like all others."""

from bedlib.memory import MEMORY, removable

GUEST = {"memory": 1024, "cmdline": "movablecore=640M"}
KINDS = ("pvh", "pv")
RELEASE = True
MB = 1024
BASE = 96 * MB
HUGE = 96 * MB
ROUNDS = 2
# A block that cannot go offline is refused within a second.
DEADLINE = 20
# /proc/kpageflags, 8 bytes a page: offline is bit 23; bit 3 is PG_uptodate, where
# newer kernels keep the mark of pages that know how to move.
BLOCK_PAGES = 128 * MB // 4
OFFLINE = "[89a-f].{5}$"
OFFLINE_MOVABLE = "[89a-f].{4}[89a-f]$"
COMPACT = ("(while [ -e /tmp/compact ]; do echo 1 >/proc/sys/vm/compact_memory; done; "
           "touch /tmp/compacted) >/dev/null 2>&1 &")


def pages_like(guest, pattern, block=None):
    where = "" if block is None else f"skip={block} count=1"
    return int(guest.run(f"dd if=/proc/kpageflags bs={BLOCK_PAGES * 8} {where} "
                         f"2>/dev/null | od -An -v -w8 -tx8 | grep -cE '{pattern}'",
                         120, check=False).out)


def inflate(guest):
    """Pages that were in the kernel's core balloon, and 2M pages that were not."""
    guest.write("hugeballoon/enable_huge", "0")
    guest.inflate_scattered(BASE)
    guest.write("hugeballoon/enable_huge", "1")
    guest.set_target(guest.boot_kb - BASE - HUGE)


def check_unmarked(t):
    marked = pages_like(t.guest, OFFLINE_MOVABLE)
    t.note(f"{pages_like(t.guest, OFFLINE)} pages are ballooned out, {marked} of them "
           "look movable")
    return marked


def check_offlining(t):
    """Nobody tries for ever to move away what cannot be moved."""
    guest = t.guest
    held = {block: pages_like(guest, OFFLINE, block) for block in removable(guest)}
    t.note(f"ballooned pages by block: {held}")
    block = max(held, key=held.get)
    # Those that the kernel's own memory had room for are not there any more.
    if not held[block]:
        return
    result = guest.run(f"time timeout {DEADLINE} sh -c "
                       f"'echo offline >{MEMORY}/memory{block}/state'",
                       2 * DEADLINE, check=False)
    took = result.err.split("real")[-1].split("user")[0].strip()
    t.note(f"offlining block {block}: {result.err.splitlines()[0]}, {took}")
    t.expect("busy" in result.err, f"was not refused: {result.err}")


def run(t):
    guest = t.guest
    marked = 0
    for number in range(ROUNDS):
        guest.insmod("coalesce=0")
        inflate(guest)
        guest.rmmod()
        marked += check_unmarked(t)
        if number == 0:
            check_offlining(t)
        # While somebody looks for what can be moved, programs get them back.
        guest.run(f"touch /tmp/compact; rm -f /tmp/compacted; {COMPACT}")
        guest.set_target(guest.boot_kb - BASE // 2)
        guest.run("rm /tmp/compact; until [ -e /tmp/compacted ]; do usleep 50000; done")
        guest.check_conservation()
    t.expect(not marked, f"{marked} pages look movable to the kernel, but are not")
    guest.start_load(100)
    guest.insmod()
    guest.inflate_scattered(BASE)
    guest.compact()
    guest.check_conservation()
    guest.end_load()
    guest.set_target(guest.boot_kb)
