# SPDX-License-Identifier: GPL-2.0
"""The guest's memory in the words of virsh dommemstat, and what is counted."""

PAGE_KB = 4


def words(driver, actual_kb):
    """In KiB but for faults: what there is of virsh's words, in its order."""
    info = driver.numbers_of("proc/meminfo")
    events = driver.numbers_of("proc/vmstat")
    found = {
        "actual": actual_kb,
        "swap_in": _pages(events, "pswpin"),
        "swap_out": _pages(events, "pswpout"),
        "major_fault": events.get("pgmajfault"),
        "minor_fault": _difference(events, "pgfault", "pgmajfault"),
        "unused": info.get("MemFree"),
        "available": info.get("MemTotal"),
        "usable": info.get("MemAvailable"),
        "disk_caches": _sum(info, "Buffers", "Cached"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _pages(events, name):
    return events[name] * PAGE_KB if name in events else None


def _difference(events, name, less):
    return events[name] - events[less] if name in events and less in events else None


def _sum(info, *names):
    return sum(info[name] for name in names) if all(n in info for n in names) else None
