# SPDX-License-Identifier: GPL-2.0
"""Memory that was added to the guest, and comes online with the module loaded, is
adopted in 2M pages, and the target gets it from Xen."""

from bedlib.memory import MEMORY, block_kb, total_kb

GUEST = {"memory": 512}
KINDS = ("pvh", "pv")
RELEASE = True
MB = 1024
MORE = 256


def run(t):
    guest = t.guest
    size = GUEST["memory"] + MORE
    total = total_kb(guest)
    # The built-in driver adds it, and it stays offline.
    guest.run(f"echo offline >{MEMORY}/auto_online_blocks")
    t.bed.dom0.run(f"xl mem-max {guest.machine.domid} {size}")
    guest.mem_set(size)
    guest.run(f"until grep -q offline {MEMORY}/memory*/state; do usleep 100000; done")
    blocks = guest.run(f"cd {MEMORY}; grep -l offline memory*/state").out.split()
    piece = block_kb(guest)
    t.note(f"{len(blocks)} blocks of {piece} KiB were added")

    guest.insmod()
    t.expect(guest.current_kb() == guest.boot_kb, "there is more before it is online")
    for block in blocks:
        guest.run(f"echo online >{MEMORY}/{block}")
    guest.total_kb += len(blocks) * piece
    guest.await_current(guest.boot_kb + MORE * MB)
    guest.check_conservation()
    t.note(f"{guest.statistics()}")
    t.expect(guest.number("base_kb") == 0, "not all of it was adopted in 2M pages")
    t.expect(total_kb(guest) == total + MORE * MB,
             f"MemTotal was {total}, is {total_kb(guest)}")
    t.expect(guest.statistics()["populated_2m"] >= MORE // 2 or not t.translated,
             "Xen was asked for 4K pages")

    # It is memory like all other.
    guest.start_load(500)
    guest.end_load()
    guest.set_target(guest.boot_kb - 64 * MB)
    guest.check_conservation()
    guest.rmmod()
    guest.set_target(guest.boot_kb + MORE * MB)
    guest.check_conservation()
