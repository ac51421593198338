# SPDX-License-Identifier: GPL-2.0
"""A target above what Xen allows the domain costs next to nothing, and is met at once
when Xen allows it and the guest is told."""

from bedlib import idle

MEMORY = 512
GUEST = {"memory": MEMORY}
SHARES = True
MB = 1024
SECONDS = 10
# Xen is asked for its maximum after 1, 2, 4, 8, ... seconds: that the domain may grow
# is news that nobody brings.
RUNS = 4
# For memory, eight pages at a time and then one by one, for what the domain has before
# and after that, and then for what it may have and has.
CALLS_EACH = 6
LESS = 128
SECONDS_TO_MEET = 2


def run(t):
    guest = t.guest
    # Gathering free memory goes on for a while after a target is met.
    guest.insmod("coalesce=0")
    # Which is the domain's maximum then, give or take a MB.
    guest.mem_set(MEMORY - LESS)
    guest.await_current(guest.boot_kb - LESS * MB)
    runs, calls = idle.watch(t, guest, SECONDS, guest.boot_kb - (LESS + 8) * MB)
    t.expect(runs == calls == 0,
             f"{runs} wake-ups, {calls} hypercalls in {SECONDS} s at the target")

    guest.write("target_kb", str(guest.boot_kb))
    guest.await_status("reason", "the domain has all it may have, see xl mem-max")
    guest.settle()
    runs, calls = idle.watch(t, guest, SECONDS, guest.boot_kb - (LESS + 16) * MB)
    t.expect(runs <= RUNS, f"{runs} wake-ups in {SECONDS} s")
    t.expect(calls <= RUNS * CALLS_EACH, f"{calls} hypercalls in {SECONDS} s")

    guest.write("target_kb", str(guest.boot_kb))
    guest.settle()
    guest.mem_set(MEMORY)
    seconds = guest.await_current(guest.boot_kb)
    t.expect(seconds < SECONDS_TO_MEET, f"{seconds:.1f} s until the target is met")
