# SPDX-License-Identifier: GPL-2.0
"""set: the target is written, and reached, or it is said why not."""

import os
import signal
import time

from hugeballoonlib import units
from hugeballoonlib.errors import UsageError
from tool import CTRL_C, ToolTest, plain
from tree import DEVICE, GROUP, MB, TOTAL, engine

FULL = "the host has no free memory"


class Target(ToolTest):
    def target(self):
        return int(self.tree.get(f"{DEVICE}/target_kb"))

    def reaches(self, *arguments):
        with engine(self.tree):
            return self.succeeds("set", *arguments)


class Sizes(Target):
    def test_suffixes(self):
        for text, kb in (("786432", 786432), ("786432k", 786432), ("768M", 786432),
                         ("768MiB", 786432), ("0.75g", 786432), ("1T", 1 << 30),
                         ("4097", 4096), ("9007199254740997k", 9007199254740996)):
            self.assertEqual(units.parse_size(text), ("", kb), text)
        self.assertEqual(units.parse_size("-64M"), ("-", 64 * MB))
        self.assertEqual(units.parse_size("+1.5M"), ("+", 1536))

    def test_no_sizes(self):
        for text in ("", "M", "12Q", "1.M", "0x10", "1e3", "--5", "5 M", "5MM"):
            with self.assertRaises(UsageError, msg=text):
                units.parse_size(text)

    def test_relative_to_the_target(self):
        self.tree.set_facts(current_kb=TOTAL - 100 * MB)
        self.succeeds("set", "--no-wait", "-256M")
        self.assertEqual(self.target(), TOTAL - 256 * MB)
        self.succeeds("set", "+0.5M", "--no-wait")
        self.assertEqual(self.target(), TOTAL - 256 * MB + 512)

    def test_usage(self):
        for arguments, words in ((["12Q"], "'12Q' is no size"),
                                 (["-1T"], "-1T leaves the guest without memory"),
                                 (["0"], "without memory"),
                                 ([], "SIZE"),
                                 (["5M", "--timeout", "-3"], "--timeout"),
                                 (["5M", "--timeout", "soon"], "--timeout"),
                                 (["--nowait", "5M"], "--nowait")):
            with self.subTest(arguments):
                self.fails(2, words, "set", *arguments)
        self.assertEqual(self.target(), TOTAL)


class Writing(Target):
    def test_refused(self):
        self.tree.refuse(f"{DEVICE}/target_kb")
        self.fails(1, "target_kb refuses '524288': Invalid argument", "set", "512M")

    def test_no_wait(self):
        out = self.succeeds("set", "512M", "--no-wait")
        self.assertIn("not waiting", out)
        self.assertEqual(self.target(), 512 * MB)


