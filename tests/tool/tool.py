# SPDX-License-Identifier: GPL-2.0
"""Runs the tool as users do: through a pipe, and in a terminal."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import unittest

# For tests, some of it.
from session import CTRL_C, DEADLINE_S, Session, interruptible, plain  # noqa: F401
from tree import Tree

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TOOL = os.path.join(TOP, "scripts", "hugeballoon")
HOST_TOOL = os.path.join(TOP, "scripts", "hugeballoon-host")
# The distribution's, which all users may run.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def environment(tree, **extra):
    kept = {name: value for name, value in os.environ.items()
            if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    # No compiled files in the source tree.
    return {**kept, "HUGEBALLOON_ROOT": tree.root, "TERM": "xterm",
            "PYTHONDONTWRITEBYTECODE": "1", **extra}


class ToolTest(unittest.TestCase):
    """Each test has a tree."""

    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.remove)

    @contextlib.contextmanager
    def start(self, *arguments, tool=TOOL, user=None, preexec_fn=interruptible):
        """A process that ends with the block, however that ends."""
        with subprocess.Popen([PYTHON, tool, *arguments], env=environment(self.tree),
                              text=True, user=user, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              preexec_fn=preexec_fn) as process:
            try:
                yield process
            finally:
                process.kill()

    def run_tool(self, *arguments, **options):
        """(exit status, stdout, stderr) through pipes."""
        with self.start(*arguments, **options) as process:
            out, err = process.communicate(timeout=DEADLINE_S)
            return process.returncode, out, err

    def succeeds(self, *arguments, **options):
        code, out, err = self.run_tool(*arguments, **options)
        self.assertEqual((code, err), (0, ""), out)
        return out

    def fails(self, code, pattern, *arguments, **options):
        """With one line on stderr; returns stdout."""
        got, out, err = self.run_tool(*arguments, **options)
        self.assertEqual(got, code, err)
        self.assertRegex(err, pattern)
        self.assertEqual(len(err.splitlines()), 1, err)
        return out

    def interrupted(self, *arguments, until):
        """Ctrl-C through a pipe, when until() holds; (exit status, stdout, stderr)."""
        with self.start(*arguments) as process:
            self.wait_until(until)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=DEADLINE_S)
            return process.returncode, out, err

    def wait_until(self, condition):
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waits in vain")
            time.sleep(0.01)

    def session(self, *arguments, tool=TOOL, columns=80, rows=24, **extra):
        """In a terminal of its own; extra is of its environment."""
        session = Session([PYTHON, tool, *arguments], environment(self.tree, **extra),
                          columns, rows)
        self.addCleanup(session.process.wait)
        self.addCleanup(session.process.kill)
        return session
