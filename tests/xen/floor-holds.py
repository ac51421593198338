# SPDX-License-Identifier: GPL-2.0
"""With a target of 0 the guest keeps what it needs, and nobody is killed, also when the
module is unloaded then."""

from bedlib.memory import available_kb

GUEST = {"memory": 1024}
RELEASE = True
MB = 1024
FLOOR_KB = 150 * MB
# Of a guest of this size; see the table in src/policy/pure/floor.c.
COMPUTED_KB = 71 * MB
# The estimate moves while memory is given away, by less than this.
SLACK_KB = 24 * MB


def run(t):
    guest = t.guest
    guest.start_load(300)
    guest.insmod(f"floor_kb={FLOOR_KB}")
    guest.write("target_kb", "0")
    guest.settle()
    left = available_kb(guest)
    t.note(f"{left} KiB left with a floor of {FLOOR_KB}")
    t.expect(abs(left - FLOOR_KB) <= SLACK_KB,
             f"{left} KiB are available with a floor of {FLOOR_KB}")

    guest.write("hugeballoon/floor_kb", "0")
    guest.settle()
    left = available_kb(guest)
    t.note(f"{left} KiB left with the computed floor")
    t.expect(abs(left - COMPUTED_KB) <= SLACK_KB,
             f"{left} KiB are available with a computed floor of {COMPUTED_KB}")
    # More work at the floor, by a process that could be a victim.
    guest.run("dd if=/dev/zero of=/tmp/work bs=1M count=8 && rm /tmp/work")
    # The built-in driver has no floor, and yet goes on as if it had.
    guest.rmmod()
    guest.settle()
    left = available_kb(guest)
    t.note(f"{left} KiB left by the built-in driver, with a target of {guest.target_kb()}")
    t.expect(abs(left - COMPUTED_KB) <= SLACK_KB,
             f"{left} KiB are available when the module has gone")
    guest.end_load()
    guest.set_target(guest.boot_kb)
