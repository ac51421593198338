# SPDX-License-Identifier: GPL-2.0
"""What is ballooned out stays so at rmmod, and the built-in driver returns it."""

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod()
    less = guest.boot_kb - 128 * MB - 36    # 2M pages and a few 4K ones
    guest.set_target(less)
    guest.rmmod()
    t.expect(guest.current_kb() == less, "handing back changed current_kb")
    ballooned = guest.builtin_ballooned_kb()
    t.expect(ballooned == guest.total_kb - less,
             f"the built-in driver has {ballooned} KiB, not {guest.total_kb - less}")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
