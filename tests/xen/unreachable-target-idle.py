# SPDX-License-Identifier: GPL-2.0
"""A target above what Xen allows the domain costs next to nothing."""

from bedlib import idle

GUEST = {"memory": 512}
SHARES = True
MB = 1024
SECONDS = 20
JIFFY_US = 4000
# Xen is asked for its maximum after 1, 2, 4, 8, ... seconds: that the domain may grow
# is news that nobody brings.
RUNS = 5


def run(t):
    guest = t.guest
    guest.insmod()
    guest.write("target_kb", str(guest.boot_kb + 512 * MB))
    guest.settle()
    runs, spent = idle.watch(t, guest, SECONDS, guest.boot_kb - 64 * MB)
    t.expect(runs <= RUNS, f"{runs} wake-ups in {SECONDS} s")
    t.expect(spent <= 5 * JIFFY_US, f"{spent:.0f} us of work in {SECONDS} s")
