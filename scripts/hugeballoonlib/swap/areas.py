# SPDX-License-Identifier: GPL-2.0
"""Swap areas, as the kernel lists them and as the administrator has set them up."""

import os
import re

# Of swapon(2).
PREFER = 0x8000
PRIORITY_MASK = 0x7fff
DISCARD = {"discard": 0x10000, "discard=once": 0x30000, "discard=pages": 0x50000}

BY_TAG = {"UUID": "by-uuid", "LABEL": "by-label", "PARTUUID": "by-partuuid",
          "PARTLABEL": "by-partlabel"}


def unescaped(text):
    """Blanks, newlines and backslashes are octal in the kernel's lists and in fstab."""
    plain = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found.group(1), 8) & 255]),
                   os.fsencode(text))
    return os.fsdecode(plain)


class Area:
    """A line of /proc/swaps."""

    def __init__(self, path, used_kb, priority):
        self.path = path
        self.used_kb = used_kb
        self.priority = priority

    @property
    def automatic(self):
        """Without a priority of its own: the kernel numbers such areas downwards, the
        one that was swapped on last has the least."""
        return self.priority < 0

    def flags(self, fstab):
        """What swapon(2) has to be told to have it again as it is. The kernel does not
        show whether it discards what is free, so that is what fstab says."""
        own = 0 if self.automatic else PREFER | self.priority & PRIORITY_MASK
        return own | fstab.discard(self.path)


def parse(text):
    """The areas in /proc/swaps, those that are used first, first."""
    areas = []
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) != 5:
            continue
        areas.append(Area(unescaped(fields[0]), int(fields[3]), int(fields[4])))
    return sorted(areas, key=lambda area: -area.priority)


class Fstab:
    """What /etc/fstab says of swap areas."""

    def __init__(self, text, root="/"):
        self.root = root
        self.lines = [fields for fields in (line.split() for line in text.splitlines())
                      if len(fields) >= 4 and fields[2] == "swap" and fields[0][0] != "#"]

    def _device(self, name):
        tag, equals, value = unescaped(name).partition("=")
        if equals and tag in BY_TAG:
            value = value.strip('"')
            return os.path.join(self.root, "dev/disk", BY_TAG[tag], value)
        return os.path.join(self.root, unescaped(name).lstrip("/"))

    def discard(self, path):
        """Its flag, or 0."""
        for device, _, _, options, *_ in self.lines:
            try:
                same = os.path.samefile(self._device(device),
                                        os.path.join(self.root, path.lstrip("/")))
            except OSError:
                continue
            if same:
                return next((DISCARD[option] for option in options.split(",")
                             if option in DISCARD), 0)
        return 0


def misplaced(areas, order):
    """Paths of those that have to be swapped off and on, in this order, for areas without
    a priority of their own to be used in the order that they once had."""
    now = [area.path for area in areas if area.automatic]
    wanted = [path for path in order if path in now]
    kept = 0
    for path in now:
        if kept < len(wanted) and path == wanted[kept]:
            kept += 1
    return wanted[kept:] if now != wanted else []
