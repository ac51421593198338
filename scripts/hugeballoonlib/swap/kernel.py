# SPDX-License-Identifier: GPL-2.0
"""What is asked of the kernel: its calls for swap areas, and its files."""

import ctypes
import os
import re
import signal

from ..driver import DEVICE, Driver
from . import areas

GROUP = DEVICE + "/selfballoon"
ROOM = GROUP + "/frontswap_room_kb"
PR_SET_PDEATHSIG = 1


class Kernel:
    def __init__(self):
        self.driver = Driver()
        self.libc = ctypes.CDLL(None, use_errno=True)

    # Calls; each returns 0 or the error's number

    def _call(self, function, *arguments):
        return ctypes.get_errno() if function(*arguments) else 0

    def swapoff(self, path):
        """Brings back all that is in the area. A signal ends it, and the kernel then uses
        the area as before."""
        return self._call(self.libc.swapoff, os.fsencode(path))

    def swapon(self, path, flags):
        return self._call(self.libc.swapon, os.fsencode(path), flags)

    def die_with_parent(self):
        self.libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

    # Files

    def number(self, name):
        """Of selfballoon/; None without the module."""
        text = self.driver.maybe(f"{GROUP}/{name}") or ""
        return int(text) if text.isdigit() else None

    def open_room(self):
        """The file to be polled, or None."""
        try:
            return os.open(self.driver.path(ROOM), os.O_RDONLY)
        except OSError:
            return None

    def areas(self):
        # The names may be anything but text.
        with open(self.driver.path("proc/swaps"), errors="surrogateescape") as f:
            return areas.parse(f.read())

    def fstab(self):
        try:
            with open(self.driver.path("etc/fstab"), errors="surrogateescape") as f:
                return areas.Fstab(f.read(), self.driver.root)
        except OSError:
            return areas.Fstab("")

    def exists(self, path):
        """Can it be named? A file that was deleted, or is in another container, cannot."""
        return os.path.exists(self.driver.path(path.lstrip("/")))

    def swapped_kb(self):
        """Of each process: what of it is swapped out."""
        found = []
        for name in os.listdir(self.driver.path("proc")):
            if name.isdigit():
                status = self.driver.maybe(f"proc/{name}/status") or ""
                line = re.search(r"^VmSwap:\s+(\d+) kB", status, re.M)
                found += [int(line.group(1))] if line else []
        return found
