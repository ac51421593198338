# SPDX-License-Identifier: GPL-2.0
"""heal: one pass, and what came of it."""

import errno
import os
from unittest import mock

from hugeballoonlib.driver import Driver
from hugeballoonlib.errors import ToolError
from tool import CTRL_C, ToolTest
from tree import DEBUG, GROUP, LOG, engine

DONE = "healing done: 9 2M blocks healed, 2 in use, 4 hold what cannot be moved"
STOPPED = ("healing stopped, Xen has no 2M page left: 3 2M blocks healed, 0 in use, "
           "4 hold what cannot be moved")


class Heal(ToolTest):
    def test_done(self):
        with engine(self.tree, heals=(9, DONE)):
            out = self.succeeds("heal")
        self.assertRegex(out, f"^{DONE}\ntook [\\d.]+ s; 8.0 MiB cannot be moved")
        self.assertEqual(self.tree.get(f"{GROUP}/heal"), "0")

    def test_an_earlier_pass(self):
        """What was said of that is not the result of this one."""
        self.tree.say(f"xen_hugeballoon: {DONE}")
        with engine(self.tree, heals=(5, "")) as driver:
            driver.tree.say = lambda text: None
            self.assertIn("healing ended: 5 2M blocks", self.succeeds("heal"))

    def test_stopped(self):
        with engine(self.tree, heals=(3, STOPPED)):
            out = self.fails(1, STOPPED, "heal")
        self.assertEqual(out, "")

    def test_bar(self):
        with engine(self.tree, heals=(100, DONE)):
            session = self.session("heal")
            session.wait_for(r"\[#+\.+\] \d+ of 128 blocks healed")
            self.assertEqual(session.end(), 0)
        self.assertLessEqual(session.widest(), 80)
        self.assertIn("healing done", session.lines()[0])

    def test_without_log_and_blocks(self):
        os.remove(self.tree.path(LOG))
        os.remove(self.tree.path(f"{DEBUG}/blocks"))
        os.mkdir(self.tree.path(LOG))       # cannot be read by anybody
        with engine(self.tree, heals=(9, "")) as driver:
            driver.tree.say = lambda text: None
            out = self.succeeds("heal")
        self.assertIn("healing ended: 9 2M blocks healed", out)

    def test_waits_for_the_target(self):
        self.tree.set_facts(state="stuck", reason="the host has no free memory")
        self.fails(3, "0 blocks and has not ended: it waits: stuck, the host has no free "
                   "memory; it stays asked for", "heal", "--patience", "0.3")
        self.assertEqual(self.tree.get(f"{GROUP}/heal"), "now")

    def test_waits_for_a_migration(self):
        self.tree.set_facts(being_copied="yes")
        self.fails(3, "it waits: the guest is being copied", "heal", "--patience", "0.3")

    def test_timeout(self):
        self.fails(3, "has not ended: 0.5 s are over", "heal", "--timeout", "0.5")

    def test_interrupted(self):
        session = self.session("heal")
        session.wait_for("of 128 blocks")
        session.send(CTRL_C)
        self.assertEqual(session.end(), 130)
        self.assertIn("hugeballoon: interrupted; the pass goes on", session.lines()[0])
        self.assertEqual(self.tree.get(f"{GROUP}/heal"), "now")

    def test_unloaded_meanwhile(self):
        with self.start("heal") as process:
            self.wait_until(lambda: self.tree.get(f"{GROUP}/heal") == "now")
            self.tree.unload()
            _, err = process.communicate(timeout=15)
        self.assertEqual(process.returncode, 1)
        self.assertIn("not loaded", err)

    def test_refused(self):
        self.tree.refuse(f"{GROUP}/heal")
        self.fails(1, "heal refuses 'now': Invalid argument", "heal")

    def test_pv(self):
        self.tree.put("sys/hypervisor/guest_type", "PV\n")
        self.fails(1, "PV guests have no 2M entries", "heal")
        self.assertEqual(self.tree.get(f"{GROUP}/heal"), "0")

    def test_any_refusal_is_explained(self):
        for number in (errno.EOPNOTSUPP, errno.ERANGE, errno.EBUSY):
            with mock.patch("os.write", side_effect=OSError(number, "")), \
                    self.assertRaisesRegex(ToolError,
                                           f"refuses 'now': {os.strerror(number)}"):
                Driver(self.tree.root).heal_now()
