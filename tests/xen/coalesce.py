# SPDX-License-Identifier: GPL-2.0
"""4K balloon pages become 2M ones by themselves, beside a load, then all rests."""

GUEST = {"memory": 768}
KINDS = ("pvh", "pv")
MB = 1024
# Of the balloon, in 2M pages.
SHARE = 0.97


def run(t):
    guest = t.guest
    # The debug kernel needs two seconds and more for each block.
    balloon, load = (32 * MB, 32) if t.scenario.debug else (256 * MB, 200)
    guest.insmod("enable_huge=0 coalesce_interval_ms=50")
    guest.start_load(load, small=True)
    guest.halve_load()
    guest.set_target(guest.boot_kb - balloon)
    t.expect(guest.number("huge_kb") == 0, "there are 2M pages already")
    if t.kind == "pvh":
        before = guest.machine.census()
    guest.write("hugeballoon/enable_huge", "1")
    guest.await_file("hugeballoon/huge_kb", int(balloon * SHARE), 300)
    guest.settle()
    statistics = guest.statistics()
    t.note(f"{guest.books()} coalesced {statistics['coalesced']} "
           f"collapsed {statistics['collapsed']}")
    guest.check_conservation()
    guest.end_load()
    guest.set_target(guest.boot_kb)
    if t.kind == "pvh":
        after = guest.machine.census()
        t.note(f"{before.p2m} 2M entries before, {after.p2m} after")
        t.expect(after.p2m > before.p2m + balloon // (2 * MB) // 2,
                 "what came back is not 2M")
