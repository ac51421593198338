# SPDX-License-Identifier: GPL-2.0
"""How Xen backs the guest's memory, block by block, and that in fewer characters."""

from .errors import ToolError
from .units import BLOCK_KB

BLOCK = BLOCK_KB * 1024
OFFLINE = " "
# In the order in which the legend has them; of as many blocks of two kinds the
# earlier stands for a cell: what is rare is what one looks for.
KINDS = {
    "4": ("4K pages", "yellow", "#e0a030"),
    "-": ("ballooned out", "blue", "#4070c0"),
    "?": ("unknown", "grey", "#b0b0b0"),
    "2": ("2M pages", "green", "#40a060"),
}


class Blocks:
    """The text of debugfs blocks, parsed."""

    def __init__(self, text):
        self.chars = ""
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            address, space, chars = line.partition(" ")
            try:
                index = int(address, 16) // BLOCK
            except ValueError:
                raise ToolError(f"no line of the block map: '{line}'") from None
            self.chars = self.chars.ljust(index)[:index] + chars
        if not self.chars.strip():
            raise ToolError("the block map is empty")

    def count(self, kind):
        return self.chars.count(kind)

    def legend(self):
        """(character, meaning, blocks) of each kind."""
        return [(kind, KINDS[kind][0], self.count(kind)) for kind in KINDS]

    def scaled(self, columns, rows):
        """(blocks in a character, [(address, characters)]), without rows where
        there is no memory; a character is what most of its blocks are."""
        across = 1 << (max(columns, 1).bit_length() - 1)
        scale = 1
        while True:
            lines = self._lines(across, scale)
            if len(lines) <= max(rows, 1):
                return scale, lines
            scale *= 2

    def _lines(self, across, scale):
        a_line = across * scale
        starts = range(0, len(self.chars), a_line)
        whole = [(start, self.chars[start:start + a_line]) for start in starts]
        return [(start * BLOCK, self._cells(chars, scale))
                for start, chars in whole if chars.strip()]

    @staticmethod
    def _cells(chars, scale):
        if scale == 1:
            return chars
        return "".join(_most(chars[i:i + scale]) for i in range(0, len(chars), scale))


def _most(chars):
    """Offline blocks do not count as long as there are others."""
    there = [kind for kind in KINDS if kind in chars]
    return max(there, key=chars.count) if there else OFFLINE
