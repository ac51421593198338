# SPDX-License-Identifier: GPL-2.0
"""watch and top: what changes, while it changes."""

import os
import re

from hugeballoonlib import watch
from tool import CTRL_C, ToolTest, plain
from tree import DEBUG, DEVICE, MB, TOTAL, engine

FAST = ("--interval", "0.1")


class Watch(ToolTest):
    def test_lines(self):
        out = self.succeeds("watch", *FAST, "--count", "3").splitlines()
        self.assertEqual(len(out), 4)
        self.assertEqual(out[0], watch.HEADER)
        for line in out[1:]:
            self.assertRegex(line, r"^\d\d:\d\d:\d\d   1024\.0   1024\.0      0\.0"
                             r"      0\.0    0\.0     0\.0       0 at target$")

    def test_columns(self):
        """Numbers end where their names do."""
        ends = [[word.end() for word in re.finditer(r"\S+", line)][1:8] for line in
                self.succeeds("watch", *FAST, "--count", "1").splitlines()]
        self.assertEqual(ends[0], ends[1])

    def test_rates(self):
        self.tree.put(f"{DEVICE}/target_kb", f"{256 * MB}\n")
        with engine(self.tree, step_kb=MB):
            line = self.succeeds("watch", "--interval", "0.5", "--count", "1").split()[-3:]
        self.assertLess(float(line[0]), -5)
        self.assertEqual(line[2], "moving")

    def test_large_guest_fits(self):
        self.tree.set_facts(current_kb=2 << 30, target_kb=2 << 30, state="at the floor")
        session = self.session("watch", *FAST, "--count", "1")
        self.assertEqual(session.end(), 0)
        self.assertLessEqual(session.widest(), 80)
        self.assertIn(" 2097152 ", session.lines()[1])

    def test_without_counters(self):
        os.remove(self.tree.path(f"{DEBUG}/stats"))
        out = self.succeeds("watch", *FAST, "--count", "1")
        self.assertRegex(out, r" 0\.0       - at target\n$")

    def test_header_again_on_the_next_screen(self):
        session = self.session("watch", "--interval", "0.01", "--count", "12", rows=6)
        self.assertEqual(session.end(), 0)
        heads = [i for i, line in enumerate(session.lines()) if line == watch.HEADER]
        self.assertEqual(heads, [0, 6, 12])

    def test_interrupted(self):
        session = self.session("watch", *FAST)
        session.wait_for("at target")
        session.send(CTRL_C)
        self.assertEqual(session.end(), 130)
        self.assertIn("hugeballoon: interrupted", session.lines()[-2])

    def test_reader_goes_away(self):
        """As in: hugeballoon watch | head -1. No traceback, and it ends."""
        with self.start("watch", *FAST) as process:
            self.assertEqual(process.stdout.readline(), watch.HEADER + "\n")
            process.stdout.close()
            self.assertEqual(process.stderr.read(), "")
            process.wait(15)

    def test_unloaded_meanwhile(self):
        with self.start("watch", *FAST) as process:
            process.stdout.readline()
            self.tree.unload()
            _, err = process.communicate(timeout=15)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(err, "^hugeballoon: xen-hugeballoon is not loaded.*\n$")

    def test_usage(self):
        for arguments in (["--interval", "0"], ["--count", "0"], ["--interval", "x"]):
            self.fails(2, arguments[0], "watch", *arguments)


class Top(ToolTest):
    def test_frame(self):
        session = self.session("top", *FAST)
        session.wait_for("unknown 128.0 MiB")
        session.send(b"q")
        self.assertEqual(session.end(), 0)
        text = plain(session.output)
        self.assertIn("actual 1024.0 MiB, target 1024.0 MiB by host: at target", text)
        self.assertIn("0x000020000000 " + "4" * 64, text)
        self.assertIn("A character is 2.0 MiB.", text)
        self.assertLessEqual(session.widest(), 80)

    def test_leaves_the_terminal_as_it_was(self):
        for keys, code in ((b"q", 0), (CTRL_C, 130)):
            session = self.session("top", *FAST)
            session.wait_for("unknown 128.0 MiB")
            session.send(keys)
            self.assertEqual(session.end(), code)
            self.assertTrue(session.output.startswith("\033[?1049h\033[?25l"))
            after = session.output.rpartition("\033[?25h\033[?1049l")
            self.assertEqual(after[2].strip(),
                             "hugeballoon: interrupted" if code else "")
            self.assertTrue(after[1])

    def test_terminated(self):
        session = self.session("top", *FAST)
        session.wait_for("unknown 128.0 MiB")
        session.process.terminate()
        self.assertEqual(session.end(), 143)
        self.assertIn("\033[?1049l", session.output)

    def test_fits_in_small_screens(self):
        for columns, rows in ((80, 24), (80, 10), (40, 12), (30, 6)):
            session = self.session("top", *FAST, "--count", "1", columns=columns,
                                   rows=rows)
            self.assertEqual(session.end(), 0)
            self.assertLessEqual(len(session.lines()), rows)
            self.assertLessEqual(session.widest(), columns)

    def test_follows(self):
        self.tree.put(f"{DEVICE}/target_kb", f"{256 * MB}\n")
        with engine(self.tree, step_kb=MB):
            session = self.session("top", *FAST)
            session.wait_for(r"giving memory to Xen; next try")
            session.wait_for(r"-\d+\.\d MiB/s, calls 0/s")
            session.send(b"q")
            self.assertEqual(session.end(), 0)

    def test_without_blocks(self):
        os.remove(self.tree.path(f"{DEBUG}/blocks"))
        out = self.succeeds("top", *FAST, "--count", "1")
        self.assertIn("at target", out)
        self.assertIn("no ", out.splitlines()[-1])

    def test_plain_text_through_a_pipe(self):
        out = self.succeeds("top", *FAST, "--count", "2")
        self.assertEqual(out.count("0x000000000000 " + "2" * 64), 2)
        self.assertNotIn("\033", out)
        self.assertEqual(len([line for line in out.splitlines()
                              if line.startswith("# ")]), 2)

    def test_no_colour(self):
        session = self.session("top", *FAST, "--count", "1", NO_COLOR="1")
        self.assertEqual(session.end(), 0)
        self.assertNotRegex(session.output, r"\033\[\d+m")

    def test_stuck_far_from_the_target(self):
        self.tree.set_facts(target_kb=TOTAL * 2, state="stuck", next_try_s=4,
                            reason="the host has no free memory")
        out = self.succeeds("top", *FAST, "--count", "1")
        self.assertIn("the host has no free memory; next try in 4 s", out)
