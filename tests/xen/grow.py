# SPDX-License-Identifier: GPL-2.0
"""A target beyond all that the guest has adds memory to it, in 2M pages, as far as
Xen lets the domain grow."""

from bedlib.memory import MEMORY, block_kb, total_kb

GUEST = {"memory": 512}
KINDS = ("pvh", "pv")
RELEASE = ("pv",)
MB = 1024
MORE = 512


def blocks(guest):
    return int(guest.run(f"ls -d {MEMORY}/memory[0-9]* | wc -l").out)


def run(t):
    guest = t.guest
    size = GUEST["memory"] + MORE
    piece = block_kb(guest)
    guest.insmod()
    whole = guest.machine.census().p2m if t.translated else 0

    # Xen does not allow it: nothing is added.
    before = blocks(guest)
    guest.write("target_kb", str(guest.boot_kb + MORE * MB))
    guest.settle()
    t.expect(blocks(guest) == before, "memory was added that Xen will not give")
    guest.set_target(guest.boot_kb)

    # Memory that stays offline is no use yet, and is not added twice.
    guest.run(f"echo offline >{MEMORY}/auto_online_blocks")
    t.bed.dom0.run(f"xl mem-max {guest.machine.domid} {size}")
    guest.mem_set(GUEST["memory"] + piece // MB)
    guest.run(f"until grep -q offline {MEMORY}/memory*/state; do usleep 100000; done")
    guest.settle()
    t.expect(blocks(guest) == before + 1, f"{blocks(guest) - before} blocks were added")
    t.expect(guest.current_kb() == guest.boot_kb, "there is more before it is online")
    guest.run(f"for s in $(grep -l offline {MEMORY}/memory*/state); do echo online >$s; done")
    guest.total_kb += piece
    guest.await_current(guest.boot_kb + piece)
    guest.check_conservation()

    # The rest comes online by itself.
    guest.run(f"echo online >{MEMORY}/auto_online_blocks")
    seen = total_kb(guest)
    t.bed.dom0.run(f"xl mem-max {guest.machine.domid} {size}")
    guest.mem_set(size)
    guest.await_current(guest.boot_kb + MORE * MB)
    guest.total_kb += MORE * MB - piece
    guest.check_conservation()
    t.expect(total_kb(guest) == seen + MORE * MB - piece, "MemTotal does not agree")
    t.expect(guest.builtin_ballooned_kb() == 0, "there is a balloon left")
    numbers = guest.statistics()
    t.note(f"{numbers}")
    t.expect(numbers["populated_2m"] >= MORE // 2, "Xen was asked for 4K pages")
    t.expect(numbers["refused_2m"] == 0, "Xen gave 4K pages")
    if t.translated:
        census = guest.machine.census()
        t.note(f"{census}, {whole} 2M entries before")
        t.expect(census.p2m >= whole + MORE // 2, "not all of it is in 2M entries")

    # It is memory like all other, for this driver and for the built-in one.
    guest.start_load(900)
    guest.end_load()
    guest.set_target(guest.boot_kb - 64 * MB)
    guest.check_conservation()
    guest.rmmod()
    guest.set_target(guest.boot_kb + MORE * MB)
    guest.check_conservation()
