# SPDX-License-Identifier: GPL-2.0
"""What KCSAN reports of data races in a kernel's log, and which of them are ours.

The kernel has races of its own, and knows of most. A report counts if one of the two
functions is the driver's, or one of the small helpers that the driver has called.
"""
import re

BEGIN = re.compile(r"^BUG: KCSAN: ")
END = re.compile(r"^={20,}$")
# "read-write (marked) to 0x... of 8 bytes by task 7 on cpu 1:"
ACCESS = re.compile(r"to 0x[0-9a-f]+ of \d+ bytes by (task \d+|interrupt) on cpu \d+:$")
FRAME = re.compile(r"^([\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[(\w+)\])?$")
# A module that has gone left addresses only.
NAMELESS = re.compile(r"^0x[0-9a-f]{16}$")
HELPER = re.compile(r"^(mem|str|_*find_\w*bit|_*bitmap_|__list_|llist_|sort|_*sw_hweight)")
OURS = re.compile(r"^(xen_hugeballoon|xhb_)")


class Race:
    """Takes the lines of one report, without the log's times; ended with the last."""

    def __init__(self, title):
        self.lines = [title.strip()]
        self.ended = False
        self.ours = False
        self._in_stack = False

    def line(self, text):
        text = text.strip()
        if END.match(text):
            self.ended = True
            return
        self.lines.append(text)
        if ACCESS.search(text):
            self._in_stack = True
        elif self._in_stack:
            self._frame(text)

    def _frame(self, text):
        """The innermost function counts that is no helper; other lines may come between."""
        found = FRAME.match(text)
        if found:
            name, module = found.groups()
            if not module and HELPER.match(name):
                return
            self.ours |= bool(module and OURS.match(module))
            self._in_stack = False
        elif NAMELESS.match(text):
            self.ours = True
            self._in_stack = False

    def __str__(self):
        return "\n".join(line for line in self.lines if line)


def find(lines):
    """All reports in a log. One that is cut off counts, too."""
    races = []
    for text in lines:
        if BEGIN.match(text.strip()):
            races.append(Race(text))
        elif races and not races[-1].ended:
            races[-1].line(text)
    return races
