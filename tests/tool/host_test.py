# SPDX-License-Identifier: GPL-2.0
"""hugeballoon-host: what the host can tell of its guests."""

import json
import os
import re
import shutil
import tempfile
from unittest import mock

from hugeballoonlib.host import commands
from tool import CTRL_C, HOST_TOOL, TOP, ToolTest, plain
from xen_tools import Xen

FAST = ("--interval", "0.05")


class HostTest(ToolTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp(prefix="hugeballoon-xen.")
        self.addCleanup(shutil.rmtree, folder)
        self.xen = Xen(f"{folder}/bin")
        path = f"{self.xen.folder}:{os.environ['PATH']}"
        patch = mock.patch.dict(os.environ, {"PATH": path})
        patch.start()
        self.addCleanup(patch.stop)

    def start(self, *arguments, tool=HOST_TOOL, **options):
        return super().start(*arguments, tool=tool, **options)

    def guest(self, *arguments, code=0):
        """The guest of list --json."""
        got, out, err = self.run_tool("--json", *FAST, *arguments)
        self.assertEqual((got, err), (code, ""), out)
        [guest] = [g for g in json.loads(out)["guests"] if g["domid"] == 1]
        return guest

    def stuck(self, pattern, *arguments):
        guest = self.guest(*arguments, code=3)
        self.assertEqual(guest["state"], "stuck")
        self.assertRegex(guest["reason"], pattern)


class States(HostTest):
    def test_at_target(self):
        guest = self.guest()
        self.assertEqual((guest["state"], guest["reason"]), ("at target", None))
        # No second look at a host where everybody is content.
        self.assertEqual(self.xen.asked().count("list"), 1)

    def test_within_what_can_be_told(self):
        for mib in (510, 511, 514):
            self.xen.sizes(mib)
            self.assertEqual(self.guest()["state"], "at target", mib)
        for mib in (509, 515):
            self.xen.sizes(mib)
            self.assertEqual(self.guest(code=3)["state"], "stuck", mib)

    def test_video_memory_counts(self):
        self.xen.sizes(528)
        self.assertEqual(self.guest(code=3)["state"], "stuck")
        self.xen.set("memory/videoram", "16384")
        self.assertEqual(self.guest()["state"], "at target")

    def test_moving(self):
        self.xen.set("memory/target", "262144")
        self.xen.sizes(512, 480)
        self.assertEqual(self.guest()["state"], "moving")
        self.assertEqual(self.xen.asked().count("list"), 2)

    def test_arrived_meanwhile(self):
        self.xen.set("memory/target", "262144")
        self.xen.sizes(512, 256)
        self.assertEqual(self.guest()["state"], "at target")

    def test_rests(self):
        self.xen.set("memory/target", "262144")
        for flags, reason in (("--p---", "paused"), ("---s--", "suspended"),
                              ("----c-", "crashed"), ("-----d", "destroyed")):
            self.xen.sizes(512, flags=flags)
            guest = self.guest()
            self.assertEqual(guest["state"], "rests")
            self.assertIn(reason, guest["reason"])
        for name in ("guest--incoming", "guest--migratedaway"):
            self.xen.sizes(512, name=name)
            self.assertIn("migrated", self.guest()["reason"])

    def test_without_target(self):
        for value in ("", "x", "-1", "\\xff", "9" * 40, "٣"):
            self.xen.set("memory/target", value)
            guest = self.guest()
            self.assertEqual((guest["state"], guest["target_kb"]), ("unknown", None))
        self.xen.set("memory/target", None)
        self.assertEqual(self.guest()["state"], "unknown")


class Says(HostTest):
    """What the guest's driver tells of itself."""

    def says(self, **facts):
        for name, text in facts.items():
            self.xen.set(f"data/hugeballoon/{name}", text)

    def test_all(self):
        self.says(state="moving", reason="giving memory to Xen", target_by="self",
                  floor_kb="65536")
        self.xen.set("data/meminfo_total", "500000")
        self.xen.set("data/meminfo_free", "262144")
        out = self.succeeds("show", "guest", *FAST)
        for line in ("it says      256.0 MiB of 488.3 MiB could be free",
                     "it says      moving; target by self",
                     "it says      giving memory to Xen", "its floor    64.0 MiB"):
            self.assertIn(f"{line}\n", out)
        guest = self.guest()
        self.assertEqual(guest["said"], {"state": "moving", "reason": "giving memory to Xen",
                                         "target_by": "self", "floor_kb": "65536"})
        self.assertEqual(guest["meminfo_free_kb"], 262144)
        self.assertEqual(guest["meminfo_total_kb"], 500000)

    def test_nothing(self):
        guest = self.guest()
        self.assertEqual((guest["said"], guest["meminfo_free_kb"]), ({}, None))
        self.assertNotIn("it says", self.succeeds("show", "guest", *FAST))

    def test_nonsense(self):
        self.says(state="x" * 1000, floor_kb="-1")
        self.xen.set("data/meminfo_free", "much")
        self.assertEqual(self.guest()["said"]["state"], "x" * 100)
        self.assertNotIn("its floor", self.succeeds("show", "guest", *FAST))

    def test_why_it_gives_nothing(self):
        self.xen.set("memory/target", "262144")
        self.says(state="at the floor", reason="programs need what is left, see floor_kb")
        self.stuck("^the guest says: at the floor, programs need what is left")
        self.says(state="moving", reason="none")
        self.stuck("does not say why")

    def test_why_it_takes_nothing(self):
        self.xen.set("memory/target", "786432")
        self.xen.set("memory/static-max", "1048576")
        self.says(state="stuck", reason="the domain has all it may have, see xl mem-max")
        self.stuck("^the guest says: stuck, the domain has all it may have")


class TooLarge(HostTest):
    def setUp(self):
        super().setUp()
        self.xen.set("memory/target", "262144")

    def test_silent(self):
        self.stuck("gives nothing and does not say why: it is at its floor")

    def test_stopped(self):
        self.xen.set("control/balloon-active", "0")
        self.stuck("it has stopped, so it is at its floor")

    def test_on_its_way(self):
        self.xen.set("control/balloon-active", "1")
        self.stuck("on its way, but nothing comes")

    def test_cannot(self):
        self.xen.set("control/balloon-active", "0")
        self.xen.set("control/feature-balloon", "0")
        self.stuck("cannot be ballooned")


class TooSmall(HostTest):
    def setUp(self):
        super().setUp()
        self.xen.set("memory/target", "786432")
        self.xen.set("memory/static-max", "1048576")

    def test_above_what_it_was_started_with(self):
        self.xen.set("memory/static-max", "524288")
        self.stuck(r"above what it was started with \(512.0 MiB, memory/static-max")
        self.xen.set("memory/hotplug-max", "786432")
        self.stuck("does not say why")

    def test_no_host_memory(self):
        self.xen.says("info free_memory", "1\n")
        self.stuck("the host has no free memory")
        self.xen.says("info free_memory", "100\n")
        self.stuck("the host has 100.0 MiB left, it wants 256.0 MiB")

    def test_maximum(self):
        self.stuck("--p2m tells")
        self.assertNotIn("debug-keys q", self.xen.asked())
        self.stuck("Xen lets it have 513.0 MiB, less than its target", "--p2m")
        self.xen.counts(most=196608)
        self.stuck("its own target may be lower", "--p2m")
        self.assertIn("debug-keys q", self.xen.asked())

    def test_stopped(self):
        self.xen.set("control/balloon-active", "0")
        self.stuck("it has all that it can use")


class Output(HostTest):
    def test_list(self):
        out = self.succeeds()
        self.assertEqual(out, self.succeeds("list"))
        lines = out.splitlines()
        self.assertEqual(lines[0], commands.HEADER)
        self.assertRegex(lines[2], r"^guest {19}1 pvh   512.0 MiB  512.0 MiB  512.0 MiB "
                         "at target$")
        self.assertEqual(lines[3], "The host has 3500.0 MiB left.")

    def test_width(self):
        self.xen.set("memory/target", "262144")
        self.xen.sizes(512, name="a-guest-with-a-rather-long-name")
        code, out, _ = self.run_tool(*FAST)
        self.assertEqual(code, 3)
        self.assertIn("a-guest-with-a-r...", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)
        self.assertIn("    the guest gives nothing", out)

    def test_show(self):
        self.xen.set("memory/target", "262144")
        for word in ("guest", "1"):
            code, out, err = self.run_tool("show", word, "--p2m", *FAST)
            self.assertEqual((code, err), (3, ""))
            for wanted in ("target       256.0 MiB\n", "size         512.0 MiB, 256.0 MiB to "
                           "give\n", "state        stuck\n", "Xen counts   524288 KiB, and "
                           "lets it have 525312 KiB\n", "started with 512.0 MiB\n"):
                self.assertIn(wanted, out)

    def test_show_only_that_one(self):
        self.xen.set("memory/target", "262144")
        self.assertIn("at target", self.succeeds("show", "Domain-0"))

    def test_show_nobody(self):
        self.fails(1, "there is no domain other; see xl list", "show", "other")

    def test_json(self):
        found = json.loads(self.succeeds("list", "--json"))
        self.assertEqual((found["schema"], found["free_kb"]), (1, 3500 << 10))
        self.assertEqual([g["name"] for g in found["guests"]], ["Domain-0", "guest"])
        self.assertIsNone(found["guests"][1]["xen"])
        exact = self.guest("--p2m")["xen"]
        self.assertEqual(exact, {"size_kb": 524288, "maxmem_kb": 525312, "pod_entries": 0,
                                 "pod_cache_kb": 0})

    def test_watch(self):
        self.xen.set("memory/target", "262144")
        out = self.succeeds("watch", *FAST, "--count", "2")
        self.assertEqual(len(re.findall(r"^# \d\d:\d\d:\d\d$", out, re.M)), 2)
        self.assertEqual(out.count(" stuck\n"), 2)
        out = self.succeeds("watch", *FAST, "--count", "2", "--json").splitlines()
        self.assertEqual([json.loads(line)["guests"][1]["state"] for line in out],
                         ["stuck"] * 2)

    def test_colours(self):
        session = self.session("list", tool=HOST_TOOL)
        self.assertEqual(session.end(), 0)
        self.assertIn("\033[32mat target", session.output)
        session = self.session("list", tool=HOST_TOOL, NO_COLOR="1")
        self.assertEqual(session.end(), 0)
        self.assertNotIn("\033", session.output)
        self.assertIn("at target", plain(session.output))

    def test_interrupted(self):
        session = self.session("watch", "--interval", "0.2", tool=HOST_TOOL)
        session.wait_for("at target")
        session.send(CTRL_C)
        self.assertEqual(session.end(), 130)
        self.assertIn("hugeballoon-host: interrupted", session.output)


class Errors(HostTest):
    def test_no_xl(self):
        with mock.patch.dict(os.environ, {"PATH": "/nowhere"}):
            self.fails(1, "^hugeballoon-host: there is no xl; run it in dom0")

    def test_refused(self):
        self.xen.fails("list", "libxl: error: Permission denied\nmore\n")
        self.fails(1, "^hugeballoon-host: xl list fails: libxl: error: Permission denied")

    def test_not_understood(self):
        for command, text, said in (
                ("list", "Nome\n", "xl list says something else"),
                ("list", "Name\nx\n", "no line of xl list: 'x'"),
                ("list", "", "xl list says something else"),
                ("list -l", "[", "xl list -l is not understood"),
                ("list -l", "[1]", "xl list -l is not understood"),
                ("info free_memory", "much\n", "xl info free_memory says 'much'")):
            with self.subTest((command, text)):
                self.xen.says(command, text)
                self.fails(1, re.escape(said), "list")
                self.setUp()

    def test_log_too_small(self):
        self.xen.says("dmesg", "(XEN) something\n")
        self.fails(1, "conring_size", "--p2m")
        self.xen.says("dmesg", "(XEN) 'q' pressed\n(XEN) something\n")
        self.fails(1, "not understood", "--p2m")

    def test_usage(self):
        for arguments in (["show"], ["--interval", "0"], ["watch", "--p2m"], ["lst"]):
            self.fails(2, "see hugeballoon-host --help", *arguments)

    def test_reader_goes_away(self):
        with self.start("watch", *FAST) as process:
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.stderr.read(), "")
            process.wait(15)


class Texts(HostTest):
    def test_man_page_and_completion(self):
        with open(f"{TOP}/Documentation/man/hugeballoon-host.8") as f:
            synopsis = f.read().partition(".Sh SYNOPSIS")[2].partition(".Sh")[0]
        with open(f"{TOP}/completions/hugeballoon-host") as f:
            completion = f.read()
        for command in commands.COMMANDS:
            shown = self.succeeds(command, "--help")
            wanted = set(re.findall(r"--([\w-]+)", shown.partition("options:")[2]))
            [part] = re.findall(rf"\.Cm {command}\n((?:\.(?:Op|Ar).*\n)*)", synopsis)
            self.assertEqual(set(re.findall(r"Fl -([\w-]+)", part)), wanted - {"help"})
            [words] = re.findall(rf'^\t\t{command}\)\n\t\t\twords="(.*)"', completion, re.M)
            self.assertEqual({word[2:] for word in words.split()}, wanted)

    def test_version(self):
        self.assertRegex(self.succeeds("--version"), r"^hugeballoon-host [\d.]+\n$")
