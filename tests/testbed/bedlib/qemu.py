# SPDX-License-Identifier: GPL-2.0
"""One QEMU process, emulating a machine that boots Xen."""

import os
import subprocess

from . import channel
from .qmp import Qmp


def _escaped(text):
    """QEMU takes a comma in a list for the end of an element."""
    return text.replace(",", ",,")


def _processors(cpus, memory, nodes):
    """On a NUMA machine each node has as much of the memory, and sockets belong to them in
    turn; in each is one CPU."""
    if nodes == 1:
        return ["-smp", str(cpus), "-m", memory]
    size = f"{int(memory[:-1]) // nodes}{memory[-1]}"
    return ["-smp", f"{cpus},sockets={cpus}", "-m", memory,
            *(argument for i in range(nodes) for argument in
              ("-object", f"memory-backend-ram,id=node{i},size={size}",
               "-numa", f"node,nodeid={i},memdev=node{i}"))]


class Qemu:
    """Owns the process; ends it when closed or when its starter dies.

    CPU models with SMAP crash a PV dom0 under QEMU 7.2, hence qemu64.
    """

    def __init__(self, run_dir, log_dir, images, cpus, memory, xen_options, dom0_kernel,
                 dom0_options, nodes=1, hardware=()):
        self.dir = run_dir
        self.cpus = cpus
        self.console_path = os.path.join(log_dir, "console.log")
        channel.create_memory(os.path.join(run_dir, "shared"))
        open(self.console_path, "wb").close()
        ramdisk = os.path.join(images, "dom0.cpio")
        command = [
            # Without its starter nobody would ever end QEMU.
            "setpriv", "--pdeathsig", "KILL",
            "qemu-system-x86_64", "-nodefaults", "-no-reboot",
            "-display", "none",
            "-accel", "tcg,thread=multi", "-cpu", "qemu64,+svm,+npt",
            *_processors(cpus, memory, nodes), *hardware,
            "-serial", "file:" + self.console_path,
            "-serial", "unix:doorbell,server=on,wait=off",
            "-qmp", "unix:qmp,server=on,wait=off",
            "-object", "memory-backend-file,id=shared,share=on,mem-path=shared,"
                       f"size={channel.MEMORY_SIZE}",
            "-device", "ivshmem-plain,memdev=shared",
            "-kernel", os.path.join(images, "xen"),
            "-append", xen_options,
            "-initrd", f"{_escaped(dom0_kernel)} {_escaped(dom0_options)},"
                       f"{_escaped(ramdisk)}",
        ]
        with open(os.path.join(log_dir, "qemu.log"), "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=run_dir, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        self.log_path = log.name
        self.qmp = Qmp(channel.short_path(run_dir, "qmp"), self._why_dead)

    def alive(self):
        return self.process.poll() is None

    def wait(self):
        return self.process.wait()

    def close(self):
        self.process.kill()
        self.process.wait()

    def open_channel(self):
        return channel.Channel(os.path.join(self.dir, "shared"),
                               channel.short_path(self.dir, "doorbell"))

    def _why_dead(self):
        if self.alive():
            return None
        with open(self.log_path, errors="replace") as f:
            return f.read() or "it said nothing"

    def command(self, command, **arguments):
        return self.qmp.command(command, **arguments)

    def read_memory(self, address, length):
        """Bytes of the emulated machine's physical memory."""
        self.command("pmemsave", val=address, size=length, filename="memory")
        path = os.path.join(self.dir, "memory")
        with open(path, "rb") as f:
            return f.read()
