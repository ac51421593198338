# SPDX-License-Identifier: GPL-2.0
"""The command top: the block map and the rates, live."""

import os
import select
import sys
import time

from . import blockmap
from .blocks import Blocks
from .errors import DONE, ToolError
from .status import STATES, next_try
from .terminal import cut
from .units import duration, size
from .watch import Sample

ENTER = "\033[?1049h\033[?25l"
LEAVE = "\033[?25h\033[?1049l"
HOME = "\033[H"
TO_LINE_END = "\033[K"
TO_SCREEN_END = "\033[J"

# What is counted, and what a person calls it; in one line.
RATES = (("hypercalls", "calls"), ("released_2m", "2M out"), ("released_4k", "4K out"),
         ("populated_2m", "2M in"), ("populated_4k", "4K in"), ("healed", "healed"))


# So that the map is as large as that of the command map.
PLAIN_ROWS = blockmap.MOST_ROWS + 5 + blockmap.LEGEND_ROWS


class Screen:
    """The terminal's other screen, and keys without Enter."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.keys = sys.stdin.fileno() if sys.stdin.isatty() else None
        self.before = None

    def __enter__(self):
        if self.keys is not None:
            # Only here: where there is no terminal, there may be no such module.
            import termios
            import tty
            self.before = termios.tcgetattr(self.keys)
            tty.setcbreak(self.keys)
        self.put(ENTER)
        return self

    def __exit__(self, *_):
        self.put(LEAVE)
        if self.before is not None:
            import termios
            termios.tcsetattr(self.keys, termios.TCSADRAIN, self.before)

    def put(self, text):
        self.terminal.stream.write(text)
        self.terminal.stream.flush()

    def draw(self, lines):
        columns, rows = self.terminal.size()
        self.put(HOME + "\n".join(cut(line, columns) + TO_LINE_END
                                  for line in lines[:rows]) + TO_SCREEN_END)

    def quits(self, seconds):
        """Waits, and tells whether the user has had enough."""
        if self.keys is None:
            time.sleep(seconds)
            return False
        ready, _, _ = select.select([self.keys], [], [], seconds)
        return bool(ready) and os.read(self.keys, 16) in (b"q", b"Q", b"\x04", b"")


def head(terminal, sample, before):
    status = sample.status
    state = terminal.paint(STATES.get(status.state), status.state)
    yield (f"actual {size(status.actual_kb)}, target {size(status.target_kb)} by "
           f"{status.target_by}: {state}")
    waits = "" if status.actual_kb == status.target_kb else \
        f"{status.reason}; next try {next_try(status)}"
    yield waits
    huge, base, foreign = (size(kb) for kb in sample.queues)
    yield f"ballooned {huge} in 2M pages, {base} in 4K pages; {foreign} lent"
    speed = sample.kb_per_s(before) / 1024
    rates = [f"{speed:+.1f} MiB/s"]
    for counter, word in RATES:
        rate = sample.per_s(before, counter)
        rates += [f"{word} {rate:.0f}/s"] if rate is not None else []
    yield ", ".join(rates)


def frame(driver, terminal, sample, before, rows):
    lines = list(head(terminal, sample, before))
    try:
        blocks = Blocks(driver.blocks())
    except ToolError as error:
        return lines + ["", str(error)]
    # An empty line between.
    room = rows - len(lines) - 1 - blockmap.LEGEND_ROWS
    return lines + [""] + list(blockmap.map_lines(terminal, blocks, room))


def run(driver, terminal, options):
    if not terminal.live:
        return plainly(driver, terminal, options)
    before = sample = Sample(driver)
    frames = 0
    with Screen(terminal) as screen:
        while True:
            screen.draw(frame(driver, terminal, sample, before, terminal.size()[1]))
            frames += 1
            if frames == options.count or screen.quits(options.interval):
                return DONE
            before, sample = sample, Sample(driver)


def plainly(driver, terminal, options):
    """One frame after the other, for a file or a pipe."""
    before = Sample(driver)
    frames = 0
    while options.count is None or frames < options.count:
        time.sleep(options.interval)
        sample = Sample(driver)
        terminal.line(f"# {time.strftime('%H:%M:%S')}, "
                      f"{duration(options.interval)} since the last")
        for line in frame(driver, terminal, sample, before, PLAIN_ROWS):
            terminal.line(line)
        before = sample
        frames += 1
    return DONE
