# SPDX-License-Identifier: GPL-2.0
"""The same on the debug kernel, which lends pages of the balloon to mappings."""

from bedlib import storm

DEBUG = True
RELEASE = True
GUEST = {"memory": 1024, "vcpus": 4, "timeout": 300}
KINDS = ("pvh", "pv")
SECONDS = 30
files = storm.files


def run(t):
    storm.run(t, SECONDS)
