# SPDX-License-Identifier: GPL-2.0
"""A command in a terminal of its own, as its user sees it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

ESCAPE = re.compile(r"\033\[[0-9;?]*[A-Za-z]")
CTRL_C = b"\x03"
# Whoever waits for what a test wants to see waits this long, and none needs it.
DEADLINE_S = 20


def plain(text):
    return ESCAPE.sub("", text)


def interruptible():
    """As from a shell, also if the tests run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Session:
    """Its terminal is the controlling one."""

    def __init__(self, command, environ, columns=80, rows=24, user=None,
                 deadline_s=DEADLINE_S):
        self.deadline_s = deadline_s
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            command, env=environ, user=user, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=self._begin)
        os.close(slave)
        self.output = ""

    @staticmethod
    def _begin():
        interruptible()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

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
        deadline = time.monotonic() + self.deadline_s
        while not re.search(pattern, plain(self.output)):
            if time.monotonic() > deadline or not self._read(0.1):
                raise AssertionError(f"no {pattern!r} in {self.output!r}")

    def send(self, keys):
        os.write(self.master, keys)

    def end(self):
        """Its exit status, once it has ended by itself."""
        deadline = time.monotonic() + self.deadline_s
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
