# SPDX-License-Identifier: GPL-2.0
"""Compaction moves 4K balloon pages, thousands of times in a PVH guest and 100 000 times
before a release, without an error, and everybody's data stays."""

GUEST = {"memory": 768}
SHARES = True
KINDS = ("pvh", "pv")
MB = 1024
# The balloon's size, and moves that are wanted, before a release. A PV guest takes several
# times as long for one, and in an HVM guest each has to wait for the device model.
KIBS = {"pvh": 128 * MB, "hvm": 32 * MB, "pv": 48 * MB}
MIGRATIONS = {"pvh": 100000, "hvm": 20000, "pv": 20000}
# With each change. Of a smaller balloon compaction finds nothing to move in an HVM guest.
SMALLER = {"pvh": 4, "hvm": 1, "pv": 4}
FEWER = 40
ROUNDS_MAX = 10


def run(t):
    guest = t.guest
    balloon, wanted = KIBS[t.kind], MIGRATIONS[t.kind]
    if not t.scenario.thorough:
        balloon, wanted = balloon // SMALLER[t.kind], wanted // FEWER
    guest.insmod("enable_huge=0 coalesce=0")
    method = guest.read("hugeballoon/move_method")
    t.note(f"moves by {method}")
    t.expect(method == ("gmfn-move" if t.translated else "exchange"),
             f"move_method is {method}")
    events = guest.vmstat("balloon_migrate")
    guest.start_load(100)
    for _ in range(ROUNDS_MAX):
        guest.inflate_scattered(balloon)
        guest.compact()
        migrated = guest.number("migrated")
        if migrated >= wanted:
            break
        guest.set_target(guest.boot_kb)
    t.note(f"{migrated} migrations, {guest.statistics()['not_migrated']} refused")
    t.expect(migrated >= wanted, f"only {migrated} migrations")
    t.expect(guest.statistics()["not_migrated"] == 0, "Xen refused some")
    t.expect(guest.vmstat("balloon_migrate") - events == migrated,
             "balloon_migrate counts something else")
    t.expect(guest.number("isolated_kb") == 0, "pages are still isolated")
    guest.check_conservation()
    guest.end_load()
    guest.set_target(guest.boot_kb)
