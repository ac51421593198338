# SPDX-License-Identifier: GPL-2.0
"""After 256 MB away and back a PVH guest has its 2M p2m entries again."""

GUEST = {"memory": 1024}
MB = 1024


def run(t):
    guest = t.guest
    before = guest.machine.census()
    guest.insmod()
    away = guest.set_target(guest.boot_kb - 256 * MB)
    guest.check_conservation()
    huge = guest.number("huge_kb")
    t.expect(huge >= 0.95 * 256 * MB, f"only {huge} KiB of 256 MiB are 2M pages")
    back = guest.set_target(guest.boot_kb)
    after = guest.machine.census()
    t.note(f"{away:.3f} s away, {back:.3f} s back; "
           f"p2m before: {before}, after: {after}")
    t.expect(after.p2m >= 0.99 * before.p2m,
             f"{before.p2m} 2M entries before, only {after.p2m} after")
