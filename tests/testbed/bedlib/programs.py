# SPDX-License-Identifier: GPL-2.0
"""Programs of this machine, for guests: with the libraries that they are linked to."""

import functools
import os
import re
import shutil
import subprocess

from .errors import BedError

LOADER = "/lib/ld-linux-x86-64.so.2"


def read(path):
    with open(path, "rb") as f:
        return f.read()


def said(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def libraries(path):
    """Path in the guest -> contents; the loader is among them."""
    lines = said("ldd", path).decode()
    paths = re.findall(r"=> (/\S+)", lines) + re.findall(r"^\s*(/\S*ld-linux\S*)", lines, re.M)
    return {f"/lib/{os.path.basename(path)}": read(path) for path in paths}


@functools.cache
def files(name):
    """The same for a program; in the guest it is called by its name."""
    path = shutil.which(name)
    if not path:
        raise BedError(f"this machine has no {name}")
    wrapper = f"#!/bin/sh\nexec {LOADER} --library-path /lib /bin/{name}.real \"$@\"\n"
    return {f"/bin/{name}": wrapper.encode(),
            f"/bin/{name}.real": read(os.path.realpath(path)), **libraries(path)}
