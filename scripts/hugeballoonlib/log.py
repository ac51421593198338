# SPDX-License-Identifier: GPL-2.0
"""What the driver has said in the kernel log. For root only."""

import os

from .driver import LOG

MARK = "xen_hugeballoon: "
# No record is longer.
RECORD = 8192


class Log:
    """Reads records without waiting for more; all of them, or those that come."""

    def __init__(self, driver, from_now=False):
        self.handle = None
        try:
            self.handle = os.open(driver.path(LOG), os.O_RDONLY | os.O_NONBLOCK)
            if from_now:
                os.lseek(self.handle, 0, os.SEEK_END)
        except OSError:
            pass        # then there is nothing to be known

    def readable(self):
        return self.handle is not None

    def close(self):
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def lines(self):
        """What the driver has said since the last call: (seconds since boot, text)."""
        whole = "".join(self._records())
        for line in whole.splitlines():
            prefix, semicolon, text = line.partition(";")
            if semicolon and text.startswith(MARK):
                yield self._seconds(prefix), text[len(MARK):]

    @staticmethod
    def _seconds(prefix):
        fields = prefix.split(",")
        return int(fields[2]) / 1e6 if len(fields) > 2 and fields[2].isdigit() else 0.0

    def _records(self):
        while self.handle is not None:
            try:
                data = os.read(self.handle, RECORD)
            except BrokenPipeError:
                continue        # some were overwritten before they were read
            except OSError:
                return
            if not data:
                return
            yield data.decode(errors="replace")
