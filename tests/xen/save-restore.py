# SPDX-License-Identifier: GPL-2.0
"""A guest saved with a balloon comes back with it, and it still works."""

GUEST = {"memory": 256}
KINDS = ("pvh", "pv")
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod()
    less = guest.boot_kb - 64 * MB
    # Through the toolstack, which restores the target that it knows.
    guest.mem_set(256 - 64)
    guest.await_current(less)
    told = guest.host_target_kb()
    t.bed.save(t.name)
    t.bed.restore(t.name)
    # Of an HVM guest it takes some off.
    off = told - guest.host_target_kb()
    if t.kind == "hvm":
        guest.await_current(less - off)
    else:
        t.expect(not off, f"the guest is told to have {off} KiB less")
        t.expect(guest.current_kb() == less, f"current_kb is {guest.current_kb()}, not {less}")
    guest.check_conservation()
    guest.mem_set(256)
    guest.await_current(guest.boot_kb)
