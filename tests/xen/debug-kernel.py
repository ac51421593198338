# SPDX-License-Identifier: GPL-2.0
"""What other scenarios do, on a kernel that notices memory errors, leaks, wrong
locking and misuse, and that really lends ballooned pages to mappings."""

import re
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


def jiffies(text):
    return int(re.search(r"\bjiffies:? (\d+)", text).group(1))


def leaks(guest, since):
    """What was allocated after these jiffies, and nothing refers to. Only a second scan
    calls an object leaked."""
    time.sleep(LEAK_AGE_SECONDS)
    out = guest.run(f"echo scan >{LEAKS}; echo scan >{LEAKS}; cat {LEAKS}", 300).out
    return [text for text in re.split(r"^(?=unreferenced object )", out, flags=re.M)
            if text and jiffies(text) > since]


def run(t):
    guest = t.guest
    # What booting has leaked is not ours.
    booted = jiffies(guest.run("grep -m 1 ^jiffies: /proc/timer_list").out)
    run_others(t, SCENARIOS + (MORE if t.scenario.thorough else ()))
    found = leaks(guest, booted)
    t.expect(not found, "".join(found))
