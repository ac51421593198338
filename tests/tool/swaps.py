# SPDX-License-Identifier: GPL-2.0
"""A kernel with swap areas, in a file, so that all processes of a test see the same."""

import errno
import json
import os
import signal
import time

from hugeballoonlib.swap import areas, kernel

CHUNK_KB = 1000
CHUNK_S = 0.002


class FakeKernel(kernel.Kernel):
    """The files are those of a tree, the calls change what the file in it says. A signal
    ends a swapoff."""

    def __init__(self, tree):
        os.environ["HUGEBALLOON_ROOT"] = tree.root
        super().__init__()
        self.tree = tree
        self.kill_after_swapoff = False
        self.swapon_errors = []
        self.there = None           # paths that can be named; None: all
        self.save([])

    # What the kernel knows

    def load(self):
        with open(self.tree.path("swaps.json"), encoding="ascii") as f:
            return json.load(f)

    def save(self, rows):
        self.tree.put("swaps.json", json.dumps(rows))

    def area(self, path, used_kb, flags=0):
        """One more, as swapon(2) does it."""
        rows = self.load()
        least = min([row["priority"] for row in rows if row["priority"] < 0], default=-1)
        own = flags & areas.PREFER
        priority = flags & areas.PRIORITY_MASK if own else least - 1
        rows.append({"path": path, "used": used_kb, "priority": priority, "flags": flags})
        self.save(rows)

    def off(self, path):
        """Those without a priority of their own move up."""
        rows = self.load()
        gone = next(row for row in rows if row["path"] == path)
        rows.remove(gone)
        for row in rows:
            if row["priority"] < gone["priority"] < 0:
                row["priority"] += 1
        self.save(rows)

    def used(self):
        return {row["path"]: row["used"] for row in self.load()}

    def flags(self, path):
        return next(row["flags"] for row in self.load() if row["path"] == path)

    # Calls

    def swapoff(self, path):
        if path not in self.used():
            return errno.EINVAL
        self.tree.put("swapping", str(os.getpid()))
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        while left := self.used()[path]:
            try:
                os.read(reader, 1)
                return errno.EINTR
            except BlockingIOError:
                pass
            rows = self.load()
            for row in rows:
                if row["path"] == path:
                    row["used"] = max(left - CHUNK_KB, 0)
            self.save(rows)
            time.sleep(CHUNK_S)
        self.off(path)
        if self.kill_after_swapoff:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    def swapon(self, path, flags):
        if self.swapon_errors:
            return self.swapon_errors.pop(0)
        self.area(path, 0, flags)
        return 0

    # Files

    def areas(self):
        rows = [areas.Area(row["path"], row["used"], row["priority"]) for row in self.load()]
        return sorted(rows, key=lambda area: -area.priority)

    def exists(self, path):
        return self.there is None or path in self.there
