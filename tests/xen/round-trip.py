# SPDX-License-Identifier: GPL-2.0
"""256 MB of a guest go away and come back beside a process that has data. But in a PV
guest they go in 2M pages, and it has its 2M p2m entries again."""

GUEST = {"memory": 1024}
SHARES = True
KINDS = ("pvh", "pv", "hvm")
MB = 1024


def run(t):
    guest = t.guest
    load = 20 if t.scenario.debug else 200
    before = guest.machine.census() if t.translated else None
    guest.start_load(load)
    guest.insmod()
    away = guest.set_target(guest.boot_kb - 256 * MB)
    guest.check_conservation()
    huge = guest.number("huge_kb")
    back = guest.set_target(guest.boot_kb)
    t.note(f"{away:.3f} s away, {huge} KiB of it in 2M pages, {back:.3f} s back")
    if before:
        after = guest.machine.census()
        t.note(f"p2m before: {before}, after: {after}")
        t.expect(huge >= 0.95 * 256 * MB, f"only {huge} KiB of 256 MiB are 2M pages")
        t.expect(after.p2m >= 0.99 * before.p2m,
                 f"{before.p2m} 2M entries before, only {after.p2m} after")
    guest.end_load()