class Waiting(Target):
    def test_reached_through_a_pipe(self):
        out = self.reaches("512M")
        self.assertRegex(out, r"^512\.0 MiB reached in [\d.]+ s\n$")
        self.assertEqual(self.target(), 512 * MB)

    def test_bar(self):
        with engine(self.tree, step_kb=8 * MB):
            session = self.session("set", "512M")
            session.wait_for(r"\[#+\.+\] \d+\.\d MiB of 512\.0 MiB, .*/s, .* left")
            self.assertEqual(session.end(), 0)
        self.assertLess(session.widest(), 80)
        self.assertRegex(session.lines()[0], r"^512\.0 MiB reached in [\d.]+ s$")
        self.assertEqual(session.lines()[1:], [""])

    def test_bar_of_a_long_reason(self):
        with engine(self.tree, stops_at=(TOTAL, "stuck", "because " * 20)):
            session = self.session("set", "512M", "--patience", "0.5")
            session.wait_for("stuck: because")
            self.assertEqual(session.end(), 3)
        bars = [plain(piece) for piece in session.output.split("\r")
                if plain(piece).startswith("[")]
        self.assertLess(max(len(bar) for bar in bars), 80)

    def test_stuck(self):
        stop = (TOTAL - 64 * MB, "stuck", FULL)
        with engine(self.tree, stops_at=stop):
            out = self.fails(3, "target 512.0 MiB not reached, actual is 960.0 MiB: "
                             f"stuck, {FULL}; next try in 4 s",
                             "set", "512M", "--patience", "0.3")
        self.assertEqual(out, "")
        self.assertEqual(self.target(), 512 * MB)

    def test_stuck_for_a_moment(self):
        """Shorter than anybody's patience: it goes on and succeeds."""
        with engine(self.tree, stops_at=(TOTAL - 64 * MB, "stuck", FULL)) as driver:
            with self.start("set", "512M", "--patience", "15") as process:
                self.wait_until(lambda: self.tree.facts["state"] == "stuck")
                time.sleep(0.5)
                self.assertIsNone(process.poll())
                driver.stops_at = None
                out, err = process.communicate(timeout=15)
                self.assertEqual((process.returncode, err), (0, ""))
                self.assertIn("reached", out)

    def test_other_obstacles(self):
        for state, reason in (("at the floor", "programs need what is left"),
                              ("migrating", "gives no memory"),
                              ("something new", "who knows")):
            with self.subTest(state), \
                    engine(self.tree, stops_at=(TOTAL, state, reason)):
                self.fails(3, f"{state}, {reason}; next try not before something "
                           "changes", "set", "512M", "--patience", "0.3")

    def test_moving_without_end(self):
        """A driver that says it moves has no reason to be given up by itself."""
        with engine(self.tree, stops_at=(TOTAL, "moving", "emptying a block")):
            begin = time.monotonic()
            self.fails(3, "1 s are over: moving, emptying a block",
                       "set", "512M", "--patience", "0.1", "--timeout", "1")
            self.assertGreater(time.monotonic() - begin, 1)

    def test_target_changed_meanwhile(self):
        with engine(self.tree, step_kb=4) as driver:
            with self.start("set", "512M") as process:
                self.wait_until(lambda: driver.size < TOTAL)
                self.tree.put(f"{DEVICE}/target_kb", f"{600 * MB}\n")
                _, err = process.communicate(timeout=15)
            self.assertEqual(process.returncode, 3)
            self.assertIn("the target is 600.0 MiB now, set by host", err)

    def test_module_unloaded_meanwhile(self):
        with self.start("set", "512M") as process:
            self.tree.set_facts(target_kb=512 * MB, state="moving")
            self.wait_until(lambda: self.target() == 512 * MB)
            self.tree.unload()
            _, err = process.communicate(timeout=15)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(err, "^hugeballoon: xen-hugeballoon is not loaded.*\n$")


class Interrupting(Target):
    WORDS = (r"hugeballoon: interrupted; the target stays 512\.0 MiB and the driver "
             r"goes on, actual is \d+\.\d MiB")

    def test_ctrl_c(self):
        with engine(self.tree, step_kb=4):
            session = self.session("set", "512M")
            session.wait_for("of 512.0 MiB")
            session.send(CTRL_C)
            self.assertEqual(session.end(), 130)
        self.assertRegex(session.lines()[0], "^" + self.WORDS)
        self.assertEqual(self.target(), 512 * MB)

    def test_through_a_pipe(self):
        with engine(self.tree, step_kb=4) as driver:
            code, out, err = self.interrupted("set", "512M",
                                              until=lambda: driver.size < TOTAL - 40)
        self.assertEqual((code, out), (130, ""))
        self.assertRegex(err, f"^{self.WORDS}\n$")

    def test_twice(self):
        with engine(self.tree, step_kb=4):
            session = self.session("set", "512M")
            session.wait_for("of 512.0 MiB")
            session.send(CTRL_C * 5)
            self.assertEqual(session.end(), 130)
        self.assertEqual(len([line for line in session.lines() if line.strip()]), 1)

    def test_in_the_background(self):
        """Where the shell has had it ignored, it stays so."""
        ignoring = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
        with engine(self.tree, step_kb=2 * MB) as driver, \
                self.start("set", "512M", preexec_fn=ignoring) as process:
            self.wait_until(lambda: driver.size < TOTAL - 40)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=15)
            self.assertEqual(process.returncode, 0)

    def test_terminated(self):
        with engine(self.tree, step_kb=4) as driver, self.start("set", "512M") as process:
            self.wait_until(lambda: driver.size < TOTAL - 40)
            process.terminate()
            self.assertEqual(process.communicate(timeout=15), ("", "hugeballoon: terminated\n"))
            self.assertEqual(process.returncode, 143)


class Files(Target):
    def test_an_old_module(self):
        os.remove(self.tree.path(f"{GROUP}/status"))
        self.fails(1, "no .*/status; the module is older than the tool", "set", "+1M")
        self.assertEqual(self.target(), TOTAL)
