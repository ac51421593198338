# SPDX-License-Identifier: GPL-2.0
"""The same on a kernel that reports data races: of those none is the driver's."""

from bedlib import storm

GUEST_KERNEL = "kcsan"
# `make check-kcsan` is what runs it.
BY_NAME = True
# All that is reported is to be in the log at the end.
GUEST = {"memory": 640, "vcpus": 4, "cmdline": "log_buf_len=8M", "timeout": 300}
KINDS = ("pvh", "pv")
SECONDS = 60
files = storm.files


def run(t):
    storm.run(t, SECONDS)
