# SPDX-License-Identifier: GPL-2.0
"""Each guest as the host sees it at one moment."""

import time
from dataclasses import dataclass, field

from . import xen

# xl list rounds down to MiB, and libxl lets a guest have one more than its target.
SLACK_KB = 2 << 10

# What xen-hugeballoon tells of itself, if its user wants it to.
SAID_MOST = 100
SAID = ("state", "reason", "target_by", "floor_kb")


def number(text):
    """None for what is no number: a guest may write what it likes."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 \
        else None


@dataclass
class Guest:
    name: str
    domid: int
    flags: str                      # as xl list has them: r-----
    size_kb: int                    # in whole MiB
    kind: str = None
    nodes: dict = field(default_factory=dict)
    xen: dict = None                # of xen.pages(), if that was asked for

    def node(self, name):
        return number(self.nodes.get(name))

    @property
    def target_kb(self):
        return self.node("memory/target")

    @property
    def limit_kb(self):
        """The most that the toolstack has in mind for it, at any time."""
        limits = [self.node("memory/static-max"), self.node("memory/hotplug-max")]
        return max((kb for kb in limits if kb is not None), default=None)

    @property
    def wanted_kb(self):
        """The size with which the target is reached. Xen counts video memory, the
        target does not."""
        return self.target_kb + (self.node("memory/videoram") or 0)

    @property
    def gap_kb(self):
        """What it has too much, as far as the host can tell."""
        if self.target_kb is None:
            return 0
        gap = self.size_kb - self.wanted_kb
        return gap if abs(gap) > SLACK_KB else 0

    @property
    def said(self):
        """What its driver tells of itself: name -> text, that may be anything."""
        return {name: self.nodes[f"data/hugeballoon/{name}"][:SAID_MOST] for name in SAID
                if f"data/hugeballoon/{name}" in self.nodes}

    @property
    def active(self):
        """Whether the guest says it is on its way; None if it says nothing."""
        return self.node("control/balloon-active")


class Sample:
    """All guests and the host, at one moment."""

    def __init__(self, exact=False):
        self.when = time.monotonic()
        kinds, nodes = xen.kinds(), xen.nodes()
        counted = xen.pages() if exact else {}
        self.free_kb = xen.free_kb()
        self.guests = [
            Guest(found["name"], found["domid"], found["flags"], found["mib"] << 10,
                  kinds.get(found["domid"]), nodes.get(found["domid"], {}),
                  counted.get(found["domid"]))
            for found in xen.domains()]

    def find(self, word):
        """By name or number; None if it has gone."""
        for guest in self.guests:
            if word in (guest.name, str(guest.domid)):
                return guest
        return None
