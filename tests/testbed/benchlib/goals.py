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
    first = results.median(driver=over, **same)
    second = results.median(driver=under, **same)
    return first / second if first and second else None


def _by_size(results, kind, direction, over, under, pick):
    """The worst over all sizes that can be timed well."""
    return _worst((_ratio(results, kind, direction, size, over, under)
                   for size in _sizes(results) if size >= FEW_MB), pick)


def _flat(results, kind, direction):
    """The most seconds per GiB of a size over the least."""
    each = [results.median(guest=kind, direction=direction, mb=size, driver=rivals.OURS)
            for size in _sizes(results)]
    times = [seconds / size for seconds, size in zip(each, _sizes(results))
             if seconds and size >= FEW_MB]
    return max(times) / min(times) if len(times) > 1 else None


def _row(name, value, limit, at_most):
    """(goal, measured, verdict)."""
    words = f"{name}: at {'most' if at_most else 'least'} {limit:.2f}"
    if value is None:
        return words, "-", "not measured"
    met = value <= limit if at_most else value >= limit
    return words, f"{value:.2f}", "met" if met else "missed"


def of_speed(results):
    """Rows of goals that part a decides."""
    if not results:
        return
    ours, builtin, small = rivals.OURS, rivals.BUILTIN, rivals.OURS_4K
    limits = {("pvh", "give"): 1.05, ("pvh", "take"): 1.15, ("pv", "give"): 1.15,
              ("pv", "take"): 1.15}
    for (kind, direction), limit in limits.items():
        yield _row(f"{kind.upper()} {direction}, over its floor",
                   _by_size(results, kind, direction, ours, rivals.FLOOR_2M, max), limit,
                   True)
    for direction, limit in (("give", 3), ("take", 2)):
        yield _row(f"PV {direction}, times as fast as built-in",
                   _by_size(results, "pv", direction, builtin, ours, min), limit, False)
    for kind in rivals.KINDS:
        for direction in rivals.DIRECTIONS:
            yield _row(f"{kind.upper()} {direction} in 4K, times as fast as built-in",
                       _by_size(results, kind, direction, builtin, small, min), 1, False)
    for kind in rivals.KINDS:
        for direction in rivals.DIRECTIONS:
            largest = _sizes(results)[-1:]
            value = _worst((_ratio(results, kind, direction, size, rivals.VIRTIO, ours)
                            for size in largest), min)
            yield _row(f"{kind.upper()} {direction}, the largest size, times as fast as "
                       "virtio-balloon", value, 1, False)
    for kind in rivals.KINDS:
        for direction in rivals.DIRECTIONS:
            yield _row(f"{kind.upper()} {direction}, time per GiB, largest over least",
                       _flat(results, kind, direction), FLAT, True)


def of_feel(results):
    """Rows of goals that part f decides."""
    if not results:
        return
    for figure, words in (("p999_us", "99.9 % of a program's writes"),
                          ("slowest_us", "a program's slowest write")):
        waits = {driver: results.median(driver=driver, during="balloon moves", figure=figure)
                 for driver in (rivals.OURS, rivals.BUILTIN)}
        value = waits[rivals.OURS] / waits[rivals.BUILTIN] if all(waits.values()) else None
        yield _row(f"{words} while the balloon moves, over built-in", value, 1, True)
