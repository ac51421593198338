# SPDX-License-Identifier: GPL-2.0
"""Figures of several drivers as tables and pictures."""

from bedlib import pictures

from . import rivals

ORDER = (rivals.BUILTIN, rivals.OURS_4K, rivals.OURS, rivals.FLOOR_2M, rivals.FLOOR_4K,
         rivals.VIRTIO)
GIB_MB = 1024


def seconds(value):
    return "-" if value is None else f"{value:.3f} s" if value < 10 else f"{value:.1f} s"


def spread(figure):
    return f"{seconds(figure.lowest)} to {seconds(figure.highest)}"


def times(ratio):
    return "-" if ratio is None else f"{ratio:.2f}"


def compared(doc, results, kind, direction):
    """Each driver beside the built-in one and its floor, by size."""
    rows = []
    same = {"guest": kind, "direction": direction}
    for size in sorted(results.different("mb", **same)):
        of = lambda driver, size=size: {"driver": driver, "mb": size, **same}
        for driver in ORDER:
            figure = results.figure(**of(driver))
            if not figure:
                continue
            rows.append([f"{size} MB", driver, seconds(figure.median), spread(figure),
                         str(figure.rounds),
                         times(results.ratio(of(rivals.BUILTIN), of(driver))),
                         times(results.ratio(of(driver), of(rivals.FLOORS.get(driver))))])
    doc.table(["size", "driver", "median", "spread", "rounds",
               "times as fast as built-in", "of its floor"], rows)


def per_gib(doc, results, kind):
    """Seconds per GiB of each driver and size, as bars."""
    for direction in rivals.DIRECTIONS:
        same = {"guest": kind, "direction": direction}
        rows = []
        for size in sorted(results.different("mb", **same)):
            for driver in ORDER:
                median = results.median(driver=driver, mb=size, **same)
                if median:
                    rows.append((f"{size} MB, {driver}", [median * GIB_MB / size]))
        if rows:
            doc.picture(f"speed-{kind}-{direction}",
                        pictures.bars(rows, [f"seconds per GiB, {direction}"], "s"),
                        f"{kind.upper()} guest, {direction}: seconds per GiB")
