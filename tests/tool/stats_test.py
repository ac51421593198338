# SPDX-License-Identifier: GPL-2.0
"""stats: all numbers, for people and for programs."""

import json
import os

from tool import ToolTest
from tree import COUNTERS, DEBUG, FACTS, FILES, GROUP, MB, TOTAL

# virsh dommemstat's words; see Documentation/man/hugeballoon.8.
MEMORY = {"actual": TOTAL, "swap_in": 40, "swap_out": 80, "major_fault": 50,
          "minor_fault": 4950, "unused": 300000, "available": 1000000,
          "usable": 600000, "disk_caches": 210000}


class Json(ToolTest):
    def read(self):
        return json.loads(self.succeeds("stats", "--json"))

    def test_schema(self):
        found = self.read()
        self.assertEqual(list(found), ["schema", "version", "memory", "status", "files",
                                       "selfballoon", "counters"])
        self.assertEqual(found["schema"], 1)
        self.assertEqual(found["version"], "0.1")
        self.assertEqual(found["memory"], MEMORY)
        self.assertEqual(found["counters"], COUNTERS)

    def test_numbers_are_numbers_and_none_is_null(self):
        found = self.read()
        self.assertEqual(set(found["status"]), set(FACTS))
        self.assertEqual(found["status"]["target_kb"], TOTAL)
        self.assertEqual(found["status"]["state"], "at target")
        self.assertIsNone(found["status"]["next_try_s"])
        self.assertEqual(set(found["files"]), set(FILES))
        self.assertEqual(found["files"]["coalesce_batch"], 4)
        self.assertEqual(found["files"]["move_method"], "gmfn-move")
        self.assertEqual(found["selfballoon"], {"selfballooning": 0,
                                                "selfballoon_interval": 5})

    def test_without_counters(self):
        os.remove(self.tree.path(f"{DEBUG}/stats"))
        self.assertIsNone(self.read()["counters"])

    def test_without_proc(self):
        os.remove(self.tree.path("proc/meminfo"))
        os.remove(self.tree.path("proc/vmstat"))
        self.assertEqual(self.read()["memory"], {"actual": TOTAL})

    def test_a_new_file(self):
        self.tree.put(f"{GROUP}/foreign_kb", f"{MB}\n")
        self.assertEqual(self.read()["files"]["foreign_kb"], MB)


class Text(ToolTest):
    def test_names_and_numbers(self):
        out = self.succeeds("stats")
        for line in ("actual 1048576", "available 1000000", "huge_kb 0", "hypercalls 100",
                     "next_try_s none", "state at target"):
            self.assertIn(f"\n{line}\n", out)

    def test_without_counters(self):
        os.remove(self.tree.path(f"{DEBUG}/stats"))
        self.assertIn("# not readable:", self.succeeds("stats"))
