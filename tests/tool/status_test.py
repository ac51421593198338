# SPDX-License-Identifier: GPL-2.0
"""status: one screen, whichever driver runs the balloon."""

import os

from tool import ToolTest, plain
from tree import DEBUG, DEVICE, GROUP, MB, SELF, TOTAL, Tree


class Loaded(ToolTest):
    def facts(self, text):
        """label -> text, lines that go on joined."""
        found, label = {}, None
        for line in text.splitlines():
            label = line[:12].strip() or label
            found[label] = (found.get(label, "") + " " + line[12:].strip()).strip()
        return found

    def test_at_target(self):
        found = self.facts(self.succeeds("status"))
        self.assertEqual(found["target"],
                         "1024.0 MiB (1048576 KiB), set by the host or by hand")
        self.assertEqual(found["actual"], "1024.0 MiB (1048576 KiB)")
        self.assertEqual(found["state"], "at target, for 7 s")
        self.assertNotIn("reason", found)
        self.assertIn("16 KiB lent", found["ballooned"])
        self.assertIn("usable 585.9 MiB", found["guest"])
        self.assertIn("gmfn-move; 44 pages moved", found["move"])
        self.assertIn("up to 4 2M pages every 250 ms; 12 made, 3 collapsed",
                      found["coalescer"])
        self.assertEqual(found["healer"],
                         "off; 40 blocks healed, 8.0 MiB cannot be moved")
        self.assertEqual(found["migration"], "the guest is not being copied")
        self.assertEqual(found["pressure"],
                         "takes back what it gave by itself; 2.0 MiB so far")
        self.assertEqual(found["self"], "self-ballooning is off")
        self.assertEqual(found["module"], "0.1")

    def test_stuck(self):
        self.tree.set_facts(current_kb=TOTAL - 300 * MB, state="stuck", since_s=130,
                            reason="the host has no free memory", next_try_s=4)
        found = self.facts(self.succeeds("status"))
        self.assertIn("300.0 MiB to take", found["actual"])
        self.assertEqual(found["state"], "stuck, for 2 min 10 s")
        self.assertEqual(found["reason"], "the host has no free memory")
        self.assertEqual(found["next try"], "in 4 s")

    def test_waits_for_something(self):
        self.tree.set_facts(target_kb=TOTAL - MB, state="at the floor", reason="see")
        found = self.facts(self.succeeds("status"))
        self.assertIn("1.0 MiB to give", found["actual"])
        self.assertEqual(found["next try"], "not before something changes")

    def test_migration(self):
        for copied, words in (("yes", "is being copied to another host"),
                              ("unknown", "cannot see")):
            self.tree.set_facts(being_copied=copied)
            self.assertIn(words, self.facts(self.succeeds("status"))["migration"])

    def test_knobs(self):
        for name, text, label, words in (
                ("coalesce", "0", "coalescer", "off; 12 made"),
                ("heal", "now", "healer", "a pass is under way"),
                ("heal", "1", "healer", "in the background"),
                ("enable_huge", "0", "huge pages", "off, 4K pages only"),
                ("floor_kb", "65536", "floor", "64.0 MiB (65536 KiB)")):
            self.tree.put(f"{GROUP}/{name}", text + "\n")
            self.assertIn(words, self.facts(self.succeeds("status"))[label])

    def test_what_the_guest_does_by_itself(self):
        for text, words in (("never", "takes nothing back"), ("always", "beyond the host"),
                            ("sometimes", "sometimes")):
            self.tree.put(f"{GROUP}/deflate_on_oom", text + "\n")
            self.assertIn(words, self.facts(self.succeeds("status"))["pressure"])
        self.tree.put(f"{SELF}/selfballooning", "1\n")
        self.assertEqual(self.facts(self.succeeds("status"))["self"],
                         "self-ballooning every 5 s")
        os.remove(self.tree.path(f"{DEBUG}/stats"))
        self.assertNotIn("so far", self.succeeds("status"))

    def test_lost_memory(self):
        self.assertNotIn("lost", self.facts(self.succeeds("status")))
        self.tree.put(f"{GROUP}/lost_kb", "2048\n")
        self.assertIn("2.0 MiB until", self.facts(self.succeeds("status"))["lost"])

    def test_more_facts_than_known(self):
        self.tree.set_facts(weather="fine: sun")
        self.succeeds("status")

    def test_a_fact_is_missing(self):
        self.tree.put(f"{GROUP}/status", "target_kb: 5\n")
        self.fails(1, "does not tell current_kb", "status")

    def test_screen(self):
        self.tree.set_facts(target_kb=TOTAL - MB, state="stuck", next_try_s=4,
                            reason="Xen took only a part of what it was given")
        session = self.session("status")
        self.assertEqual(session.end(), 0)
        self.assertIn("\033[31mstuck", session.output)
        self.assertLessEqual(session.widest(), 80)
        self.assertLessEqual(len(session.lines()), 24)

    def test_narrow_screen(self):
        session = self.session("status", columns=50)
        self.assertEqual(session.end(), 0)
        self.assertLessEqual(session.widest(), 50)

    def test_no_colour(self):
        self.assertNotIn("\033", self.succeeds("status"))
        session = self.session("status", NO_COLOR="1")
        self.assertEqual(session.end(), 0)
        self.assertEqual(session.output, plain(session.output))

    def test_dumb_terminal(self):
        session = self.session("status", TERM="dumb")
        self.assertEqual(session.end(), 0)
        self.assertNotIn("\033", session.output)


class Builtin(ToolTest):
    def setUp(self):
        self.tree = Tree(loaded=False)
        self.addCleanup(self.tree.remove)

    def test_says_so_and_shows_what_there_is(self):
        self.tree.put(f"{DEVICE}/info/current_kb", f"{TOTAL - 64 * MB}\n")
        self.tree.put(f"{DEVICE}/info/low_kb", f"{64 * MB}\n")
        out = self.succeeds("status")
        self.assertIn("not loaded (modprobe", " ".join(out.split()))
        self.assertIn("target      1024.0 MiB", out)
        self.assertIn("actual      960.0 MiB", out)
        self.assertIn("ballooned   64.0 MiB in 4K pages", out)
        self.assertIn("tries       1 of any number", out)

    def test_all_others_fail(self):
        for command in (["set", "512M"], ["watch", "--count", "1"], ["map"],
                        ["top", "--count", "1"], ["heal"], ["stats"]):
            with self.subTest(command):
                out = self.fails(1, "^hugeballoon: xen-hugeballoon is not loaded",
                                 *command)
                self.assertEqual(out, "")
        self.assertEqual(self.tree.get(f"{DEVICE}/target_kb"), str(TOTAL))


class NoXen(ToolTest):
    def test_says_so(self):
        self.tree.remove()
        for command in (["status"], ["set", "512M"], ["heal"], ["map"]):
            with self.subTest(command):
                self.fails(1, "this is no Xen guest", *command)
