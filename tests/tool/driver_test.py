# SPDX-License-Identifier: GPL-2.0
"""The tree of files that the other tests use has what the driver's sources say."""

import re
import unittest

from hugeballoonlib import blocks, heal, log, status, top, watch
from tool import TOP
from tree import BLOCKS_HEAD, COUNTERS, FACTS, FILES, SELF_FILES, block_lines


def source(name):
    with open(f"{TOP}/{name}", encoding="utf-8") as f:
        return f.read()


class Sources(unittest.TestCase):
    def test_status(self):
        text = source("src/front/status.c")
        self.assertLessEqual(set(FACTS), set(re.findall(r'"(\w+): %', text)))
        states = set(re.findall(r'\[XHB_STATE_\w+\] = "([a-z ]+)"', text))
        self.assertEqual(set(status.STATES), states)

    def test_files(self):
        there = re.findall(r"^\tKNOB\((\w+)", source("include/xhb_knobs.h"), re.M) + \
            re.findall(r"^\tFILE\((\w+)", source("src/front/sysfs.c"), re.M)
        self.assertLessEqual(set(FILES) | set(SELF_FILES) | set(watch.QUEUES), set(there))
        choices = re.search(r"KNOB\(deflate_on_oom, XHB_CHOICE\(([^)]*)\)",
                            source("include/xhb_knobs.h")).group(1)
        self.assertEqual(set(status.TAKES_BACK), set(re.findall(r"\w+", choices)))

    def test_counters(self):
        there = re.findall(r'\] = "(\w+)"', source("src/pages/counters.c")) + \
            re.findall(r'"(\w+) %', source("src/front/debugfs.c"))
        self.assertLessEqual(set(COUNTERS) | {name for name, _ in top.RATES}, set(there))

    def test_blocks(self):
        text = source("src/front/debugfs.c")
        self.assertEqual(set(blocks.KINDS), set(re.findall(r"BACKING_\w+\] = '(.)'", text)))
        self.assertIn(repr(BLOCKS_HEAD)[1:-1], text)
        self.assertIn('"%s%#014lx "', text)
        self.assertTrue(block_lines("2").endswith("\n0x000000000000 2\n"))

    def test_log(self):
        text = source("src/policy/heal.c")
        self.assertIn(f'pr_info("{heal.SAID}%s: %lu 2M blocks healed', text)
        self.assertIn('return "done";', text)
        self.assertIn("xen-hugeballoon.o", source("Kbuild"))
        self.assertEqual(log.MARK, "xen_hugeballoon: ")
