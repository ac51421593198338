# SPDX-License-Identifier: GPL-2.0
"""Where things are in the tree. Everything generated is below build/."""

import os

TESTBED = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(os.path.dirname(TESTBED))
BUILD = os.path.join(TOP, "build")
ROOT = os.path.join(BUILD, "root")
IMAGES = os.path.join(BUILD, "testbed")
SCENARIOS = os.path.join(TOP, "tests", "xen")
MODULE = os.path.join(TOP, "xen-hugeballoon.ko")
BORROWER = os.path.join(SCENARIOS, "borrow", "xhb-borrow.ko")
STALLER = os.path.join(SCENARIOS, "stall", "xhb-stall.ko")
FLOOR = os.path.join(TESTBED, "floor", "xhb-floor.ko")


def run_dir(run):
    """Sockets and shared memory of one running bed."""
    return os.path.join(BUILD, "run", run)


def log_dir(run):
    return os.path.join(BUILD, "logs", run)
