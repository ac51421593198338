# SPDX-License-Identifier: GPL-2.0
"""A guest saved with a balloon comes back with it, and it still works."""

GUEST = {"memory": 256}
KINDS = ("pvh", "pv")
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod()
    less = guest.boot_kb - 64 * MB
    guest.set_target(less)
    t.bed.save(t.name)
    t.bed.restore(t.name)
    t.expect(guest.current_kb() == less, f"current_kb is {guest.current_kb()}, not {less}")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
