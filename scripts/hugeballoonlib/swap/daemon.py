# SPDX-License-Identifier: GPL-2.0
"""The daemon: while the module says that memory is no longer short, swapped-out memory
comes back a part at a time, and what it took in zram, zswap or on a disk is free."""

import errno
import os
import select
import time

from . import areas, piece

# Less is not worth a swapoff.
LEAST_KB = 1024
# Without the module, and with nothing swapped out.
SLOW_S = 30
POLL = select.POLLPRI | select.POLLERR


class Daemon:
    def __init__(self, kernel, record, verbose=False):
        self.kernel = kernel
        self.record = record
        self.verbose = verbose
        self.order = []         # of areas without a priority of their own
        self.refused = {}       # path -> error that was complained about

    def run(self):
        piece.restore(self.kernel, self.record)
        while True:
            room = self.kernel.number("frontswap_room_kb")
            self.wait(self.look(room), room)

    def wait(self, seconds, room):
        """So long, or until the module has news."""
        handle = self.kernel.open_room()
        if handle is None:
            time.sleep(min(seconds, SLOW_S))
            return
        try:
            # What is polled is a change after it was read.
            if (os.read(handle, 32).strip() == b"0") == (not room):
                poll = select.poll()
                poll.register(handle, POLL)
                poll.poll(seconds * 1000)
        except OSError as error:
            # It goes when the module is unloaded.
            if error.errno != errno.ENODEV:
                raise
        finally:
            os.close(handle)

    def look(self, room):
        """One part, if there is room; returns after how many seconds to look again."""
        found = self.kernel.areas()
        self._remember(found)
        if not room:
            return SLOW_S
        used = sum(area.used_kb for area in found)
        if not used:
            self._reorder(found)
            return SLOW_S
        part = max(used // (self.kernel.number("frontswap_hysteresis") or 1), LEAST_KB)
        if room >= min(used, part + self._largest(used)):
            self._bring_back(found, part)
        return self.kernel.number("selfballoon_interval") or SLOW_S

    def _remember(self, found):
        there = [area.path for area in found if area.automatic]
        self.order = [path for path in self.order if path in there]
        self.order += [path for path in there if path not in self.order]

    def _largest(self, used):
        """What may come back beyond the part: the memory of a process comes as a whole,
        and so does all that belongs to none (tmpfs, shared memory)."""
        of_processes = self.kernel.swapped_kb()
        return max([used - min(used, sum(of_processes)), *of_processes])

    def _bring_back(self, found, part):
        """From the area that is used last first: it should be the slowest."""
        for area in reversed(found):
            if part <= 0:
                break
            if area.used_kb and self.kernel.exists(area.path):
                part -= self._bring_back_from(area, part)

    def _bring_back_from(self, area, part):
        """Returns how much of the part is done."""
        goal = area.used_kb - part
        begin = time.monotonic()
        # With no goal above nothing it goes on to the end.
        status = self._run(area, lambda: self._pressed() or
                           goal > 0 and self._used(area.path) <= goal)
        if self.verbose:
            done = area.used_kb - max(self._used(area.path), 0)
            print(f"{area.path}: {done} KiB came back in {time.monotonic() - begin:.2f} s, "
                  f"{'all of it' if status == piece.DONE else 'so far'}", flush=True)
        return min(area.used_kb, part) if status == piece.DONE else part

    def _run(self, area, enough):
        flags = area.flags(self.kernel.fstab())
        status = piece.Piece(self.kernel, self.record, area, flags).run(enough)
        if status > 0 and status not in (errno.EINTR, errno.EINVAL, piece.NOT_ON):
            if self.refused.get(area.path) != status:
                print(f"{area.path}: swapoff: {os.strerror(status)}", flush=True)
            self.refused[area.path] = status
        return status

    def _used(self, path):
        """-1 if it is not there."""
        return next((area.used_kb for area in self.kernel.areas() if area.path == path), -1)

    def _pressed(self):
        return not self.kernel.number("frontswap_room_kb")

    def _reorder(self, found):
        """Nothing is in any of them, so that is done in no time."""
        by_path = {area.path: area for area in found}
        for path in areas.misplaced(found, self.order):
            if not self.kernel.exists(path):
                break
            self._run(by_path[path], self._pressed)
