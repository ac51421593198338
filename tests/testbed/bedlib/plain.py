# SPDX-License-Identifier: GPL-2.0
"""A guest's kernel in QEMU without Xen, for what must not happen there."""

import os
import subprocess

from . import cpio, paths
from .errors import Timeout

SCRIPT = """#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
(
{script}
) >/dev/ttyS1 2>&1
poweroff -f
"""


def run(name, script, files, kver, timeout=120):
    """What a shell script writes, run as the first process. Over a serial port
    of its own, so that no kernel message gets between."""
    log_dir = paths.log_dir(name)
    os.makedirs(log_dir, exist_ok=True)
    answer = os.path.join(log_dir, "answer.log")
    initramfs = os.path.join(log_dir, "initramfs.cpio")
    with open(os.path.join(paths.IMAGES, "guest.cpio"), "rb") as f:
        base = f.read()
    with open(initramfs, "wb") as f:
        f.write(base)
        f.write(cpio.archive({**files, "/script": SCRIPT.format(script=script).encode()}))
    command = [
        "setpriv", "--pdeathsig", "KILL",
        "qemu-system-x86_64", "-nodefaults", "-no-reboot", "-display", "none",
        "-accel", "tcg", "-m", "512",
        "-serial", "file:" + os.path.join(log_dir, "console.log"),
        "-serial", "file:" + answer,
        "-kernel", os.path.join(paths.BUILD, "root", "boot", f"vmlinuz-{kver}"),
        "-initrd", initramfs,
        "-append", "console=ttyS0 loglevel=7 panic=-1 rdinit=/script",
    ]
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=timeout)
    except subprocess.TimeoutExpired as e:
        raise Timeout(f"plain QEMU did not end within {timeout} s, see {log_dir}") from e
    with open(answer, errors="replace") as f:
        return f.read().replace("\r", "")
