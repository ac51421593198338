# SPDX-License-Identifier: GPL-2.0
"""256 MB of a PV guest go away and come back, with a process that has data."""

GUEST = {"kind": "pv", "memory": 1024}
MB = 1024


def run(t):
    guest = t.guest
    guest.start_load(200)
    guest.insmod()
    away = guest.set_target(guest.boot_kb - 256 * MB)
    guest.check_conservation()
    back = guest.set_target(guest.boot_kb)
    t.note(f"{away:.3f} s away, {back:.3f} s back")
    t.expect(guest.end_load() == 200 * MB // 4, "the load has lost pages")
