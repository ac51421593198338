# SPDX-License-Identifier: GPL-2.0
"""What other scenarios do, on a kernel that notices memory errors, leaks, wrong
locking and misuse, and that really lends ballooned pages to mappings."""

import time

from bedlib.scenario import run_others

GUEST = {"memory": 1024, "cmdline": "panic=-1", "timeout": 300}
DEBUG = True
SCENARIOS = ("takeover-handback-pvh", "lent-pages-pvh", "heal-and-targets",
             "reload-at-random-moments-pvh")
# Before a release.
MORE = ("round-trip-pvh", "coalesce-pvh")
LEAKS = "/sys/kernel/debug/kmemleak"
# Younger objects are never called leaks.
LEAK_AGE_SECONDS = 6


def scan(guest, then):
    """Only a second scan calls an object leaked."""
    time.sleep(LEAK_AGE_SECONDS)
    return guest.run(f"echo scan >{LEAKS}; echo scan >{LEAKS}; {then}", 300).out


def run(t):
    guest = t.guest
    # What booting has leaked is not ours.
    scan(guest, f"echo clear >{LEAKS}")
    run_others(t, SCENARIOS + (MORE if t.scenario.thorough else ()))
    leaks = scan(guest, f"cat {LEAKS}")
    t.expect(not leaks, leaks)
