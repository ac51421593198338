# SPDX-License-Identifier: GPL-2.0
"""The module in dom0 itself, beside the toolstack that needs foreign pages; and dom0 as
small as its administrator says."""

from bedlib.memory import available_kb

DOM0_TYPES = ("pv", "pvh")
MB = 1024
# Less than the driver leaves to it by itself, see the table in src/policy/pure/floor.c.
FLOOR_KB = 48 * MB
SLACK_KB = 16 * MB
AMOUNT = 64 * MB


def at_the_floor(t, dom0):
    """Targets below it end there, as low as it is."""
    least = dom0.boot_kb
    for floor_kb in (0, FLOOR_KB):
        dom0.write("hugeballoon/floor_kb", str(floor_kb))
        dom0.write("target_kb", "0")
        dom0.await_status("state", "at the floor")
        size, left = dom0.current_kb(), available_kb(dom0)
        t.note(f"floor_kb {floor_kb}: {size} KiB, {left} KiB available")
        t.expect(size < least, f"{size} KiB at this floor, {least} before")
        least = size
    t.expect(abs(left - FLOOR_KB) <= SLACK_KB,
             f"{left} KiB are available with a floor of {FLOOR_KB}")
    dom0.write("hugeballoon/floor_kb", "0")
    dom0.set_target(dom0.boot_kb)


def run(t):
    dom0 = t.use_dom0()
    dom0.insmod()
    try:
        t.expect(not dom0.builtin_thread_runs(), "the built-in thread still runs")
        pvh = t.scenario.dom0_type == "pvh"
        entries = t.bed.census(0).p2m if pvh else 0
        dom0.set_target(dom0.boot_kb - AMOUNT)
        dom0.check_conservation()
        if pvh:
            t.expect(dom0.number("huge_kb") == AMOUNT, f"{dom0.books()}")
        # Building a guest maps its pages through foreign ones.
        t.create("-guest", memory=256)
        dom0.set_target(dom0.boot_kb)
        if pvh:
            left = t.bed.census(0).p2m
            t.note(f"2M p2m entries of dom0: {entries} before, {left} after")
            t.expect(left == entries, f"dom0 had {entries} 2M p2m entries, {left} are left")
        at_the_floor(t, dom0)
    finally:
        dom0.rmmod()
    t.expect(dom0.builtin_thread_runs(), "the built-in driver's thread is not back")
