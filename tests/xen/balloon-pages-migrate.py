# SPDX-License-Identifier: GPL-2.0
"""Compaction moves 4K balloon pages, 100 000 times in a PVH guest, without an
error, and everybody's data stays."""

GUEST = {"memory": 768}
KINDS = ("pvh", "pv")
MB = 1024
# A PV guest takes several times as long for a migration.
BALLOON = {"pvh": 128 * MB, "pv": 48 * MB}
MIGRATIONS = {"pvh": 100000, "pv": 5000}
ROUNDS_MAX = 10


def run(t):
    guest = t.guest
    guest.insmod("enable_huge=0 coalesce=0")
    method = guest.read("hugeballoon/move_method")
    t.note(f"moves by {method}")
    t.expect(method == {"pvh": "gmfn-move", "pv": "exchange"}[t.kind],
             f"move_method is {method}")
    events = guest.vmstat("balloon_migrate")
    guest.start_load(100)
    for _ in range(ROUNDS_MAX):
        guest.inflate_scattered(BALLOON[t.kind])
        guest.compact()
        migrated = guest.number("migrated")
        if migrated >= MIGRATIONS[t.kind]:
            break
        guest.set_target(guest.boot_kb)
    t.note(f"{migrated} migrations, {guest.statistics()['not_migrated']} refused")
    t.expect(migrated >= MIGRATIONS[t.kind], f"only {migrated} migrations")
    t.expect(guest.statistics()["not_migrated"] == 0, "Xen refused some")
    t.expect(guest.vmstat("balloon_migrate") - events == migrated,
             "balloon_migrate counts something else")
    t.expect(guest.number("isolated_kb") == 0, "pages are still isolated")
    guest.check_conservation()
    t.expect(guest.end_load() == 100 * MB // 4, "the load has lost pages")
    guest.set_target(guest.boot_kb)
