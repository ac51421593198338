# SPDX-License-Identifier: GPL-2.0
"""A guest that booted with less memory than its maximum gets all of it."""

# The more it lacks, the longer it takes to boot.
GUEST = {"memory": 384, "maxmem": 512}
MB = 1024


def run(t):
    guest = t.guest
    # Of an HVM guest xl takes some off at first.
    told = guest.host_target_kb()
    # Xen still has the guest's untouched memory to hand out.
    guest.insmod("coalesce=0")
    taken = guest.current_kb()
    t.expect(taken == guest.boot_kb,
             f"taking over changed current_kb from {guest.boot_kb} to {taken}")
    # In the middle of a trade the guest has 2M less.
    guest.write("hugeballoon/coalesce", "1")
    for megabytes in (448, 512, 384, 512):
        guest.mem_set(megabytes)
        guest.await_current(guest.boot_kb + megabytes * MB - told)
        guest.check_conservation()
    guest.start_load(330)
    guest.end_load()
