# SPDX-License-Identifier: GPL-2.0
"""Memory that goes offline and comes online again is as it was before.

Xen has it all the time, so nothing changes for Xen, the balloon and the target, and
the guest can use it again at once.
"""

from bedlib.memory import MEMORY, available_kb, block_kb, removable, total_kb

GUEST = {"memory": 1024, "cmdline": "movablecore=640M"}
KINDS = ("pvh", "pv")
RELEASE = True
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod()
    guest.start_load(50)
    guest.set_target(guest.boot_kb - 64 * MB)
    books, total, pages = guest.books(), total_kb(guest), guest.pages()[0]
    piece = block_kb(guest)

    for block in removable(guest):
        state = f"{MEMORY}/memory{block}/state"
        if guest.run(f"echo offline >{state}", 120, check=False).status == 0:
            break
    else:
        t.expect(False, "no block can be taken offline")
    t.expect(total_kb(guest) == total - piece,
             f"MemTotal was {total}, is {total_kb(guest)} without {piece}")
    t.expect(guest.books() == books, f"{books} before, {guest.books()} offline")

    guest.run(f"echo online >{state}")
    t.expect(guest.books() == books, f"{books} before, {guest.books()} online")
    t.expect(total_kb(guest) == total,
             f"MemTotal was {total}, is {total_kb(guest)} now")
    t.expect(guest.target_kb() == guest.current_kb(), "the target has moved")
    t.expect(guest.builtin_ballooned_kb() == books["huge_kb"] + books["base_kb"],
             "the built-in driver has kept pages")
    guest.check_conservation()
    t.expect(guest.pages()[0] == pages, "Xen counts pages differently now")

    # All of it is used, then ballooned out and taken back.
    free = available_kb(guest)
    guest.end_load()
    guest.start_load(free // MB - 80)
    guest.end_load()
    guest.set_target(guest.boot_kb - 400 * MB)
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
    guest.check_conservation()
    guest.rmmod()
