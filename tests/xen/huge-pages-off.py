# SPDX-License-Identifier: GPL-2.0
"""enable_huge=0, as parameter or file, balloons in 4K pages only."""

GUEST = {"memory": 512}
SHARES = True
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod("enable_huge=0")
    guest.set_target(guest.boot_kb - 32 * MB)
    t.expect(guest.number("huge_kb") == 0, "there are 2M pages though they are off")
    guest.write("hugeballoon/enable_huge", "1")
    guest.set_target(guest.boot_kb - 96 * MB)
    t.expect(guest.number("huge_kb") >= 60 * MB, "no 2M pages though they are on")
    guest.write("hugeballoon/enable_huge", "0")
    # What is there comes back, whatever its size.
    guest.set_target(guest.boot_kb)
