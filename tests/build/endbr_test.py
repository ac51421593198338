# SPDX-License-Identifier: GPL-2.0
"""Functions that may be called through a pointer are found, and what they begin with."""

import os
import subprocess
import tempfile
import unittest

from files import TOP, run

POINTED = ("in_data", "in_code", "shown")
SOURCE = """
static int in_data(void) { return 1; }
static int in_code(void) { return 2; }
static __attribute__((noinline)) int called(void) { return 3; }
int shown(void) { return called(); }
struct ops { int (*first)(void); int (*second)(void); };
struct ops ops = { in_data, shown };
void ask(struct ops *ops) { ops->first = in_code; }
"""


class Endbr(unittest.TestCase):
    def look(self, source, protection):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "module.o")
            subprocess.run(["gcc", "-O1", "-w", "-mcmodel=kernel", "-fno-pic",
                            f"-fcf-protection={protection}", "-x", "c", "-", "-c", "-o",
                            path], input=source, text=True, check=True)
            return run(f"{TOP}/tests/endbr.py", path)

    def test_all_have_it(self):
        out, status = self.look(SOURCE, "branch")
        self.assertEqual(out, "3 functions have their address taken\n")
        self.assertEqual(status, 0)

    def test_none_has_it(self):
        out, status = self.look(SOURCE, "none")
        *named, last = out.splitlines()
        self.assertEqual(named, [f"{name} has its address taken, and no ENDBR"
                                 for name in sorted(POINTED)])
        self.assertEqual(last, "3 functions have their address taken")
        self.assertEqual(status, 1)

    def test_one_lacks_it(self):
        out, status = self.look(SOURCE.replace(
            "static int in_code", "static __attribute__((nocf_check)) int in_code"), "branch")
        self.assertIn("in_code has its address taken, and no ENDBR\n", out)
        self.assertEqual(out.count("no ENDBR"), 1)
        self.assertEqual(status, 1)

    def test_nothing_to_look_at(self):
        out, status = self.look("int alone(void) { return 1; }", "branch")
        self.assertEqual(out, "0 functions have their address taken\n")
        self.assertEqual(status, 1)
