# SPDX-License-Identifier: GPL-2.0
"""What is installed goes to the kernel that is named, by its version or by its headers."""

import os
import tempfile
import unittest

from files import TOP, run


class Kernel(unittest.TestCase):
    def depmod(self, *variables):
        """Which kernel depmod would be run for."""
        environ = {name: value for name, value in os.environ.items()
                   if name not in ("KVER", "KDIR", "MAKEFLAGS")}
        said, status = run("make", "-n", "-C", TOP, "uninstall", *variables, env=environ)
        self.assertEqual(status, 0, said)
        return said.split("|| depmod", 1)[1].split()[0]

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hugeballoon-headers.")
        self.addCleanup(folder.cleanup)
        self.headers = folder.name
        os.makedirs(f"{self.headers}/include/generated")
        with open(f"{self.headers}/include/generated/utsrelease.h", "w",
                  encoding="ascii") as f:
            f.write('#define UTS_RELEASE "6.1.2-some"\n')

    def test_running(self):
        self.assertEqual(self.depmod(), os.uname().release)

    def test_by_version(self):
        self.assertEqual(self.depmod("KVER=6.1.3-other"), "6.1.3-other")

    def test_by_headers(self):
        self.assertEqual(self.depmod(f"KDIR={self.headers}"), "6.1.2-some")

    def test_by_both(self):
        self.assertEqual(self.depmod(f"KDIR={self.headers}", "KVER=6.1.3-other"), "6.1.3-other")

    def test_by_folder_without_headers(self):
        self.assertEqual(self.depmod("KDIR=/nowhere"), os.uname().release)
