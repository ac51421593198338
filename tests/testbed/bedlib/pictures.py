# SPDX-License-Identifier: GPL-2.0
"""What the demo has seen, as pictures for people: SVG, for light and dark pages."""

from xml.sax.saxutils import escape

# Of a block: what Xen backs it with -> (in words, colour). Told apart without colour
# vision, too: one is light, the other dark.
BACKINGS = {"2": ("one 2M page", "#1f5fa8"), "4": ("4K pages", "#f2a33a"),
            "-": ("nothing", "#9a9a9a")}
DRIVERS = ("#f2a33a", "#1f5fa8", "#3a8f4d", "#b0413e")
# Of a bar; neighbours differ in how light they are.
PARTS = ("#1f5fa8", "#f2a33a", "#3a8f4d", "#c9b8d8", "#b0413e", "#9a9a9a")
CELL = 8
COLUMNS = 32
GAP = 40
TEXT = 18
STYLE = ("<style>text{font:13px sans-serif;fill:#222}.axis{stroke:#888}"
         "@media (prefers-color-scheme:dark){text{fill:#ddd}}</style>")


def _text(x, y, words, anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(width, height, parts):
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
                      f'height="{height}" viewBox="0 0 {width} {height}">',
                      STYLE, *parts, "</svg>"]) + "\n"


def _map(left, top, title, blocks):
    """A cell for each 2M block, a rectangle for each run of the same kind."""
    yield _text(left, top - 6, title)
    for row in range(0, len(blocks), COLUMNS):
        line = blocks[row:row + COLUMNS]
        y = top + row // COLUMNS * CELL
        start = 0
        for i in range(1, len(line) + 1):
            if i < len(line) and line[i] == line[start]:
                continue
            yield (f'<rect x="{left + start * CELL}" y="{y}" '
                   f'width="{(i - start) * CELL - 1}" height="{CELL - 1}" '
                   f'fill="{BACKINGS[line[start]][1]}"/>')
            start = i


def maps(panels):
    """Rows of panels, each (title, one character of BACKINGS for each block)."""
    wide = COLUMNS * CELL
    high = max(-(-len(blocks) // COLUMNS) for row in panels for _, blocks in row) * CELL
    parts = []
    for y, row in enumerate(panels):
        for x, (title, blocks) in enumerate(row):
            parts += _map(10 + x * (wide + GAP), 30 + y * (high + GAP), title, blocks)
    bottom = 30 + len(panels) * (high + GAP) - GAP + TEXT
    for i, kind in enumerate("24"):
        words, colour = BACKINGS[kind]
        x = 10 + i * (wide + GAP)
        parts += [f'<rect x="{x}" y="{bottom}" width="{CELL * 2}" height="{CELL + 2}" '
                  f'fill="{colour}"/>',
                  _text(x + 24, bottom + CELL + 2, f"2M of the guest in {words}")]
    return _svg(20 + len(panels[0]) * (wide + GAP) - GAP, bottom + 24, parts)


def moved(points):
    """Without what was noted before the size changed for the first time."""
    first = next((i for i, (_, kb) in enumerate(points) if kb != points[0][1]), 1)
    start = points[first - 1][0]
    return [(seconds - start, kb) for seconds, kb in points[first - 1:]]


def plot(series, unit="s"):
    """Sizes over time: (driver, [(seconds, KiB), ...]) for each, or another unit of time."""
    left, top, wide, high = 70, 20, 560, 220
    seconds = max(points[-1][0] for _, points in series)
    sizes = [kb / 1024 for _, points in series for _, kb in points]
    low, most = min(sizes) - 16, max(sizes) + 16
    place = lambda t, kb: (left + t / seconds * wide,
                           top + (most - kb / 1024) / (most - low) * high)
    parts = [f'<path class="axis" fill="none" d="M{left} {top}V{top + high}H{left + wide}"/>',
             _text(left - 8, place(0, max(sizes) * 1024)[1] + 4, f"{max(sizes):.0f} MB", "end"),
             _text(left - 8, place(0, min(sizes) * 1024)[1] + 4, f"{min(sizes):.0f} MB", "end"),
             _text(left, top + high + TEXT, "0"),
             _text(left + wide, top + high + TEXT, f"{seconds:.1f} {unit}", "end")]
    for number, (driver, points) in enumerate(series):
        line = " ".join("%.1f,%.1f" % place(t, kb) for t, kb in points)
        x = left + 20 + number * min(220, wide // len(series))
        parts += [f'<polyline fill="none" stroke="{DRIVERS[number]}" stroke-width="2.5" '
                  f'points="{line}"/>',
                  f'<path stroke="{DRIVERS[number]}" stroke-width="2.5" '
                  f'd="M{x} {top + high + 36}h24"/>',
                  _text(x + 30, top + high + 40, driver)]
    return _svg(left + wide + 20, top + high + 54, parts)


def bars(rows, parts_of, unit):
    """A bar for each (label, numbers), each number a part of it, named in @parts_of."""
    left, wide, high = 250, 460, 18
    most = max(sum(numbers) for _, numbers in rows) or 1
    parts = []
    for number, words in enumerate(parts_of):
        x = 10 + number * min(230, (left + wide) // len(parts_of))
        parts += [f'<rect x="{x}" y="8" width="{CELL * 2}" height="{CELL + 2}" '
                  f'fill="{PARTS[number]}"/>', _text(x + 24, 18, words)]
    for row, (label, numbers) in enumerate(rows):
        y = 32 + row * (high + 4)
        x = left
        parts.append(_text(left - 8, y + 13, label, "end"))
        for number, value in enumerate(numbers):
            length = value / most * wide
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="{high}" '
                         f'fill="{PARTS[number]}"/>')
            x += length
        parts.append(_text(x + 6, y + 13, f"{sum(numbers):.3g} {unit}"))
    return _svg(left + wide + 90, 40 + len(rows) * (high + 4), parts)
