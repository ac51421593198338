# SPDX-License-Identifier: GPL-2.0
"""Sizes and times, as people write and read them. Sizes are in KiB."""

import re

from .errors import UsageError

PAGE_KB = 4
BLOCK_KB = 2048

SIZE = re.compile(r"([+-]?)(\d+(?:\.\d+)?)(?:([kmgt])(?:i?b)?)?", re.I)
IN_KB = {"k": 1, "m": 1 << 10, "g": 1 << 20, "t": 1 << 30}


def parse_size(text):
    """(sign, KiB in whole pages) of a text like 512M, 1.5g or -64M; without a
    suffix it is KiB, as for xl and virsh."""
    found = SIZE.fullmatch(text.strip())
    if not found:
        raise UsageError(f"'{text}' is no size; write it like 524288, 512M, 1.5G, "
                         "+64M or -64M")
    sign, number, suffix = found.groups()
    factor = IN_KB[(suffix or "k").lower()]
    # Not by a float if it is whole: that would be wrong for large ones.
    kb = int(float(number) * factor) if "." in number else int(number) * factor
    return sign, kb - kb % PAGE_KB


def size(kb):
    """12.0 KiB, 512.0 MiB, 8.00 GiB."""
    if abs(kb) < 1 << 10:
        return f"{kb} KiB"
    if abs(kb) < 10 << 20:
        return f"{kb / (1 << 10):.1f} MiB"
    if abs(kb) < 10 << 30:
        return f"{kb / (1 << 20):.2f} GiB"
    return f"{kb / (1 << 30):.2f} TiB"


def duration(seconds):
    """0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10 and seconds != int(seconds):
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 100:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
