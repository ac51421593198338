# SPDX-License-Identifier: GPL-2.0
"""Commands and files in dom0, through its agent."""

import itertools
import os
import shlex
import struct
import threading
import time
from dataclasses import dataclass

from .channel import PAYLOAD_MAX
from .errors import BedError, CommandFailed, Timeout


@dataclass
class Result:
    status: int
    out: str
    err: str


class Pending:
    """What has come back so far for one request."""

    def __init__(self):
        self.error = None           # from the acknowledgement
        self.status = None          # from the end of the command
        self.out = bytearray()
        self.err = bytearray()


class Dom0:
    def __init__(self, channel, log_path):
        self.channel = channel
        self.log = open(log_path, "w")
        self.start = time.monotonic()
        self.changed = threading.Condition()
        self.ready = False
        self.dead = None            # why nothing will answer any more
        self.pending = {}
        self.ids = itertools.count(1)
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self):
        for kind, ident, payload in self.channel.receive():
            with self.changed:
                self._handle(kind, self.pending.get(ident), payload)
                self.changed.notify_all()
        self.declare_dead("QEMU has ended")

    def _handle(self, kind, pending, payload):
        if kind == "H":
            self.ready = True
        elif pending is None:
            pass                    # its caller has given up
        elif kind == "a":
            pending.error = struct.unpack("<i", payload)[0]
        elif kind == "o":
            pending.out += payload
        elif kind == "e":
            pending.err += payload
        elif kind == "x":
            pending.status = os.waitstatus_to_exitcode(
                struct.unpack("<i", payload)[0])

    def declare_dead(self, reason):
        with self.changed:
            self.dead = self.dead or reason
            self.changed.notify_all()

    def _wait(self, condition, deadline, what):
        with self.changed:
            while not condition():
                if self.dead:
                    raise BedError(f"{what}: {self.dead}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Timeout(f"{what}: no answer before the deadline")
                self.changed.wait(left)

    def wait_ready(self, timeout):
        self._wait(lambda: self.ready, time.monotonic() + timeout, "dom0 boot")

    def _request(self, kind, payload, deadline, what, condition):
        ident = next(self.ids)
        pending = self.pending[ident] = Pending()
        try:
            self.channel.send(kind, ident, payload, deadline)
            self._wait(lambda: pending.error or condition(pending), deadline, what)
            if pending.error:
                raise BedError(f"{what}: {os.strerror(pending.error)}")
            return pending
        except Timeout:
            self.channel.send("K", ident)
            raise
        finally:
            del self.pending[ident]

    def run(self, command, timeout=60, check=True):
        """Run a shell command; raises unless it exits 0, if check is set."""
        begin = time.monotonic()
        done = self._request("R", command.encode(), begin + timeout,
                             f"dom0: {command!r}",
                             lambda p: p.status is not None)
        print(f"{begin - self.start:8.2f} +{time.monotonic() - begin:6.2f} "
              f"{done.status:4} {command!r}", file=self.log, flush=True)
        result = Result(done.status, done.out.decode(errors="replace"),
                        done.err.decode(errors="replace"))
        if check and result.status:
            raise CommandFailed("dom0", command, result)
        return result

    def put(self, data, path, timeout=60):
        """Create the file path in dom0."""
        deadline = time.monotonic() + timeout
        name = path.encode() + b"\0"
        step = PAYLOAD_MAX - len(name)
        kind = "C"
        for start in range(0, max(len(data), 1), step):
            self._request(kind, name + data[start:start + step], deadline,
                          f"dom0: {path}", lambda p: p.error is not None)
            kind = "A"

    def get(self, path, timeout=60):
        return self.run(f"cat {shlex.quote(path)}", timeout).out
