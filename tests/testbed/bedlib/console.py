# SPDX-License-Identifier: GPL-2.0
"""Xen's console, a log file that QEMU writes."""

import os
import re
import time

from .errors import Timeout

CRASH = re.compile(
    r"^\(XEN\)[^\n]*(?:domain_crash|Domain \d+ \(vcpu#\d+\) crashed"
    r"|Triple fault|Assertion|Xen BUG|FATAL|Xen WARN|Panic)[^\n]*", re.M)

# Xen prints the registers of what it crashes.
REPORT_LINES = 30


class Console:
    def __init__(self, path):
        self.path = path

    def size(self):
        return os.path.getsize(self.path)

    def since(self, offset):
        with open(self.path, errors="replace", newline="") as f:
            f.seek(offset)
            return f.read().replace("\r", "")

    def wait_for(self, pattern, offset, timeout):
        """The text since offset, once it matches pattern."""
        deadline = time.monotonic() + timeout
        while True:
            text = self.since(offset)
            if re.search(pattern, text):
                return text
            if time.monotonic() > deadline:
                raise Timeout(f"Xen did not print {pattern!r}")
            time.sleep(0.02)

    def crashes(self):
        """Lines that say that Xen or a domain crashed."""
        return [m.group(0) for m in CRASH.finditer(self.since(0))]

    def crash_report(self):
        """From the last crash on, or "" if there was none."""
        text = self.since(0)
        found = list(CRASH.finditer(text))
        if not found:
            return ""
        lines = text[found[-1].start():].splitlines(keepends=True)
        return "".join(lines[:REPORT_LINES])
