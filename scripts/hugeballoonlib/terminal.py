# SPDX-License-Identifier: GPL-2.0
"""What is written to: a terminal with colours and a bar, or a plain stream."""

import os
import re
import shutil
import sys

COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "grey": 90, "bold": 1}
CLEAR_LINE = "\r\033[K"
ESCAPE = re.compile(r"(\033\[[0-9;]*m)")
BAR = 24


def cut(text, columns):
    """So much of it, colours not counted."""
    pieces = []
    for piece in ESCAPE.split(text):
        if not piece.startswith("\033"):
            piece = piece[:columns]
            columns -= len(piece)
        pieces.append(piece)
    return "".join(pieces)


class Terminal:
    def __init__(self, stream=None, environ=None):
        self.stream = stream or sys.stdout
        environ = os.environ if environ is None else environ
        # Something that can go back to the beginning of a line.
        self.live = (self.stream.isatty() and
                     environ.get("TERM", "") not in ("", "dumb"))
        self.colours = self.live and not environ.get("NO_COLOR")
        self.shows_bar = False

    def size(self):
        """(columns, rows)"""
        return tuple(shutil.get_terminal_size((80, 24)))

    def paint(self, colour, text):
        if not self.colours or not colour or not text:
            return text
        return f"\033[{COLOURS[colour]}m{text}\033[0m"

    def line(self, text=""):
        """Written at once, for whoever reads it from a pipe."""
        self.clear()
        self.stream.write(text + "\n")
        self.stream.flush()

    def bar(self, fraction, text):
        """Replaces the last one. Nothing at all if this is no terminal."""
        if not self.live:
            return
        columns = self.size()[0]
        done = int(BAR * min(max(fraction, 0.0), 1.0))
        whole = f"[{'#' * done}{'.' * (BAR - done)}] {text}"
        # First, since Ctrl-C may come in the middle of what follows.
        self.shows_bar = True
        # The last column stays free: some terminals go to the next line there.
        self.stream.write(CLEAR_LINE + whole[:max(columns - 1, 1)])
        self.stream.flush()

    def clear(self):
        """Takes the bar away."""
        if self.shows_bar:
            self.stream.write(CLEAR_LINE)
            self.stream.flush()
            self.shows_bar = False
