# SPDX-License-Identifier: GPL-2.0
"""The table of make matrix: what it makes of what scenarios print, without Xen."""

import os
import sys
import unittest

from tool import TOP

sys.path.insert(0, os.path.join(TOP, "tests", "testbed"))

from bedlib.matrix import Cell, table, verdict  # noqa: E402

WANTED = ["heal", "round-trip-pvh"]
GOOD = ["1..2", "# booting Xen and dom0 (boot 1)", "ok 1 - heal # 3.2s",
        "ok 2 - round-trip-pvh # 88.4s", "2 passed, 0 failed"]


def cell(lines=None, status=0, wanted=None, **place):
    made = Cell(**({"kernel": "6.1", "xen": "4.17", "kind": "pvh"} | place),
                wanted=WANTED if wanted is None else wanted)
    if lines is not None:
        made.judge(lines, status)
    return made


class Judged(unittest.TestCase):
    def bad(self, lines, status, passed, problem):
        judged = cell(lines, status)
        self.assertIn(problem, judged.problems)
        self.assertEqual(str(judged), f"**{passed} of 2**")
        words, good = verdict([cell(GOOD), judged])
        self.assertFalse(good)
        self.assertNotIn(" 0 failed", words)

    def test_all_passed(self):
        self.assertEqual(cell(GOOD).problems, [])
        self.assertEqual(str(cell(GOOD)), "2 of 2")
        self.assertEqual(verdict([cell(GOOD), cell(GOOD)]), ("4 passed, 0 failed", True))

    def test_one_failed(self):
        self.bad([*GOOD[:3], "not ok 2 - round-trip-pvh # 88.4s", "#   Failure: why",
                  "1 passed, 1 failed"], 1, 1, "round-trip-pvh failed")

    def test_passed_and_failed(self):
        self.bad([*GOOD[:4], "not ok 2 - heal # 3.2s", "1 passed, 1 failed"], 1, 1,
                 "heal failed")

    def test_one_is_missing(self):
        self.bad([*GOOD[:3], "1 passed, 0 failed"], 0, 1, "round-trip-pvh was not run")

    def test_no_verdict(self):
        self.bad(GOOD[:-1], 0, 2, "it ended with: ok 2 - round-trip-pvh # 88.4s")

    def test_another_verdict(self):
        self.bad([*GOOD[:-1], "2 passed, 1 failed"], 1, 2, "it ended with: 2 passed, 1 failed")

    def test_exit_status(self):
        self.bad(GOOD, 1, 2, "exit status 1")
        self.bad(GOOD, -9, 2, "exit status -9")

    def test_status_denies_failure(self):
        self.bad([*GOOD[:3], "not ok 2 - round-trip-pvh # 88.4s", "1 passed, 1 failed"], 0, 1,
                 "exit status 0")

    def test_silence(self):
        self.bad([], 1, 0, "it ended with: nothing")

    def test_nothing_was_run(self):
        self.assertEqual(verdict([]), ("0 passed, 0 failed", False))
        self.assertEqual(verdict([cell(), cell(GOOD)]), ("2 passed, 2 failed", False))


class Table(unittest.TestCase):
    def test_cells_are_where_they_belong(self):
        cells = [cell(GOOD), cell(wanted=[], kind="hvm"), cell(xen="4.20"),
                 cell(GOOD, 1, xen="4.20", kind="hvm")]
        self.assertEqual(
            table(cells, {"6.1": "6.1.0-57"}, {"4.17": "4.17.7", "4.20": "4.20.4"},
                  ["pvh", "hvm"]).splitlines(),
            ["| Linux | Xen 4.17, PVH | Xen 4.17, HVM | Xen 4.20, PVH | Xen 4.20, HVM |",
             "|---|---|---|---|---|",
             "| 6.1 | 2 of 2 | - | not run | **2 of 2** |",
             "",
             "Linux 6.1.0-57, Xen 4.17.7, Xen 4.20.4.",
             "",
             "- Linux 6.1, Xen 4.20, HVM: exit status 1"])
