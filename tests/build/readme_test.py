# SPDX-License-Identifier: GPL-2.0
"""What README shows beside a command is compared with what it prints."""

import sys
import unittest

from files import TOP

sys.path.insert(0, f"{TOP}/tests/readme")

import compare  # noqa: E402
from reader import Reader  # noqa: E402

TEXT = """
Say `look at` this, or

    look

which prints

    state       stuck, for 8 s
    size        511.6 MiB, version 0.1

    Pictures: two

## Log

    look twice  # "as it was: ..."

| Command | What |
|---|---|
| `look more` | `DEPTH=2`: more; needs `eyes` and
`other things` |
"""
SAID = """some words before
state   stuck, for 12.5 s
size    3 KiB, version 0.1-7-gabcdef0-dirty

Pictures: two
"""


class Shown(unittest.TestCase):
    def setUp(self):
        self.read = Reader(TEXT, TOP, {"look"})
        self.found = self.read.found

    def test_found(self):
        self.assertEqual(list(self.found), ["look at", "look", "look twice", "look more",
                                            "look more DEPTH=2"])
        self.assertEqual(self.read.odd, [(20, "other things")])
        self.assertIn("eyes", self.found["look more"].words)

    def missing(self, said, name="look"):
        return compare.not_as_shown(self.found[name], said)

    def test_numbers(self):
        self.assertEqual(self.missing(SAID), [])

    def test_label(self):
        self.assertEqual(self.missing(SAID.replace("size", "width"))[0],
                         "size N SIZE, version N (README)")

    def test_line_more(self):
        for said in (SAID + "Words: two\n", SAID.replace("size", "Words: two\nsize")):
            self.assertEqual(self.missing(said), ["Words: two (printed)"])

    def test_line_less(self):
        self.assertEqual(self.missing(SAID.replace("Pictures: two", "")),
                         ["Pictures: two (README)"])

    def test_order(self):
        lines = SAID.splitlines()
        self.assertTrue(self.missing("\n".join([lines[1], lines[4], lines[2]])))

    def test_comment(self):
        self.assertEqual(self.missing("as it was: fine", "look twice"), [])
        self.assertEqual(self.missing("as it is: fine", "look twice"), ["as it was: "])

    def test_nothing(self):
        self.assertTrue(self.missing(""))
