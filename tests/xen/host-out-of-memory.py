# SPDX-License-Identifier: GPL-2.0
"""Without free memory in the host deflation waits; once there is, it succeeds."""

import time

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
RELEASE = ("pv",)
MB = 1024
WATCH_SECONDS = 10
# Retries after 1, 2, 4 and 8 seconds, a handful of hypercalls each.
HYPERCALLS_MAX = 40


def run(t):
    guest = t.guest
    guest.insmod()
    guest.set_target(guest.boot_kb - 200 * MB)
    with t.no_host_memory():
        guest.write("target_kb", str(guest.boot_kb))
        guest.settle()
        before = guest.statistics()["hypercalls"]
        time.sleep(WATCH_SECONDS)
        calls = guest.statistics()["hypercalls"] - before
        t.expect(guest.current_kb() < guest.boot_kb - 190 * MB, "where from?")
        t.note(f"{calls} hypercalls in {WATCH_SECONDS} s")
        t.expect(guest.status("reason") == "the host has no free memory",
                 guest.status("reason"))
        t.expect(calls <= HYPERCALLS_MAX, f"{calls} hypercalls in {WATCH_SECONDS} s")
        guest.check_conservation()
    guest.await_current(guest.boot_kb, timeout=90)
