# SPDX-License-Identifier: GPL-2.0
"""The same on the debug kernel, where a warning is a panic."""

from bedlib import soak

DEBUG = True
BY_NAME = True
GUEST = {"memory": 1024, "vcpus": 2, "cmdline": "movablecore=320M", "timeout": 300}
KINDS = ("pvh", "pv")
run = soak.run
