# SPDX-License-Identifier: GPL-2.0
"""4K balloon pages become 2M ones by themselves, beside a load, then all rests. In a PV
guest, which has no 2M p2m entries, they stay as they are."""

from bedlib import idle

GUEST = {"memory": 768}
KINDS = ("pvh", "pv")
RELEASE = True
MB = 1024
# Of the balloon, in 2M pages.
SHARE = 0.97
# Time for many blocks, at 20 a second at most.
PV_SECONDS = 5
# What cannot be coalesced is tried again less and less often.
IDLE_SECONDS = 10
IDLE_RUNS = 10


def run(t):
    guest = t.guest
    # The debug kernel needs two seconds and more for each block.
    balloon, load = (32 * MB, 32) if t.scenario.debug else (256 * MB, 200)
    guest.insmod("enable_huge=0 coalesce_interval_ms=50")
    guest.start_load(load, small=True)
    guest.halve_load()
    guest.set_target(guest.boot_kb - balloon)
    t.expect(guest.number("huge_kb") == 0, "there are 2M pages already")
    if t.translated:
        before = guest.machine.census()
    guest.write("hugeballoon/enable_huge", "1")
    if t.translated:
        guest.await_file("hugeballoon/huge_kb", int(balloon * SHARE), 300)
    else:
        guest.run(f"sleep {PV_SECONDS}")
        t.expect(guest.number("huge_kb") == 0, "4K pages have become 2M ones")
        t.expect(guest.statistics()["defragged"] == 0, "a block was emptied")
    guest.settle()
    statistics = guest.statistics()
    t.note(f"{guest.books()} coalesced {statistics['coalesced']} "
           f"collapsed {statistics['collapsed']}")
    guest.check_conservation()
    # For other scenarios, too, this one runs, and their guests may have more to do.
    if t.name in ("coalesce-pvh", "coalesce-hvm"):
        runs, _ = idle.watch(t, guest, IDLE_SECONDS, guest.boot_kb - balloon + 8 * MB)
        t.expect(runs <= IDLE_RUNS, f"{runs} wake-ups in {IDLE_SECONDS} s")
    guest.end_load()
    guest.set_target(guest.boot_kb)
    if t.translated:
        after = guest.machine.census()
        t.note(f"{before.p2m} 2M entries before, {after.p2m} after")
        t.expect(after.p2m > before.p2m + balloon // (2 * MB) // 2,
                 "what came back is not 2M")
