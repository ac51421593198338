# SPDX-License-Identifier: GPL-2.0
"""Of two NUMA nodes the one with more free memory gives, until both have as much left,
and the one with less gets its own back first."""

import re

GUEST = {"memory": 1024, "cmdline": "numa=fake=2"}
RELEASE = True
MB = 1024
STEP_KB = 64 * MB
FILE_MB = 160
# CPUs keep 2M pages that were freed for themselves, and no count of a node has them.
SLACK_KB = 40 * MB


def free_kb(guest):
    """Free memory of each node."""
    out = guest.run("cat /sys/devices/system/node/node*/meminfo").out
    return [int(kb) for kb in re.findall(r"MemFree: *(\d+) kB", out)]


def fill(guest, node, megabytes):
    guest.run(f"mkdir -p /tmp/on{node} && "
              f"mount -t tmpfs -o mpol=bind:{node},size=50% none /tmp/on{node} && "
              f"dd if=/dev/zero of=/tmp/on{node}/file bs=1M count={megabytes}")


def run(t):
    guest = t.guest
    guest.insmod()
    t.expect(len(free_kb(guest)) == 2, f"the guest's nodes have {free_kb(guest)} KiB free")
    fill(guest, 1, FILE_MB)
    before, size = free_kb(guest), guest.boot_kb
    t.expect(before[0] - before[1] > STEP_KB, f"the nodes are as good as equal: {before}")

    while free_kb(guest)[0] - free_kb(guest)[1] > STEP_KB:
        last = free_kb(guest)
        size -= STEP_KB
        guest.set_target(size)
        gave = [was - now for was, now in zip(last, free_kb(guest))]
        t.note(f"of {last} KiB free in the nodes {gave} went")
        t.expect(gave[1] < STEP_KB // 8, f"the node with less gave {gave[1]} KiB")
    size -= 2 * STEP_KB
    guest.set_target(size)
    left = free_kb(guest)
    t.note(f"{before} KiB free at first, {left} in the end")
    t.expect(abs(left[0] - left[1]) <= SLACK_KB, f"{left} KiB are left in the nodes")
    guest.check_conservation()

    fill(guest, 0, 2 * STEP_KB // MB)
    poor = free_kb(guest)
    guest.set_target(size + 2 * STEP_KB)
    got = [now - was for was, now in zip(poor, free_kb(guest))]
    t.note(f"with {poor} KiB free in the nodes {got} came")
    t.expect(got[0] > 2 * STEP_KB - SLACK_KB, f"the node with less got {got[0]} KiB")
    t.expect(got[1] < SLACK_KB, f"the node with more got {got[1]} KiB")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
    guest.check_conservation()
