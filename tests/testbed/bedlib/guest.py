# SPDX-License-Identifier: GPL-2.0
"""A guest as its toolstack and its agent show it."""

import hashlib
import shlex

from .dom0 import Result
from .errors import BedError, CommandFailed, GuestDied, Timeout

# guestctl's own exit statuses; everything below 250 is the command's.
TIMED_OUT = 250
GUEST_DEAD = 251
# What dom0 and its toolstack need on top of the deadline given to guestctl.
SLACK = 20


class Guest:
    def __init__(self, bed, name, domid):
        self.bed = bed
        self.name = name
        self.domid = domid

    def _guestctl(self, operation, timeout, *arguments):
        words = ["guestctl", str(self.domid), operation, str(timeout), *arguments]
        result = self.bed.dom0.run(shlex.join(words), timeout + SLACK, check=False)
        if result.status == TIMED_OUT:
            raise Timeout(f"{self.name}: {operation} {arguments}: {result.err.strip()}")
        if result.status == GUEST_DEAD:
            raise GuestDied(self.name, result.err.strip())
        if result.status > GUEST_DEAD:
            raise BedError(f"{self.name}: {result.err.strip()}")
        return result

    def wait_ready(self, timeout):
        self._guestctl("wait", timeout)

    def run(self, command, timeout=60, check=True) -> Result:
        """Run a shell command in the guest; raises unless it exits 0, if check."""
        result = self._guestctl("run", timeout, command)
        if check and result.status:
            raise CommandFailed(self.name, command, result)
        return result

    def put(self, data, path, timeout=60):
        staged = "/tmp/push." + hashlib.sha256(data).hexdigest()[:16]
        self.bed.dom0.put(data, staged)
        result = self._guestctl("push", timeout, staged, path)
        self.bed.dom0.run(f"rm -f {staged}")
        if result.status:
            raise CommandFailed(self.name, f"push {path}", result)

    def pages(self):
        return self.bed.pages(self.domid)

    def census(self):
        return self.bed.census(self.domid)
