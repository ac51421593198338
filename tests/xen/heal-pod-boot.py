# SPDX-License-Identifier: GPL-2.0
"""A guest that booted with half of its maximum gets 2M p2m entries for all that
can be moved. What the kernel allocated while the built-in driver ballooned the
other half, in 4K pages and out of the same blocks, cannot."""

GUEST = {"memory": 512, "maxmem": 1024}
RELEASE = True
MB = 1024
LOAD = 400
BLOCKS = 511
ENTRIES = 460


def run(t):
    guest = t.guest
    guest.insmod()
    guest.mem_set(1024)
    guest.await_current(guest.boot_kb + 512 * MB)
    guest.start_load(LOAD)
    before = guest.machine.census()
    seconds = guest.heal()
    after = guest.machine.census()
    unmovable = guest.number("unmovable_kb") // (2 * MB)
    t.note(f"{before}, healed in {seconds:.1f} s: {after}; "
           f"{unmovable} blocks are unmovable, some of them whole")
    t.expect(after.p2m >= max(ENTRIES, BLOCKS - unmovable),
             f"only {after.p2m} 2M entries")
    guest.end_load()
