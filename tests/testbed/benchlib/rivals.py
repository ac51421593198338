# SPDX-License-Identifier: GPL-2.0
"""Who is compared: drivers, and the floor below which none can be."""

import contextlib
import itertools
import re

from bedlib import modules
from bedlib.balloon import FLOOR, Balloon

MB = 1024
BUILTIN = "built-in"
OURS_4K = "this driver, 4K only"
OURS = "this driver"
DRIVERS = (BUILTIN, OURS)
FLOOR_4K = "floor, 4K"
FLOOR_2M = "floor"
FLOOR_AHEAD = "floor, next batch cleared by another CPU"
VIRTIO = "virtio-balloon"
FLOORS = {BUILTIN: FLOOR_4K, OURS_4K: FLOOR_4K, OURS: FLOOR_2M}
KINDS = ("pvh", "pv")
DIRECTIONS = ("give", "take")
STEPS = ("allocate", "clear", "release", "populate", "free")


class BuiltIn:
    name = BUILTIN

    def __init__(self, balloon):
        self.balloon = balloon

    @contextlib.contextmanager
    def at_work(self):
        yield

    def round_trip(self, megabytes, timeout=300):
        """Seconds for giving and for taking."""
        balloon = self.balloon
        return (balloon.set_target(balloon.boot_kb - megabytes * MB, timeout),
                balloon.set_target(balloon.boot_kb, timeout))


class Ours(BuiltIn):
    name = OURS
    parameters = ""

    @contextlib.contextmanager
    def at_work(self):
        self.balloon.insmod(self.parameters)
        yield
        self.balloon.rmmod()


class Ours4K(Ours):
    name = OURS_4K
    parameters = "enable_huge=0 coalesce=0"


class Floor(BuiltIn):
    """Bare allocations and hypercalls; the built-in driver does nothing meanwhile."""
    name = FLOOR_2M
    order = 9
    ahead = 0

    def steps(self, megabytes, timeout=300):
        """Seconds for each of STEPS, and for giving as a whole."""
        parameters = "/sys/module/xhb_floor/parameters"
        out = self.balloon.run(
            f"insmod {FLOOR} mb={megabytes} order={self.order} ahead={self.ahead} && "
            f"grep . {parameters}/*_ns; rmmod xhb_floor", timeout).out
        return {name: int(ns) / 1e9 for name, ns in re.findall(r"/(\w+)_ns:(\d+)", out)}

    def round_trip(self, megabytes, timeout=300):
        steps = self.steps(megabytes, timeout)
        return steps["give"], steps["populate"] + steps["free"]


class Floor4K(Floor):
    name = FLOOR_4K
    order = 0


class FloorAhead(Floor):
    name = FLOOR_AHEAD
    ahead = 1


# A 4K page that was ballooned stays a 4K page to Xen, and would slow down those who work
# in 2M pages. So they have a guest of their own.
SMALL = (BuiltIn, Ours4K, Floor4K)
LARGE = (Ours, Floor)


def create_pair(bed, kind, megabytes, **options):
    """Rivals on two guests, as many of each kind as SMALL and LARGE have."""
    found = []
    for suffix, classes in (("4k", SMALL), ("2m", LARGE)):
        balloon = Balloon(bed.create(f"{kind}-{suffix}", kind, memory=megabytes,
                                     files={**modules.files(), **modules.floor()},
                                     **options))
        found += [rival(balloon) for rival in classes]
    return found


def create_drivers(bed, kind, megabytes, **options):
    """Those of a pair that are DRIVERS."""
    return [rival for rival in create_pair(bed, kind, megabytes, **options)
            if rival.name in DRIVERS]


def balloons(rivals):
    """Of their guests, each once."""
    return {rival.balloon.name: rival.balloon for rival in rivals}.values()


def destroy(bed, rivals):
    for balloon in balloons(rivals):
        balloon.check_conservation()
        bed.destroy(balloon.name)


@contextlib.contextmanager
def alone(rival, rivals):
    """The others' guests do nothing meanwhile."""
    with contextlib.ExitStack() as stack:
        for name in {other.balloon.name for other in rivals} - {rival.balloon.name}:
            stack.enter_context(rival.balloon.bed.paused(name))
        yield


def in_turn(rivals, number=0):
    """Each of them, the guests of the others paused; every second round from the end."""
    ordered = list(reversed(rivals)) if number % 2 else rivals
    for _, group in itertools.groupby(ordered, key=lambda rival: rival.balloon.name):
        group = list(group)
        with alone(group[0], rivals):
            yield from group
