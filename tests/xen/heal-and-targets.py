# SPDX-License-Identifier: GPL-2.0
"""A healer in the background, and passes on demand, while the target changes."""

GUEST = {"memory": 1024}
RELEASE = True
MB = 1024
CHANGES = 8
LOAD = 300


def run(t):
    guest = t.guest
    guest.insmod("heal=1 heal_interval_ms=10")
    guest.start_load(LOAD)
    for number in range(CHANGES):
        guest.write("target_kb", str(guest.boot_kb - t.random.randrange(400 * MB)))
        if number % 2:
            guest.settle()
        else:
            guest.write("hugeballoon/heal", "now")
    guest.set_target(guest.boot_kb)
    guest.end_load()
    guest.heal()
    healed = guest.number("healed")
    t.note(f"healed {healed}")
    t.expect(healed > 0, "nothing healed")
