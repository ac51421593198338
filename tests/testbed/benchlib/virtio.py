# SPDX-License-Identifier: GPL-2.0
"""virtio-balloon: a guest with the same kernel and size in plain QEMU, without Xen."""

import contextlib
import os
import shutil
import subprocess
import time

from bedlib import channel, cpio, modules, paths
from bedlib.bed import GUEST_OPTIONS
from bedlib.errors import BedError, Timeout
from bedlib.qmp import Qmp

from . import rivals

MODULES = ("virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
           "virtio_pci", "virtio_balloon")
SCRIPT = """#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for name in {modules}; do insmod /$name.ko || poweroff -f; done
echo ready >/dev/ttyS1
while :; do sleep 1000; done
"""
MB = 1 << 20
POLL_S = 0.002


class Virtio:
    name = rivals.VIRTIO

    def __init__(self, megabytes):
        self.size = megabytes * MB
        self.dir = paths.run_dir("bench-virtio")
        log_dir = paths.log_dir("bench-virtio")
        for directory in (self.dir, log_dir):
            shutil.rmtree(directory, ignore_errors=True)
            os.makedirs(directory)
        self.log_path = os.path.join(log_dir, "qemu.log")
        self.ready_path = os.path.join(log_dir, "ready.log")
        command = [
            "setpriv", "--pdeathsig", "KILL",
            "qemu-system-x86_64", "-nodefaults", "-no-reboot", "-display", "none",
            "-accel", "tcg,thread=multi", "-cpu", "qemu64", "-m", f"{megabytes}M",
            "-device", "virtio-balloon-pci",
            "-serial", "file:" + os.path.join(log_dir, "console.log"),
            "-serial", "file:" + self.ready_path,
            "-qmp", "unix:qmp,server=on,wait=off",
            "-kernel", os.path.join(paths.ROOT, "boot", f"vmlinuz-{modules.kver()}"),
            "-initrd", self._initramfs(),
            "-append", f"{GUEST_OPTIONS.replace('hvc0', 'ttyS0').replace('pci=noearly', '')} "
                       "rdinit=/script",
        ]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, cwd=self.dir, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        self.qmp = Qmp(channel.short_path(self.dir, "qmp"), self._why_dead)

    def _initramfs(self):
        path = os.path.join(self.dir, "initramfs")
        script = SCRIPT.format(modules=" ".join(MODULES)).encode()
        with open(path, "wb") as f, \
                open(os.path.join(paths.IMAGES, "guest.cpio"), "rb") as base:
            f.write(base.read())
            f.write(cpio.archive({**modules.of_kernel(MODULES), "/script": script}))
        return path

    def _why_dead(self):
        if self.process.poll() is None:
            return None
        with open(self.log_path, errors="replace") as f:
            return f.read() or "it said nothing"

    def wait_ready(self, timeout=120):
        deadline = time.monotonic() + timeout
        while not os.path.getsize(self.ready_path):
            if self._why_dead():
                raise BedError(f"plain QEMU has ended: {self._why_dead()}")
            if time.monotonic() > deadline:
                raise Timeout(f"the guest in plain QEMU is not up, see {self.ready_path}")
            time.sleep(0.1)
        self.qmp.command("stop")

    @contextlib.contextmanager
    def at_work(self):
        """It stands still otherwise, for the others' sake."""
        self.qmp.command("cont")
        yield
        self.qmp.command("stop")

    def _reach(self, size, timeout):
        begin = time.monotonic()
        self.qmp.command("balloon", value=size)
        while self.qmp.command("query-balloon")["actual"] != size:
            if time.monotonic() - begin > timeout:
                raise Timeout(f"virtio-balloon has not reached {size // MB} MB")
            time.sleep(POLL_S)
        return time.monotonic() - begin

    def round_trip(self, megabytes, timeout=300):
        """Seconds for giving and for taking."""
        give = self._reach(self.size - megabytes * MB, timeout)
        return give, self._reach(self.size, timeout)

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
