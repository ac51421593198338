# SPDX-License-Identifier: GPL-2.0
"""tests/hardware/superpages: what it measures in a guest on real hardware."""

import os
import re

from tool import TOP, ToolTest
from tree import DEVICE, GROUP, TOTAL, engine

SUPERPAGES = os.path.join(TOP, "tests", "hardware", "superpages")
HEALED = "healing done: 9 2M blocks healed, 2 in use, 4 hold what cannot be moved"
# Counts 500 misses and no loads, and does what it is told.
PERF = """#!/bin/sh
[ "$1 $2 $3 $4" = "stat -x, -e dTLB-loads,dTLB-load-misses" ] || exit 9
printf '# started\\n<not supported>,,dTLB-loads,0,100.00,,\\n%s,,dTLB-load-misses:u,9,100.00,,\\n' 500 >"$6"
shift 6
exec "$@"
"""
QUICK = ("--memory", "2", "--rounds", "2", "--seconds", "0.01")


class Superpages(ToolTest):
    def measure(self, *arguments, perf=None):
        programs = os.path.join(self.tree.root, "programs")
        os.makedirs(programs, exist_ok=True)
        if perf:
            with open(f"{programs}/perf", "w", encoding="ascii") as f:
                f.write(perf)
            os.chmod(f"{programs}/perf", 0o755)
        old = os.environ["PATH"]
        # Of this machine there may be a perf, too, which may or may not count.
        os.environ["PATH"] = f"{programs}:{old}" if perf else self.without_perf(programs)
        try:
            with engine(self.tree, heals=(9, HEALED)):
                return self.succeeds(*QUICK, *arguments, tool=SUPERPAGES)
        finally:
            os.environ["PATH"] = old

    @staticmethod
    def without_perf(programs):
        for name in ("cc", "as", "ld"):
            os.symlink(f"/usr/bin/{name}", f"{programs}/{name}")
        return programs

    def test_table(self):
        out = self.measure()
        self.assertIn("touching 2 MB; backed by: 64 4K pages, 128 ballooned out", out)
        self.assertIn(HEALED, out)
        for pages in ("2M", "4K"):
            self.assertRegex(out, rf"\n{pages} pages of the guest +[\d.]+ ns \([\d.]+ to "
                             r"[\d.]+\) +[\d.]+ ns \([\d.]+ to [\d.]+\) +[\d.]+x +- +-\n")
        self.assertIn("TLB misses were not counted: install perf", out)

    def test_counters(self):
        out = self.measure(perf=PERF)
        self.assertNotIn("not counted", out)
        found = re.findall(r"x +([\d.]+) +([\d.]+)\n", out)
        self.assertEqual(len(found), 2, out)
        # Of a thousand of at least a million touches.
        self.assertTrue(all(float(n) <= 0.5 for pair in found for n in pair), out)

    def test_shatter(self):
        sizes = []
        with self.watched(sizes):
            self.measure("--shatter")
        self.assertEqual(self.tree.get(f"{GROUP}/enable_huge"), "1")
        self.assertEqual(self.tree.get(f"{DEVICE}/target_kb"), str(TOTAL))
        self.assertIn(("0", TOTAL - 2048), sizes)

    def watched(self, sizes):
        """Adds (enable_huge, size) of each status that the tree gets."""
        tree, old = self.tree, self.tree.set_facts

        class Watched:
            def __enter__(self):
                def set_facts(**facts):
                    old(**facts)
                    if "current_kb" in facts:
                        sizes.append((tree.get(f"{GROUP}/enable_huge"), facts["current_kb"]))
                tree.set_facts = set_facts

            def __exit__(self, *_):
                tree.set_facts = old
        return Watched()

    def test_refuses(self):
        self.tree.put("sys/hypervisor/guest_type", "PV\n")
        self.fails(1, "PV guests have no", tool=SUPERPAGES)
        self.tree.put("sys/hypervisor/guest_type", "PVH\n")
        self.tree.unload()
        self.fails(1, "not loaded", tool=SUPERPAGES)

    def test_no_compiler(self):
        old, os.environ["CC"] = os.environ.get("CC"), "no-such-compiler"
        try:
            self.fails(1, "no C compiler", *QUICK, tool=SUPERPAGES)
        finally:
            os.environ.pop("CC")
            if old is not None:
                os.environ["CC"] = old
