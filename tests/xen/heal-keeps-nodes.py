# SPDX-License-Identifier: GPL-2.0
"""Healing does not move a program's memory away from the node that its cpuset binds
it to, also when there is no room left on that node."""

import re

GUEST = {"memory": 1024, "cmdline": "numa=fake=2"}
RELEASE = True
MB = 1024
# Left free on the node; no migration may use it once this much is kept in reserve.
LEFT = 24 * MB
RESERVE_KB = 96 * MB
GROUP = "/cg/bound"


def node_free_kb(guest, node):
    text = guest.run(f"cat /sys/devices/system/node/node{node}/meminfo").out
    return int(re.search(r"MemFree:\s*(\d+) kB", text).group(1))


def load_pages(guest):
    """Pages of the load by node."""
    text = guest.run("cat /proc/$(cat /tmp/load.pid)/numa_maps").out
    return [sum(int(n) for n in re.findall(rf"\bN{node}=(\d+)", text)) for node in (0, 1)]


def run(t):
    guest = t.guest
    guest.insmod("coalesce=0")
    # All that the tests start from here on may use node 0 only.
    guest.run(f"mkdir /cg && mount -t cgroup2 none /cg && mkdir {GROUP} && "
              "echo +cpuset >/cg/cgroup.subtree_control && "
              f"echo 0 >{GROUP}/cpuset.mems && echo $PPID >{GROUP}/cgroup.procs")
    megabytes = (node_free_kb(guest, 0) - LEFT) // MB
    guest.start_load(megabytes, small=True)
    before = load_pages(guest)
    t.note(f"the load has {before} pages by node, "
           f"{node_free_kb(guest, 0)} KiB are free on node 0")
    t.expect(before[1] * 20 < before[0], "the load is not bound to node 0")
    guest.run(f"echo $PPID >/cg/cgroup.procs; echo {RESERVE_KB} >/proc/sys/vm/min_free_kbytes")
    took = guest.heal()
    after = load_pages(guest)
    t.note(f"healed {guest.number('healed')} blocks in {took:.1f} s; "
           f"the load has {after} pages by node")
    t.expect(after[1] <= before[1], f"{after[1] - before[1]} pages have left their node")
    t.expect(guest.number("healed") > 0, "no block was healed, on node 1 either")
    guest.end_load()
