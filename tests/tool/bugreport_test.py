# SPDX-License-Identifier: GPL-2.0
"""bugreport: all that a maintainer needs, and nothing that is none of his business."""

import os
import re
import stat
import tarfile

from tool import ToolTest
from tree import DEBUG, DEVICE, GROUP, LOG, MODULE, SELF, Tree

HOST = "secret-machine"


class Report(ToolTest):
    def setUp(self):
        super().setUp()
        put = self.tree.put
        put("proc/version", f"Linux version 6.1 (root@{HOST})\n")
        put("proc/sys/kernel/hostname", f"{HOST}\n")
        put("proc/sys/kernel/osrelease", "6.1.0-56-amd64\n")
        put("proc/1/cmdline", f"init {HOST}\n")
        put("proc/buddyinfo", "Node 0, zone Normal 1 2 3\n")
        put("sys/hypervisor/type", "xen\n")
        put("sys/hypervisor/uuid", f"{HOST}-uuid\n")
        put("sys/hypervisor/version/major", "4\n")
        put("sys/hypervisor/compilation/compiled_by", f"someone@{HOST}\n")
        put(f"{MODULE}/parameters/floor_kb", "0\n")
        put(f"{DEBUG}/places", "current_kb 1\n")
        put(f"{DEBUG}/latency", "below_us inflate_allocate\n1 0\n")
        self.tree.say("xen_hugeballoon: took over from the built-in balloon driver")
        self.tree.say(f"eth0: {HOST} joined")
        self.tree.say(f"sshd[1]: xen_hugeballoon: {HOST}")

    def archive(self, *arguments):
        path = self.tree.path("report.tar.gz")
        out = self.succeeds("bugreport", "-o", path, *arguments)
        self.assertTrue(out.startswith(path))
        with tarfile.open(path) as archive:
            for entry in archive.getmembers():
                self.assertEqual((entry.uid, entry.gid, entry.uname, entry.gname),
                                 (0, 0, "", ""))
            return {entry.name.partition("/")[2]: archive.extractfile(entry).read().decode()
                    for entry in archive.getmembers()}

    def test_content(self):
        found = self.archive()
        for name in (f"{GROUP}/status", f"{GROUP}/heal", f"{DEVICE}/info/current_kb",
                     f"{DEVICE}/max_retry_count", f"{DEBUG}/stats", f"{DEBUG}/places",
                     f"{DEBUG}/latency", f"{DEBUG}/blocks", f"{SELF}/selfballooning",
                     "proc/meminfo", "proc/vmstat", "proc/buddyinfo",
                     f"{MODULE}/version", f"{MODULE}/parameters/floor_kb",
                     "proc/sys/kernel/osrelease", "sys/hypervisor/version/major"):
            with self.subTest(name):
                self.assertEqual(found[name].strip(), self.tree.get(name))
        self.assertEqual(found["dmesg"], "[   12.500000] took over from the built-in "
                         "balloon driver\n")
        self.assertIn("tool 0.1\nmodule loaded\n", found["summary"])
        self.assertIn("proc/pagetypeinfo: ", found["missing"])
        self.assertNotIn("proc/meminfo", found["missing"])
        self.assertNotIn(f"{DEVICE}/power/control", found)

    def test_nothing_private(self):
        for name, text in self.archive().items():
            with self.subTest(name):
                self.assertNotIn(HOST, text)
                self.assertFalse(re.match(r"proc/(\d+|version|cmdline)", name))

    def test_text(self):
        path = self.tree.path("report.txt")
        self.succeeds("bugreport", "--text", "--output", path)
        with open(path) as f:
            text = f.read()
        self.assertIn(f"\n==> {GROUP}/status\ntarget_kb: 1048576\n", text)
        self.assertNotIn(HOST, text)
        self.assertEqual(self.succeeds("bugreport", "--text", "-o", "-"), text)

    def test_only_for_the_user(self):
        self.archive()
        mode = os.stat(self.tree.path("report.tar.gz")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_never_over_something_else(self):
        self.tree.put("there", "precious")
        os.symlink(self.tree.path("target"), self.tree.path("link"))
        for name in ("there", "link"):
            self.fails(1, "File exists", "bugreport", "-o", self.tree.path(name))
        self.assertEqual(self.tree.get("there"), "precious")

    def test_default_name(self):
        before = os.getcwd()
        os.chdir(self.tree.root)
        self.addCleanup(os.chdir, before)
        out = self.succeeds("bugreport").split()
        self.assertRegex(out[0], r"^hugeballoon-bugreport-\d{8}-\d{6}\.tar\.gz$")
        self.assertTrue(os.path.exists(out[0]))

    def test_without_log(self):
        os.remove(self.tree.path(LOG))
        self.assertIn("dmesg: cannot read", self.archive()["missing"])


class Unloaded(Report):
    """Why the module is not loaded may be what the report is about."""

    def setUp(self):
        super().setUp()
        self.tree.unload()

    def test_content(self):
        found = self.archive()
        self.assertIn("module not loaded", found["summary"])
        self.assertIn(f"{DEVICE}/info/current_kb", found)
        self.assertIn("dmesg", found)

    def test_text(self):
        self.assertIn("not loaded", self.succeeds("bugreport", "--text", "-o", "-"))
