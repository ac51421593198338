# SPDX-License-Identifier: GPL-2.0
"""The checklist for releases says no when there is something, and yes when not."""

import os
import subprocess
import unittest

from files import copies, run

PARTS = ("check/lint", "check/build", "check/tool", "check/kunit", "check/xen",
         "check/bench-gate", "check/debug-kunit", "check/debug-xen",
         "check/kcsan-kunit", "check/kcsan-xen", "check/cfi", "check/compile", "check/source",
         "check/packages", "check/readme", "check/matrix", "check/coverage",
         "check/harness", "check/mutants", "check/soak", "check/debug-soak")
RESULT = "`make check-all`: 900 passed, 0 failed"
VERDICT = "#!/bin/sh\nexit %d\n"


class Checklist(unittest.TestCase):
    def setUp(self):
        self.clone = copies(self, "scripts/check", "scripts/release-check")
        for path in ("tests/build", "build/logs/check"):
            os.makedirs(f"{self.clone}/{path}")
        self.write("dkms.conf", 'PACKAGE_VERSION="2.5"\n')
        self.write("CHANGELOG.md",
                   f"## Unreleased\n\n## 2.5 - 2026-12-24\n\n{RESULT}.\n\n- What is new.\n")
        self.write("tests/build/run", VERDICT % 0)
        os.chmod(f"{self.clone}/tests/build/run", 0o755)
        self.write(".gitignore", "/build/\n")
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "something", "--date=2026-01-01T00:00:00Z",
                 env={**os.environ, "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"})
        self.git("tag", "v2.5")
        for part in PARTS:
            self.write(f"build/logs/{part}.log", "ok\n7 passed, 0 failed\nexit 0\n")

    def write(self, path, content):
        with open(f"{self.clone}/{path}", "w", encoding="utf-8") as f:
            f.write(content)

    def git(self, *arguments, **options):
        subprocess.run(["git", "-C", self.clone, "-c", "user.name=test", "-c",
                        "user.email=test@localhost", *arguments], check=True,
                       stdout=subprocess.DEVNULL, **options)

    def missing(self):
        """What is said to be missing."""
        said, status = run(f"{self.clone}/scripts/release-check")
        missing = [line[len("not ok "):] for line in said.splitlines()
                   if line.startswith("not ok ")]
        self.assertEqual(status, 1 if missing else 0, said)
        self.assertRegex(said, rf"\n\d+ passed, {len(missing)} failed\n\Z")
        return missing

    def test_nothing(self):
        self.assertEqual(self.missing(), [])

    def test_not_committed(self):
        self.write("dkms.conf", 'PACKAGE_VERSION="2.5"\n#\n')
        self.assertEqual(self.missing(), ["all is committed"])

    def test_versions(self):
        self.write("tests/build/run", VERDICT % 1)
        self.assertIn("one version, 2.5, in all files", self.missing())

    def test_changelog(self):
        for text in ("## Unreleased\n\n- Something.\n\n## 2.5 - 2026-12-24\n",
                     "## 2.5\n", f"## 2.4 - 2026-12-24\n\n{RESULT}.\n"):
            self.write("CHANGELOG.md", text)
            self.assertIn("CHANGELOG.md has 2.5 with a date, and nothing unreleased",
                          self.missing())

    def test_result(self):
        for text in ("- What is new.\n", RESULT.replace("0 failed", "1 failed") + ".\n",
                     f"## 2.4 - 2026-11-24\n\n{RESULT}.\n"):
            self.write("CHANGELOG.md", f"## Unreleased\n\n## 2.5 - 2026-12-24\n\n{text}")
            self.assertIn("CHANGELOG.md has the result of make check-all", self.missing())

    def test_tag(self):
        self.git("tag", "-d", "v2.5")
        self.assertEqual(self.missing(), ["the tag v2.5 is on this commit"])

    def test_matrix_of_less(self):
        os.rename(f"{self.clone}/build/logs/check/matrix.log",
                  f"{self.clone}/build/logs/check/matrix-4.20.log")
        self.assertEqual(self.missing(), ["make check-all: matrix has passed on this commit"])

    def test_logs(self):
        self.write("build/logs/check/xen.log", "not ok\n6 passed, 1 failed\nexit 1\n")
        os.remove(f"{self.clone}/build/logs/check/source.log")
        os.utime(f"{self.clone}/build/logs/check/lint.log", (0, 0))
        self.assertEqual(self.missing(),
                         [f"make check-all: {part} has passed on this commit"
                          for part in ("lint", "xen", "source")])
