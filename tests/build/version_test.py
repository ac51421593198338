# SPDX-License-Identifier: GPL-2.0
"""One version in all files, and what a clone adds to it."""

import os
import re
import shutil
import subprocess
import unittest

from files import copies, dkms, run, text

VERSION = dkms("6.1.0")["PACKAGE_VERSION"]


class Files(unittest.TestCase):
    def found(self, path, pattern):
        return re.search(pattern, text(path), re.M).group(1)

    def test_same_everywhere(self):
        for path, pattern in (
                ("scripts/hugeballoonlib/__init__.py", r'^VERSION = "(.*)"'),
                ("debian/changelog", r"\Axen-hugeballoon \(([^)]*)\)"),
                ("packaging/xen-hugeballoon.spec", r"^Version: *(\S+)"),
                ("packaging/xen-hugeballoon.spec", r"> - (\S+)-1$"),
                ("CHANGELOG.md", r"^## ([0-9][^ ]*) - ")):
            self.assertEqual(self.found(path, pattern), VERSION, path)


class Clone(unittest.TestCase):
    def setUp(self):
        self.clone = copies(self, "dkms.conf", "scripts/version")

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.clone, "-c", "user.name=test", "-c",
                        "user.email=test@localhost", *arguments], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def commit(self):
        self.git("add", ".")
        self.git("commit", "-q", "--allow-empty", "-m", "something")

    def version(self):
        said, status = run(f"{self.clone}/scripts/version")
        self.assertEqual(status, 0)
        return said.strip()

    def test_no_clone(self):
        self.assertEqual(self.version(), VERSION)

    def test_in_another_clone(self):
        inner = f"{self.clone}/inner/scripts"
        os.makedirs(inner)
        shutil.move(f"{self.clone}/scripts/version", inner)
        shutil.copy(f"{self.clone}/dkms.conf", f"{self.clone}/inner/dkms.conf")
        self.git("init", "-q")
        self.commit()
        self.assertEqual(run(f"{inner}/version")[0].strip(), VERSION)

    def test_no_tag(self):
        self.git("init", "-q")
        self.commit()
        self.assertRegex(self.version(), rf"^{re.escape(VERSION)}-g[0-9a-f]{{7,}}$")
        with open(f"{self.clone}/dkms.conf", "a", encoding="utf-8") as f:
            f.write("#\n")
        self.assertRegex(self.version(), r"-g[0-9a-f]{7,}-dirty$")

    def test_tag(self):
        self.git("init", "-q")
        self.commit()
        self.git("tag", "v4.5")
        self.assertEqual(self.version(), "4.5")
        self.commit()
        self.assertRegex(self.version(), r"^4\.5-1-g[0-9a-f]{7,}$")

    def test_no_version_but_this(self):
        """A tag that is no version is not taken for one."""
        self.git("init", "-q")
        self.commit()
        self.git("tag", "vain")
        self.assertRegex(self.version(), rf"^{re.escape(VERSION)}-g")
