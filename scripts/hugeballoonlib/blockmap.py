# SPDX-License-Identifier: GPL-2.0
"""The command map: physical memory as text, or as a picture."""

import os
import sys
from xml.sax.saxutils import escape

from .blocks import BLOCK, KINDS, Blocks
from .errors import DONE, ToolError
from .units import BLOCK_KB, size

ADDRESS = 15        # columns of an address and a space
MOST_COLUMNS = 64
MOST_ROWS = 32
LEGEND_ROWS = 3


def colourful(terminal, chars):
    """A piece for each run of the same characters."""
    pieces, start = [], 0
    for i in range(1, len(chars) + 1):
        if i == len(chars) or chars[i] != chars[start]:
            kind = KINDS.get(chars[start])
            pieces.append(terminal.paint(kind and kind[1], chars[start:i]))
            start = i
    return "".join(pieces)


def legend_lines(terminal, blocks, scale):
    """What the characters mean, how much there is of each, and the scale."""
    entries = [terminal.paint(KINDS[kind][1], f"{kind}: {meaning}") +
               f" {size(count * BLOCK_KB)}" for kind, meaning, count in blocks.legend()]
    yield "   ".join(entries[:2])
    yield "   ".join(entries[2:])
    yield (f"A character is {size(scale * BLOCK_KB)}" +
           (": what most of it is." if scale > 1 else "."))


def map_lines(terminal, blocks, rows, full=False):
    columns = min(MOST_COLUMNS, max(terminal.size()[0] - ADDRESS, 8))
    scale, lines = blocks.scaled(columns, len(blocks.chars) if full else rows)
    for address, chars in lines:
        yield f"{address:#014x} {colourful(terminal, chars)}"
    yield from legend_lines(terminal, blocks, scale)


def run(driver, terminal, options):
    driver.require_loaded()
    blocks = Blocks(driver.blocks())
    if options.svg:
        return write(options.svg, picture(blocks))
    for line in map_lines(terminal, blocks, MOST_ROWS, options.full):
        terminal.line(line)
    return DONE


def write(name, text):
    if name == "-":
        sys.stdout.write(text)
        return DONE
    try:
        with open(name, "w", encoding="utf-8") as f:
            f.write(text)
    except OSError as error:
        raise ToolError(f"cannot write {name}: {os.strerror(error.errno)}") from error
    return DONE


# The picture

CELL = 10
LEFT = 130
TOP = 40
LINE = 18


def rectangle(x, y, width, colour, title):
    return (f'<rect x="{x}" y="{y}" width="{width}" height="{CELL - 1}" '
            f'fill="{colour}"><title>{escape(title)}</title></rect>')


def row_of(y, address, chars):
    """A rectangle for each run of the same kind; its title says what it is."""
    yield f'<text x="4" y="{y + CELL - 1}">{address:#014x}</text>'
    start = 0
    for i in range(1, len(chars) + 1):
        if i < len(chars) and chars[i] == chars[start]:
            continue
        if chars[start] in KINDS:
            meaning, _, colour = KINDS[chars[start]]
            begin = address + start * BLOCK
            yield rectangle(LEFT + start * CELL, y, (i - start) * CELL - 1, colour,
                            f"{begin:#x}: {size((i - start) * BLOCK_KB)}, {meaning}")
        start = i


def picture(blocks):
    """Each block is a cell, whatever the size of the guest."""
    _, lines = blocks.scaled(MOST_COLUMNS, len(blocks.chars))
    height = TOP + len(lines) * CELL + (len(KINDS) + 1) * LINE
    width = LEFT + MOST_COLUMNS * CELL + 10
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
             f'height="{height}" font-family="monospace" font-size="11">',
             f'<rect width="{width}" height="{height}" fill="white"/>',
             '<text x="4" y="20" font-size="14">'
             "How Xen backs this guest's memory</text>"]
    for number, (address, chars) in enumerate(lines):
        parts += row_of(TOP + number * CELL, address, chars)
    y = TOP + len(lines) * CELL + LINE
    for kind, meaning, count in blocks.legend():
        text = f"{meaning}: {size(count * BLOCK_KB)}, {count} blocks"
        parts += [rectangle(LEFT, y, CELL - 1, KINDS[kind][2], meaning),
                  f'<text x="{LEFT + 2 * CELL}" y="{y + CELL - 1}">{escape(text)}</text>']
        y += LINE
    return "\n".join(parts + ["</svg>"]) + "\n"
