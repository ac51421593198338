# SPDX-License-Identifier: GPL-2.0
"""The modules under test, as guests get them: without debug information."""

import functools
import os
import subprocess

from . import balloon, paths
from .errors import BedError

BORROWER = os.path.join(paths.SCENARIOS, "borrow", "xhb-borrow.ko")


@functools.cache
def kver():
    return subprocess.run([os.path.join(paths.TOP, "scripts", "setup"), "--kver"],
                          check=True, capture_output=True, text=True).stdout.strip()


def _stripped(path):
    if not os.path.exists(path):
        raise BedError(f"{os.path.relpath(path, paths.TOP)} is not built: make testbed")
    built_for = subprocess.run(["/sbin/modinfo", "-F", "vermagic", path], check=True,
                               capture_output=True, text=True).stdout.split()[0]
    if built_for != kver():
        raise BedError(f"{os.path.relpath(path, paths.TOP)} is for {built_for}, "
                       f"the testbed runs {kver()}: make testbed")
    os.makedirs(paths.IMAGES, exist_ok=True)
    target = os.path.join(paths.IMAGES, os.path.basename(path))
    subprocess.run(["strip", "--strip-debug", "-o", target, path], check=True)
    with open(target, "rb") as f:
        return f.read()


@functools.cache
def files():
    """Path in the guest -> contents."""
    return {balloon.MODULE: _stripped(paths.MODULE),
            balloon.BORROWER: _stripped(BORROWER)}
