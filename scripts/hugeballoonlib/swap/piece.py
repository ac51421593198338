# SPDX-License-Identifier: GPL-2.0
"""One swapoff, in a process of its own, that is interrupted when it has done enough.

It is interrupted between two processes whose memory comes back, and the kernel then uses
the area as before. If it is through before that, the same process swaps the area on
again at once: no signal but SIGKILL comes in between. If that did come, whoever waits for
it swaps the area on; if that one is gone too, the next one does, by the record.
"""

import errno
import os
import signal
import time

LOOK_S = 0.02
RETRY_S = 1
# What the exit status of the process means, besides the number of swapoff's error.
DONE = 0
NOT_ON = 128


def _ignored(*_):
    """Interrupts a call, and does nothing else."""


def _child(kernel, path, flags):
    kernel.die_with_parent()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _ignored)
    error = kernel.swapoff(path)
    if not error and kernel.swapon(path, flags):
        error = NOT_ON
    return error


class Piece:
    def __init__(self, kernel, record, area, flags):
        self.kernel = kernel
        self.record = record
        self.path = area.path
        self.flags = flags
        self.pid = None

    def run(self, enough):
        """Until it is through, or enough(), which is asked often, says so. Returns 0 if it
        is through, or the number of swapoff's error: EINTR is none."""
        self.record.write(self.path, self.flags)
        status = -1
        try:
            self._start()
            while (status := self._ended()) is None:
                if enough():
                    self._interrupt()
                time.sleep(LOOK_S)
        finally:
            if status is None:
                status = self._end()
            self._settle(status)
        return status

    def _start(self):
        self.pid = os.fork()
        if self.pid:
            return
        status = NOT_ON
        try:
            status = _child(self.kernel, self.path, self.flags)
        finally:
            os._exit(status)    # nothing of the parent's is to be done here

    def _ended(self):
        """Its exit status; -1 if it was killed, None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1

    def _interrupt(self):
        # Again and again: the first may come before the call has begun.
        os.kill(self.pid, signal.SIGTERM)

    def _end(self):
        while (status := self._ended()) is None:
            self._interrupt()
            time.sleep(LOOK_S)
        return status

    def _settle(self, status):
        # Somebody else has swapped it off, and means it.
        if status != errno.EINVAL:
            swap_on(self.kernel, self.path, self.flags)
        self.record.clear()


def swap_on(kernel, path, flags):
    """Unless it is; until it is."""
    complained = False
    while all(area.path != path for area in kernel.areas()):
        error = kernel.swapon(path, flags)
        if not error:
            print(f"swapped on {path} again", flush=True)
        elif error in (errno.ENOENT, errno.EINVAL):
            # There is no such area any more, and nothing to wait for.
            print(f"cannot swap on {path} again: {os.strerror(error)}", flush=True)
            return
        else:
            if not complained:
                print(f"cannot swap on {path} again: {os.strerror(error)}; "
                      "trying again", flush=True)
            complained = True
            time.sleep(RETRY_S)


def restore(kernel, record):
    """What a daemon that was killed has left off."""
    found = record.read()
    if found:
        swap_on(kernel, *found)
        record.clear()
