# SPDX-License-Identifier: GPL-2.0
"""scripts/check believes verdicts only, and keeps apart what was run with what."""

import os
import unittest

from files import copies, program, run

MAKE = """#!/bin/sh
echo "$*"
%s
"""
GOOD = "echo '7 passed, 0 failed'"


class Check(unittest.TestCase):
    def setUp(self):
        self.clone = copies(self, "scripts/check")
        self.make(GOOD)

    def make(self, what):
        """What stands for make says this."""
        program(f"{self.clone}/make", MAKE % what)

    def check(self, *parts, **asked):
        names = ("XEN", "KERNEL", "KIND", "SCENARIO", "SCENARIOS")
        env = {name: value for name, value in os.environ.items() if name not in names}
        return run(f"{self.clone}/scripts/check", *parts,
                   env={**env, **asked, "PATH": f"{self.clone}:{os.environ['PATH']}"})

    def logs(self):
        return sorted(os.listdir(f"{self.clone}/build/logs/check"))

    def test_passes(self):
        said, status = self.check("xen", "kunit")
        self.assertEqual(status, 0)
        self.assertTrue(said.endswith("\n14 passed, 0 failed\n"), said)
        self.assertEqual(self.logs(), ["kunit.log", "xen.log"])

    def test_believes_verdicts_only(self):
        for what in ("exit 0", "echo 7 passed", GOOD + "; exit 1",
                     "echo '6 passed, 1 failed'", "echo '6 passed, 1 failed'; exit 1"):
            self.make(what)
            said, status = self.check("kunit")
            self.assertEqual(status, 1, what)
            self.assertRegex(said, r"\n\d+ passed, 1 failed\n\Z")

    def test_units_beside_what_comes_before(self):
        self.make("""case $* in *kunit) me=kunit other=lint ;; *) me=lint other=kunit ;; esac
                  touch $me; i=0
                  until [ -e $other ] || [ $((i += 1)) -gt 100 ]; do sleep 0.1; done
                  [ -e $other ] && echo "$me: 7 passed, 0 failed" | sed "s/.*: //" """)
        said, status = self.check("lint", "build", "kunit")
        self.assertEqual(status, 0, said)
        self.assertTrue(said.endswith("\n21 passed, 0 failed\n"), said)
        self.assertRegex(said, r"(?s)check-build\n.*# kunit: beside .*\n7 passed, 0 failed\n")

    def test_units_that_fail_beside_it(self):
        self.make("case $* in *kunit) echo 'not ok 1 - x'; echo '6 passed, 1 failed' ;; "
                  "*) " + GOOD + " ;; esac")
        said, status = self.check("lint", "kunit")
        self.assertEqual(status, 1)
        self.assertRegex(said, r"\n# kunit:\nnot ok 1 - x\n(# .*\n)*13 passed, 1 failed\n\Z")

    def test_tells_what_took_longest(self):
        self.make("echo 'ok 1 - heal-pvh # 7.5s'; echo 'not ok 2 - heal-pv # 99.0s'; "
                  "echo 'ok xhb_shared: 8 passed, 47.0 s'; " + GOOD)
        said, _ = self.check("xen")
        self.assertIn("\n# 47.0 s xen: xhb_shared\n# 7.5 s xen: heal-pvh\n# xen: 7 ", said)
        self.make("for i in $(seq 30); do echo \"ok $i - heal # ${i}s\"; done; " + GOOD)
        said, _ = self.check("xen", "kunit")
        self.assertEqual(said.count(" s xen: heal\n") + said.count(" s kunit: heal\n"), 20)

    def test_logs_of_what_was_asked_for(self):
        """The release's checklist must not take them for the whole."""
        self.check("xen", "matrix", "kunit", KERNEL="6.12")
        self.check("xen", XEN="4.20", KIND="hvm", SCENARIO="heal save-restore")
        self.check("matrix", SCENARIOS="heal")
        self.assertEqual(self.logs(), [
            "kunit.log", "matrix-6.12.log", "matrix-heal.log",
            "xen-4.20-hvm-heal-save-restore.log", "xen-6.12.log"])
