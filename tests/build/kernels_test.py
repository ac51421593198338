# SPDX-License-Identifier: GPL-2.0
"""For which kernels the driver is built, and what is said of others."""

import os
import re
import shutil
import tempfile
import unittest

from files import TOP, dkms, run, text

FIRST, LAST = "6.1", "7.3"
SUPPORTED = ("6.1.0-56-amd64", "6.1", "6.2.0-20-generic", "6.6.54-1.qubes.fc37.x86_64",
             "6.8.0-31-generic", "6.12.107+deb13-amd64", "6.19.1-arch1-1", "7.0-rc1",
             "7.3.4+deb13-amd64", "7.3")
OTHERS = ("5.10.0-1-amd64", "6.0.12", "4.19.0+1", "7.4.0", "7.30.1", "8.0", "16.1.0")


def variable(name):
    """Of src/kernel.mk."""
    return re.search(rf"^{name} := (.*)$", text("src/kernel.mk"), re.M).group(1)


class Texts(unittest.TestCase):
    def test_range(self):
        self.assertEqual((variable("xhb-first"), variable("xhb-last")), (FIRST, LAST))
        conf = dkms("6.1.0")
        self.assertEqual((conf["BUILD_EXCLUSIVE_KERNEL_MIN"],
                          conf["BUILD_EXCLUSIVE_KERNEL_MAX"]), (FIRST, LAST))
        self.assertTrue(f"Linux {FIRST} to {LAST}" in text("README.md"))

    def test_range_as_a_pattern(self):
        for kernel in SUPPORTED + OTHERS:
            found = re.search(dkms(kernel)["BUILD_EXCLUSIVE_KERNEL"], kernel)
            self.assertEqual(bool(found), kernel in SUPPORTED, kernel)

    def test_options(self):
        options = variable("xhb-options").split()
        old, new = variable("xhb-balloon-options").split()
        for kernel, balloon in (("6.1.0", old), ("6.19.2", old), ("7.0.0", new),
                                ("7.3.4+deb13-amd64", new)):
            self.assertEqual(dkms(kernel)["BUILD_EXCLUSIVE_CONFIG"].split(),
                             [f"CONFIG_{name}" for name in (*options, balloon)])
        kconfig = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", " ".join(
            re.findall(r"depends on (.*)", text("Kconfig")))))
        self.assertEqual(kconfig, {*options, old, new, "X86_64"})
        readme = text("README.md").partition("### Kernel options")[2].partition("\n## ")[0]
        for name in (*options, old, new):
            self.assertTrue(f"`{name}`" in readme, name)


class Refused(unittest.TestCase):
    """By the kernel's own build system, before anything is compiled."""

    def setUp(self):
        kernel, status = run(f"{TOP}/scripts/setup", "--kver")
        self.headers = f"/lib/modules/{kernel.strip()}/build"
        if status or not os.path.exists(f"{self.headers}/Makefile"):
            self.fail("no headers: run scripts/setup")
        self.tree = tempfile.mkdtemp(prefix="hugeballoon-build.")
        self.addCleanup(shutil.rmtree, self.tree)
        run(f"{TOP}/scripts/link-tree", self.tree)

    def make(self, *arguments):
        return run("make", "-C", self.headers, f"M={self.tree}", *arguments,
                   env={**os.environ, "LC_ALL": "C"})

    def refused(self, message, *arguments):
        said, status = self.make("modules", *arguments)
        self.assertNotEqual(status, 0)
        stops = [line for line in said.splitlines() if line.endswith("Stop.")]
        self.assertEqual(len(stops), 1, said)
        self.assertIn(message, stops[0])
        self.assertNotIn("CC [M]", said)

    def accepted(self, said):
        """Of make -n, which tries the driver before it misses what was not made."""
        self.assertTrue("CC [M]" in said and "xen-hugeballoon is" not in said and
                        "xen-hugeballoon needs" not in said, said[-500:])

    def test_older(self):
        self.refused("is for Linux 6.1 to 7.3, and this is Linux 5.10.",
                     "VERSION=5", "PATCHLEVEL=10")
        self.refused("and this is Linux 6.0.", "PATCHLEVEL=0")

    def test_newer(self):
        self.refused("and this is Linux 7.4.", "VERSION=7", "PATCHLEVEL=4")
        self.refused("and this is Linux 7.10.", "VERSION=7", "PATCHLEVEL=10")

    def test_supported(self):
        for version, patchlevel in ((6, 1), (6, 12), (7, 0), (7, 3)):
            said, _ = self.make("modules", "-n", f"VERSION={version}",
                                f"PATCHLEVEL={patchlevel}")
            self.accepted(said)

    def test_newer_all_the_same(self):
        said, _ = self.make("modules", "-n", "VERSION=9", "XHB_ANY_KERNEL=1")
        self.accepted(said)

    def test_options(self):
        for name in variable("xhb-options").split():
            self.refused(f"needs CONFIG_{name}, which this kernel", f"CONFIG_{name}=")
        self.refused("needs CONFIG_KPROBES CONFIG_BALLOON_COMPACTION, which this kernel",
                     "CONFIG_KPROBES=", "CONFIG_BALLOON_COMPACTION=")
        self.refused("needs CONFIG_BALLOON_MIGRATION, which this kernel", "VERSION=7",
                     "CONFIG_BALLOON_COMPACTION=")

    def test_machine(self):
        self.refused("is for x86-64 only", "CONFIG_X86_64=")

    def test_clean_asks_for_nothing(self):
        said, status = self.make("clean", "VERSION=5", "PATCHLEVEL=10")
        self.assertEqual(status, 0, said)
