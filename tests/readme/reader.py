# SPDX-License-Identifier: GPL-2.0
"""The commands that a text in Markdown has, and what it shows beside them."""
import os
import re
from dataclasses import dataclass, field

QUOTED = re.compile(r"`([^`]+)`")
# What is added to the command of a table's row: a variable of make, or an option.
ADDED = re.compile(r"[A-Z]+=.|--[a-z]")
SIZE = re.compile(r"\d+(?:\.\d+)?(?= [KMG]iB)")
UNIT = re.compile(r"\b[KMG]iB\b")
NUMBER = re.compile(r"\d+(?:\.\d+)*(?:-\d+)?(?:-g[0-9a-f]+)?(?:-dirty)?")


@dataclass
class Found:
    """A command, where it is told first, and what it prints according to the text."""
    line: int
    comment: str = ""
    output: list = field(default_factory=list)
    words: list = field(default_factory=list)   # all that is quoted in its row


def shape(line):
    """All of a line but its numbers, in which unit they ever are."""
    return " ".join(NUMBER.sub("N", UNIT.sub("SIZE", SIZE.sub("N", line))).split())


def quoted(text):
    """As it is meant, also if the line was broken."""
    return [" ".join(words.split()) for words in QUOTED.findall(text)]


class Reader:
    """found: text of a command -> Found. odd: (line, text) of what only looks like one,
    which are several words in a sentence, and blocks that are nobody's output."""

    def __init__(self, text, top, programs):
        self.top = top
        self.programs = programs
        self.found = {}
        self.odd = []
        self.last = None            # command whose output may come next
        self._read(text.splitlines())

    def is_command(self, text):
        """By its first word: a program that is known, or one of the project's."""
        word = text.split()[0]
        path = os.path.join(self.top, word)
        return word in self.programs or (
            "/" in word and os.path.isfile(path) and os.access(path, os.X_OK))

    def _add(self, text, line):
        return self.found.setdefault(text, Found(line))

    def _read(self, lines):
        begin = 0
        for inside, part in self._parts(lines):
            if inside:
                self._block(part, begin + 1)
            else:
                self._sentences(part, begin + 1)
            begin += len(part)

    @staticmethod
    def _parts(lines):
        """(is it indented?, lines): indented blocks, rows of tables, headings, and
        paragraphs between them. Empty lines inside a block are its own."""
        part, kind = [], None
        for number, line in enumerate(lines):
            after = next((later for later in lines[number:] if later), "")
            indented = line.startswith("    ") or (
                not line and kind == "block" and after.startswith("    "))
            now = ("block" if indented else "row" if line.startswith(("|", "#")) else
                   "text" if line else "empty")
            if part and (now != kind or now == "row"):
                yield kind == "block", part
                part = []
            part.append(line)
            kind = now
        if part:
            yield kind == "block", part

    def _block(self, lines, number):
        """A block begins with a command, or has none."""
        text = [line[4:] for line in lines]
        if not self.is_command(text[0].removeprefix("# ")):
            if self.last is None:
                self.odd.append((number, text[0]))
            else:
                self.last.output += text
            return
        for at, line in enumerate(text, number):
            command, _, comment = line.removeprefix("# ").partition("  # ")
            if command.strip() and self.is_command(command):
                self.last = self._add(command.strip(), at)
                self.last.comment = comment.strip()
            else:
                self.last.output.append(line)

    def _sentences(self, lines, number):
        if lines[0].startswith("#"):
            self.last = None
        whole = "\n".join(lines)
        row = whole.split("|")[1] if whole.startswith("|") else ""
        owners = [text for text in quoted(row) if self.is_command(text)]
        words = quoted(whole)
        for text in words:
            if self.is_command(text):
                self._add(text, number)
            elif owners and ADDED.match(text):
                for owner in owners:
                    self._add(f"{owner} {text}", number)
            elif " " in text or ADDED.match(text):
                self.odd.append((number, text))
        for owner in owners:
            self.found[owner].words = words
