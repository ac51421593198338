# SPDX-License-Identifier: GPL-2.0
"""A guest's memory as its kernel tells of it, and the pieces that go offline."""

MEMORY = "/sys/devices/system/memory"


def total_kb(guest):
    return int(guest.run("grep ^MemTotal: /proc/meminfo").out.split()[1])


def available_kb(guest):
    return int(guest.run("grep ^MemAvailable: /proc/meminfo").out.split()[1])


def block_kb(guest):
    """What goes online and offline at once."""
    return int(guest.run(f"cat {MEMORY}/block_size_bytes").out, 16) // 1024


def removable(guest):
    """Memory blocks of which all is for movable pages, by their number."""
    out = guest.run(f"cd {MEMORY}; grep -l '^Movable' memory*/valid_zones").out
    return [int(line.split("/")[0].removeprefix("memory")) for line in out.split()]
