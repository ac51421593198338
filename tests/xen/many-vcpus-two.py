# SPDX-License-Identifier: GPL-2.0
"""The same with two vCPUs, and for longer."""

from bedlib import storm

RELEASE = True
GUEST = {"memory": 640, "vcpus": 2}
KINDS = ("pvh", "pv")
SECONDS = 60
files = storm.files


def run(t):
    storm.run(t, SECONDS)
