# SPDX-License-Identifier: GPL-2.0
"""Which Xen a bed boots; scripts/xen knows what there is."""

import functools
import os
import subprocess

from . import paths


def _said(*words):
    return subprocess.run([os.path.join(paths.TOP, "scripts", "xen"), *words],
                          check=True, stdout=subprocess.PIPE, text=True).stdout


@functools.cache
def versions():
    """The default first."""
    return _said("versions").split()


def full_version(version):
    return _said("full", version).strip()


def build_images(version):
    """Does nothing when they are built; the directory with what only that Xen needs."""
    subprocess.run([os.path.join(paths.TESTBED, "build-images"), version], check=True)
    return os.path.join(paths.IMAGES, f"xen-{version}")
