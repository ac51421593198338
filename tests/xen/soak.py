# SPDX-License-Identifier: GPL-2.0
"""Everything that can happen to a guest happens to it, at random, for MINUTES."""

from bedlib import soak

# `make soak` is what runs it.
BY_NAME = True
GUEST = {"memory": 768, "vcpus": 2, "cmdline": "movablecore=320M"}
KINDS = ("pvh", "pv")
KERNEL_MODULES = ("zsmalloc", "zram")
run = soak.run
