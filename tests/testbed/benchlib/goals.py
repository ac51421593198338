# SPDX-License-Identifier: GPL-2.0
"""What is wanted of the driver, and whether the figures say that it does it."""

from . import rivals

GIB_MB = 1024
FLAT = 1.10
FEW_MB = 256            # below that a round trip is over before it can be timed well


def _sizes(results):
    return sorted(results.different("mb", driver=rivals.OURS)) if results else []


def _worst(ratios, pick):
    found = [ratio for ratio in ratios if ratio is not None]
    return pick(found) if found else None


def _ratio(results, kind, direction, size, over, under):
    same = {"guest": kind, "direction": direction, "mb": size}
    return results.ratio({"driver": over, **same}, {"driver": under, **same})


def _by_size(results, kind, direction, over, under, pick):
    """The worst over all sizes that can be timed well."""
    return _worst((_ratio(results, kind, direction, size, over, under)
                   for size in _sizes(results) if size >= FEW_MB), pick)


def _largest(results, kind, direction, over, under):
    """Of the largest size."""
    return _worst((_ratio(results, kind, direction, size, over, under)
                   for size in _sizes(results)[-1:]), min)


def _flat(results, kind, direction, driver):
    """The most seconds per GiB of a size over the least."""
    each = [results.median(guest=kind, direction=direction, mb=size, driver=driver)
            for size in _sizes(results)]
    times = [seconds / size for seconds, size in zip(each, _sizes(results))
             if seconds and size >= FEW_MB]
    return max(times) / min(times) if len(times) > 1 else None


def _row(name, value, limit, at_most, floor=None):
    """(goal, measured, the same of the floor, verdict)."""
    words = f"{name}: at {'most' if at_most else 'least'} {limit:.2f}"
    floors = "-" if floor is None else f"{floor:.2f}"
    if value is None:
        return words, "-", floors, "not measured"

    def met(ratio):
        return ratio <= limit if at_most else ratio >= limit

    verdict = ("met" if met(value) else
               "missed" if floor is None or met(floor) else "out of reach")
    return words, f"{value:.2f}", floors, verdict


def _faster(results):
    """Rows that say how many times as fast as another one this driver is, and the floor."""
    ours, small = rivals.OURS, rivals.OURS_4K
    goals = [("pv", "give", "", ours, 3), ("pv", "take", "", ours, 2)]
    goals += [(kind, direction, " in 4K", small, 1)
              for kind in rivals.KINDS for direction in rivals.DIRECTIONS]
    for kind, direction, how, driver, times in goals:
        value, floor = (_by_size(results, kind, direction, rivals.BUILTIN, each, min)
                        for each in (driver, rivals.FLOORS[driver]))
        yield _row(f"{kind.upper()} {direction}{how}, times as fast as built-in", value,
                   times, False, floor)
    for kind in rivals.KINDS:
        for direction in rivals.DIRECTIONS:
            value, floor = (_largest(results, kind, direction, rivals.VIRTIO, each)
                            for each in (ours, rivals.FLOORS[ours]))
            yield _row(f"{kind.upper()} {direction}, the largest size, times as fast as "
                       "virtio-balloon", value, 1, False, floor)


def of_speed(results):
    """Rows of goals that part a decides."""
    if not results:
        return
    limits = {("pvh", "give"): 1.05, ("pvh", "take"): 1.15, ("pv", "give"): 1.15,
              ("pv", "take"): 1.15}
    for (kind, direction), limit in limits.items():
        yield _row(f"{kind.upper()} {direction}, over its floor",
                   _by_size(results, kind, direction, rivals.OURS, rivals.FLOOR_2M, max),
                   limit, True)
    yield from _faster(results)
    for kind in rivals.KINDS:
        for direction in rivals.DIRECTIONS:
            value, floor = (_flat(results, kind, direction, driver)
                            for driver in (rivals.OURS, rivals.FLOOR_2M))
            yield _row(f"{kind.upper()} {direction}, time per GiB, largest over least",
                       value, FLAT, True, floor)


def of_feel(results):
    """Rows of goals that part f decides."""
    if not results:
        return
    for during, when in (("one round trip", "in the time of one round trip"),
                         ("balloon moves", "while the balloon moves")):
        for figure, words in (("p999_us", "99.9 % of a program's writes"),
                              ("slowest_us", "a program's slowest write")):
            value = results.ratio(*({"driver": driver, "during": during, "figure": figure}
                                    for driver in (rivals.OURS, rivals.BUILTIN)))
            yield _row(f"{words} {when}, over built-in", value, 1, True)
