# SPDX-License-Identifier: GPL-2.0
"""A guest that the built-in driver has left in 4K pages gets its 2M p2m entries
back beside a load that checks its data; a guest left alone keeps what it has."""

GUEST = {"memory": 1024}
# With each change heal-after-restore does it, and heal-and-targets on the debug kernel.
RELEASE = True
MB = 1024
BALLOON = 256 * MB
LOAD = 400
BLOCKS = 511
# What the kernel cannot move is in 45 to 55 of them.
UNMOVABLE = 64


def shatter(guest):
    guest.set_target(guest.boot_kb - BALLOON)
    guest.set_target(guest.boot_kb)


def run(t):
    shatter(t.guest)
    with t.bed.paused(t.name):
        alone = t.create("-alone", **GUEST)
        shatter(alone)
    guest = t.guest
    with t.bed.paused(alone.name):
        guest.insmod()
        guest.start_load(LOAD)
        before = guest.machine.census()
        seconds = guest.heal()
        after = guest.machine.census()
        unmovable = guest.number("unmovable_kb") // (2 * MB)
        t.note(f"{before}, healed in {seconds:.1f} s: {after}, "
               f"unmovable {unmovable} blocks, some of them whole")
        t.expect(unmovable <= UNMOVABLE, f"{unmovable} blocks are unmovable")
        t.expect(after.p2m >= BLOCKS - unmovable, f"only {after.p2m} 2M entries")
        guest.end_load()
        left = alone.machine.census()
        t.note(f"left alone: {left}")
        t.expect(left.p2m < before.p2m + 10, "healing healed another guest")
        healed = guest.number("healed")
        # What is whole is not visited again.
        guest.heal()
        more = guest.number("healed") - healed
        t.expect(more <= BLOCKS - after.p2m, f"the second pass healed {more} blocks")
