# SPDX-License-Identifier: GPL-2.0
"""The modules under test, as guests get them: without debug information."""

import functools
import glob
import os
import subprocess
import tempfile

from . import balloon, paths
from .errors import BedError


def _output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()


@functools.cache
def kver():
    return _output(os.path.join(paths.TOP, "scripts", "setup"), "--kver")


@functools.cache
def _own_tree(name):
    return _output(os.path.join(paths.TOP, "scripts", "kernel"), name)


def own_kernel(name):
    """Path of a kernel of scripts/kernel, "debug" or "dom0"; built if need be."""
    return _own_tree(name) + "/vmlinux"


def _stripped(path, name):
    os.makedirs(paths.IMAGES, exist_ok=True)
    target = os.path.join(paths.IMAGES, name)
    subprocess.run(["strip", "--strip-debug", "-o", target, path], check=True)
    with open(target, "rb") as f:
        return f.read()


def _for_stock_kernel(path):
    if not os.path.exists(path):
        raise BedError(f"{os.path.relpath(path, paths.TOP)} is not built: make testbed")
    built_for = _output("/sbin/modinfo", "-F", "vermagic", path).split()[0]
    if built_for != kver():
        raise BedError(f"{os.path.relpath(path, paths.TOP)} is for {built_for}, "
                       f"the testbed runs {kver()}: make testbed")
    return _stripped(path, os.path.basename(path))


@functools.cache
def files():
    """Path in the guest -> contents."""
    return {balloon.MODULE: _for_stock_kernel(paths.MODULE),
            balloon.BORROWER: _for_stock_kernel(paths.BORROWER),
            balloon.STALLER: _for_stock_kernel(paths.STALLER)}


@functools.cache
def floor():
    """The same, of the module that measures the floor."""
    return {balloon.FLOOR: _for_stock_kernel(paths.FLOOR)}


def _built_elsewhere(tree, kind):
    """Those of a directory that is laid out as the project's own."""
    built = {balloon.MODULE: "xen-hugeballoon.ko",
             balloon.BORROWER: "tests/xen/borrow/xhb-borrow.ko",
             balloon.STALLER: "tests/xen/stall/xhb-stall.ko"}
    return {path: _stripped(f"{tree}/{built[path]}", f"{kind}-{os.path.basename(path)}")
            for path in built}


@functools.cache
def of_kernel(names):
    """Modules of the stock kernel; in the guest they are in /, in this order."""
    found = {}
    for name in names:
        pattern = os.path.join(paths.ROOT, "lib/modules", kver(), "kernel/**", f"{name}.ko")
        matches = glob.glob(pattern, recursive=True)
        if not matches:
            raise BedError(f"the stock kernel has no module {name}")
        with open(matches[0], "rb") as f:
            found[f"/{name}.ko"] = f.read()
    return found


@functools.cache
def own_files(name):
    """The same for such a kernel."""
    return _built_elsewhere(_output(os.path.join(paths.TESTBED, "build-modules"), name),
                            name)


def signed(module, name):
    """A module, signed with the key that such a kernel was built with."""
    tree = _own_tree(name)
    with tempfile.NamedTemporaryFile() as f:
        f.write(module)
        f.flush()
        _output(f"{tree}/scripts/sign-file", "sha256", f"{tree}/certs/signing_key.pem",
                f"{tree}/certs/signing_key.x509", f.name)
        # It puts another file in its place.
        with open(f.name, "rb") as result:
            return result.read()


@functools.cache
def series():
    """Those of Debian's kernels that guests can have instead of the stock one."""
    return _output(os.path.join(paths.TOP, "scripts", "trixie"), "series").split()


@functools.cache
def series_kver(name):
    return _output(os.path.join(paths.TOP, "scripts", "trixie"), "kver", name)


@functools.cache
def series_kernel(series):
    """Directory of Debian's newest kernel of that series, and of the modules for it."""
    return _output(os.path.join(paths.TESTBED, "build-guest-kernel"), series)


@functools.cache
def series_files(series):
    """The same for that kernel."""
    return _built_elsewhere(series_kernel(series), series)
