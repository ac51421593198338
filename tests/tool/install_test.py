# SPDX-License-Identifier: GPL-2.0
"""What make install leaves, for root and others; and texts that tell the same."""

import argparse
import os
import re
import shutil
import stat
import subprocess
import tempfile

import hugeballoonlib
from hugeballoonlib import cli
from tool import TOP, ToolTest
from tree import DEBUG, DEVICE, GROUP, TOTAL

NOBODY = 65534


def make(*arguments):
    subprocess.run(["make", "-s", "-C", TOP, *arguments], check=True)


class Installed(ToolTest):
    def setUp(self):
        super().setUp()
        self.place = tempfile.mkdtemp(prefix="hugeballoon-install.")
        self.addCleanup(shutil.rmtree, self.place)
        os.chmod(self.place, 0o755)
        make("install-tool", f"DESTDIR={self.place}", "PREFIX=/usr")
        self.tool = f"{self.place}/usr/sbin/hugeballoon"

    def files(self):
        return {os.path.relpath(os.path.join(place, name), self.place)
                for place, _, names in os.walk(self.place) for name in names}

    def test_works_and_goes(self):
        self.assertIn("at target", self.succeeds("status", tool=self.tool))
        self.assertLessEqual({"usr/share/man/man8/hugeballoon.8",
                              "usr/share/bash-completion/completions/hugeballoon",
                              "usr/share/man/man8/hugeballoon-host.8",
                              "usr/share/bash-completion/completions/hugeballoon-host",
                              "usr/share/man/man8/hugeballoon-swapd.8",
                              "usr/lib/systemd/system/hugeballoon-swapd.service"},
                             self.files())
        self.assertIn("list", self.succeeds("--help", tool=f"{self.tool}-host"))
        self.assertIn("swap", self.succeeds("--help", tool=f"{self.tool}-swapd"))
        with open(f"{self.place}/usr/lib/systemd/system/hugeballoon-swapd.service") as f:
            self.assertIn("ExecStart=/usr/sbin/hugeballoon-swapd\n", f.read())
        make("uninstall-tool", f"DESTDIR={self.place}", "PREFIX=/usr")
        self.assertEqual(self.files(), set())

    def test_man_page_of_the_module(self):
        before = self.files()
        make("install-man", f"DESTDIR={self.place}", "PREFIX=/usr")
        self.assertEqual(self.files() - before, {"usr/share/man/man4/xen-hugeballoon.4"})
        make("uninstall-man", f"DESTDIR={self.place}", "PREFIX=/usr")
        self.assertEqual(self.files(), before)

    def as_user(self):
        """The tree as root owns it; other users may read what they may on a guest."""
        if os.geteuid():
            self.skipTest("needs root, to be another user")
        for name in (DEBUG, "dev/kmsg"):
            os.chmod(self.tree.path(name), 0o700)
        return {"tool": self.tool, "user": NOBODY}

    def test_other_users_see_what_they_may(self):
        user = self.as_user()
        self.assertIn("at target", self.succeeds("status", **user))
        self.assertIn("# not readable", self.succeeds("stats", **user))
        self.assertIn("run it as root", self.succeeds("bugreport", "--text", "-o", "-",
                                                      **user))

    def test_other_users_are_told(self):
        user = self.as_user()
        for command, file in ((["set", "512M"], f"{DEVICE}/target_kb"),
                              (["heal"], f"{GROUP}/heal"), (["map"], f"{DEBUG}/blocks")):
            with self.subTest(command):
                self.fails(1, f"{file}: Permission denied; run it as root", *command,
                           **user)
        self.assertEqual(self.tree.get(f"{DEVICE}/target_kb"), str(TOTAL))


def options():
    """Of each command."""
    [commands] = [action for action in cli.parser()._actions
                  if isinstance(action, argparse._SubParsersAction)]
    return {name: {max(action.option_strings, key=len) for action in parser._actions
                   if action.option_strings}
            for name, parser in commands.choices.items()}


class Texts(ToolTest):
    def completed(self, *words):
        script = (f". {TOP}/completions/hugeballoon; COMP_WORDS=(\"$@\"); "
                  "COMP_CWORD=$(($# - 1)); _hugeballoon; printf '%s\\n' \"${COMPREPLY[@]}\"")
        out = subprocess.run(["bash", "-c", script, "-", "hugeballoon", *words], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
        return set(out.split())

    def test_completion(self):
        self.assertEqual(self.completed(""), {*options(), "--help", "--version"})
        for command, wanted in options().items():
            self.assertEqual(self.completed(command, ""), wanted, command)
        self.assertEqual(self.completed("st"), {"status", "stats"})
        self.assertEqual(self.completed("set", "--timeout", ""), set())
        self.assertEqual(self.completed("map", "--svg", f"{TOP}/READ"), {f"{TOP}/README.md"})

    def test_man_page(self):
        with open(f"{TOP}/Documentation/man/hugeballoon.8") as f:
            synopsis = f.read().partition(".Sh SYNOPSIS")[2].partition(".Sh")[0]
        told = {command: set(re.findall(r"\.Op Fl -?([\w-]+)", rest)) for command, rest in
                re.findall(r"\.Cm (\w+)\n((?:\.(?:Op|Ar).*\n)*)", synopsis)}
        wanted = {command: {"o" if name == "--output" else name[2:]
                            for name in names - {"--help"}}
                  for command, names in options().items()}
        self.assertEqual(told, wanted)

    def test_each_command_has_help(self):
        for command in options():
            self.assertIn("usage: hugeballoon " + command, self.succeeds(command, "--help"))

    def test_version(self):
        with open(f"{TOP}/dkms.conf") as f:
            version = re.search(r'^PACKAGE_VERSION="(.*)"', f.read(), re.M).group(1)
        self.assertEqual(hugeballoonlib.VERSION, version)
        self.assertEqual(self.succeeds("--version"), f"hugeballoon {version}\n")

    def test_executable(self):
        self.assertTrue(os.stat(f"{TOP}/scripts/hugeballoon").st_mode & stat.S_IXUSR)
