# SPDX-License-Identifier: GPL-2.0
"""A guest whose p2m tables use up a pool that is too small for them gives less than
is wanted, while pages move too. Xen loses nothing then, nor does the guest."""

import time

# A table for each 2M block that is not one entry: the pool has about 240.
GUEST = {"memory": 1024, "shadow_memory": 1}
RELEASE = True
MB = 1024
LOAD = 100
SCATTERED = 750
SECONDS = 60


def run(t):
    guest = t.guest
    guest.insmod("enable_huge=0 coalesce=0")
    guest.start_load(LOAD)
    guest.run(f"mbtool scatter {SCATTERED} /tmp/scatter & echo $! >/tmp/scatter.pid; "
              "until [ -s /tmp/scatter ]; do usleep 50000; done")
    guest.write("target_kb", str(guest.boot_kb - SCATTERED // 3 * MB))
    deadline = time.monotonic() + SECONDS
    while not guest.statistics()["short"]:
        t.expect(time.monotonic() < deadline, "Xen takes each page")
    guest.run("pid=$(cat /tmp/scatter.pid); kill $pid; "
              "while kill -0 $pid 2>/dev/null; do usleep 50000; done")
    guest.write("target_kb", str(guest.current_kb()))
    guest.check_conservation()
    guest.compact()
    statistics = guest.statistics()
    t.note(f"ballooned {(guest.boot_kb - guest.current_kb()) // MB} MB, "
           f"{statistics['migrated']} moved, {statistics['not_migrated']} refused")
    t.expect(statistics["migrated"] > 1000, "nothing has moved")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
    t.expect(guest.number("lost_kb") == 0, "Xen has lost memory")
    guest.end_load()
