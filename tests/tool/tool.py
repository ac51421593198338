# SPDX-License-Identifier: GPL-2.0
"""Runs the tool as users do: through a pipe, and in a terminal."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

from tree import DEADLINE_S, Tree

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TOOL = os.path.join(TOP, "scripts", "hugeballoon")
HOST_TOOL = os.path.join(TOP, "scripts", "hugeballoon-host")
# The distribution's, which all users may run.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
ESCAPE = re.compile(r"\033\[[0-9;?]*[A-Za-z]")
CTRL_C = b"\x03"


def environment(tree, **extra):
    kept = {name: value for name, value in os.environ.items()
            if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    # No compiled files in the source tree.
    return {**kept, "HUGEBALLOON_ROOT": tree.root, "TERM": "xterm",
            "PYTHONDONTWRITEBYTECODE": "1", **extra}


def plain(text):
    return ESCAPE.sub("", text)


class Session:
    """The tool in a terminal of its own, which is its controlling one."""

    def __init__(self, tree, *arguments, columns=80, rows=24, tool=TOOL,
                 **extra):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            [PYTHON, tool, *arguments], env=environment(tree, **extra),
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.output = ""

    def _read(self, seconds):
        """False when there will be no more."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        self.output += data.decode(errors="replace")
        return bool(data)

    def wait_for(self, pattern):
        deadline = time.monotonic() + DEADLINE_S
        while not re.search(pattern, plain(self.output)):
            if time.monotonic() > deadline or not self._read(0.1):
                raise AssertionError(f"no {pattern!r} in {self.output!r}")

    def send(self, keys):
        os.write(self.master, keys)

    def end(self):
        """Its exit status, once it has ended by itself."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read(0.1):
            if time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"does not end: {self.output!r}")
        os.close(self.master)
        return self.process.wait()

    def lines(self):
        """As they look in the end: what a bar was replaced by counts."""
        return [plain(line.rstrip("\r").rpartition("\r")[2])
                for line in self.output.split("\n")]

    def widest(self):
        """Of everything that was ever in a line."""
        return max(len(plain(piece)) for piece in re.split("[\r\n]", self.output))


class ToolTest(unittest.TestCase):
    """Each test has a tree."""

    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.remove)

    @contextlib.contextmanager
    def start(self, *arguments, tool=TOOL, user=None, preexec_fn=None):
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

    def session(self, *arguments, **options):
        session = Session(self.tree, *arguments, **options)
        self.addCleanup(session.process.wait)
        self.addCleanup(session.process.kill)
        return session
