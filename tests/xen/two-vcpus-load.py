# SPDX-License-Identifier: GPL-2.0
"""Two vCPUs, a process that checks its data, changing targets, reloading."""

from bedlib.balloon import MODULE

GUEST = {"memory": 768, "vcpus": 2}
KINDS = ("pvh", "pv")
MB = 1024
ROUNDS = 8


def run(t):
    t.note(f"SEED={t.seed}")
    guest = t.guest
    guest.start_load(250)
    guest.run(f"insmod {MODULE}")
    for number in range(ROUNDS):
        guest.write("target_kb", str(guest.boot_kb - t.random.randrange(380 * MB)))
        if number == ROUNDS // 2:
            guest.halve_load()
        if number % 3 == 2:
            guest.run(f"rmmod xen_hugeballoon && insmod {MODULE}")
    t.expect(guest.end_load() > 100 * MB // 4, "the load has lost pages")
    guest.set_target(guest.boot_kb)
