# SPDX-License-Identifier: GPL-2.0
"""A guest that booted with half of its maximum, the rest of which the built-in
driver has ballooned in 4K pages, gets 2M p2m entries for all of it."""

GUEST = {"memory": 512, "maxmem": 1024}
MB = 1024
LOAD = 400
ENTRIES = 500


def run(t):
    guest = t.guest
    guest.mem_set(1024)
    guest.await_current(guest.boot_kb + 512 * MB)
    guest.insmod()
    guest.start_load(LOAD)
    before = guest.machine.census()
    seconds = guest.heal()
    after = guest.machine.census()
    t.note(f"{before}, healed in {seconds:.1f} s: {after}")
    t.expect(after.p2m >= ENTRIES, f"only {after.p2m} 2M entries")
    t.expect(guest.end_load() == LOAD * MB // 4, "the load has lost pages")
