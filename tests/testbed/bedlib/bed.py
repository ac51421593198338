# SPDX-License-Identifier: GPL-2.0
"""The bed: one emulated machine with Xen, its dom0 and its guests."""

import contextlib
import hashlib
import os
import re
import shutil

from . import census, cpio, hvm, paths, xen
from .console import Console
from .dom0 import Dom0
from .errors import BedError, Timeout
from .guest import Guest
from .qemu import Qemu

# Emulated CPUs leak nothing, and pay several times over for each retpoline. Nor
# do the guests have a PCI bus, whose every slot they would try in vain.
XEN_OPTIONS = ("console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all "
               "noreboot bootscrub=0 spec-ctrl=no dom0_mem={0},max:{0}")
DOM0_OPTIONS = "console=hvc0 loglevel=7 mitigations=off"
GUEST_OPTIONS = "console=hvc0 loglevel=8 mitigations=off pci=noearly"
# Any CPU of QEMU 7.2 that restores its FPU clears a bit in the flags of the *first*
# CPU (cpu_clear_ignne()), and not atomically. "Nested paging is on" stands in the same
# word, so the first CPU may find that as it was before it entered or left a guest;
# what it then takes for page tables ends the guest by a triple fault. Nothing changes
# these flags on a CPU that runs PV guests only. tests/xen/first-cpu.py shows it.
NESTED_CPUS = "all,^0"
# So a dom0 that is itself a PVH domain must not run on the first CPU, either; it can be
# kept on another NUMA node. Xen starts none without an IOMMU, and Intel's cannot share the
# tables of AMD's nested paging. Interrupts need no remapping here.
PVH_DOM0_NODES = 2
PVH_DOM0_OPTIONS = "dom0=pvh dom0_nodes=1 dom0_max_vcpus=1 iommu=no-sharept"
PVH_DOM0_HARDWARE = ("-machine", "q35", "-device", "intel-iommu,intremap=off")
# Of the emulated machine, dom0 and all guests included.
MEMORY = "6G"
CPUS = 2
# For guests that are to run at the same time, or on several.
MORE_CPUS = 3
BOOT_TIMEOUT = 180
GUEST_TIMEOUT = 120


class Bed:
    def __init__(self, run, memory=MEMORY, dom0_memory="2000M", xen_options="",
                 dom0_kernel=None, dom0_type="pv", cpus=CPUS, nodes=1,
                 xen_version=None):
        self.run = run
        self.run_dir = paths.run_dir(run)
        self.log_dir = paths.log_dir(run)
        for directory in (self.run_dir, self.log_dir):
            shutil.rmtree(directory, ignore_errors=True)
            os.makedirs(directory)
        self.images = xen.build_images(xen_version or xen.versions()[0])
        self.guests = {}
        hardware = ()
        if dom0_type == "pvh":
            hardware, nodes = PVH_DOM0_HARDWARE, PVH_DOM0_NODES
            xen_options = f"{PVH_DOM0_OPTIONS} {xen_options}"
        self.qemu = Qemu(self.run_dir, self.log_dir, self.images, cpus, memory,
                         f"{XEN_OPTIONS.format(dom0_memory)} {xen_options}".strip(),
                         dom0_kernel or os.path.join(paths.IMAGES, "vmlinux"),
                         DOM0_OPTIONS, nodes, hardware)
        self.console = Console(self.qemu.console_path)
        self.dom0 = Dom0(self.qemu.open_channel(),
                         os.path.join(self.log_dir, "commands.log"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def wait_ready(self):
        self.dom0.wait_ready(BOOT_TIMEOUT)

    def close(self):
        self.qemu.close()
        self.split_console()
        shutil.rmtree(self.run_dir, ignore_errors=True)

    # Guests

    def _stage_ramdisk(self, name, files):
        """Files become part of the guest's initramfs: nothing is faster."""
        self.dom0.put(cpio.archive(files), f"/guest/{name}.files")
        self.dom0.run(f"cat /guest/guest.cpio /guest/{name}.files >/guest/{name}.cpio; "
                      f"rm /guest/{name}.files")
        return f"/guest/{name}.cpio"

    def _unstage(self, name):
        self.dom0.run(f"rm -f /guest/{name}.cpio /guest/{name}.kernel /guest/{name}.rest")

    def _stage_kernel(self, path):
        with open(path, "rb") as f:
            data = f.read()
        staged = "/guest/kernel." + hashlib.sha256(data).hexdigest()[:16]
        if self.dom0.run(f"test -e {staged}", check=False).status:
            self.dom0.put(data, staged)
        return staged

    def create(self, name, kind, memory=1024, maxmem=None, vcpus=1, cmdline="",
               kernel=None, files=None, timeout=GUEST_TIMEOUT, tsc_mode="native",
               shadow_memory=None, vnuma=None):
        """Start a guest and wait until it answers.

        By default Xen would trap every reading of the time, for lack of a TSC
        that it trusts, and that is slow.
        A crashed guest is kept, so that its death can be told from its absence.
        """
        if name in self.guests:
            raise BedError(f"{name} exists already")
        ramdisk = self._stage_ramdisk(name, files or {})
        config = {
            "name": name,
            "type": kind,
            "extra": f"{GUEST_OPTIONS} {cmdline}".strip(),
            "memory": memory,
            "maxmem": maxmem or memory,
            "vcpus": vcpus,
            "tsc_mode": tsc_mode,
            "on_crash": "preserve",
            "on_reboot": "preserve",
            "on_watchdog": "preserve",
        }
        if kind != "pv":
            config["cpus"] = NESTED_CPUS
        if kind == "hvm":
            config |= hvm.config(self, name, ramdisk, kernel)
        else:
            config |= {"kernel": self._stage_kernel(kernel) if kernel else "/guest/vmlinux",
                       "ramdisk": ramdisk}
        config |= {key: value for key, value in (("shadow_memory", shadow_memory),
                                                 ("vnuma", vnuma)) if value}
        text = "".join(f"{key} = {value!r}\n" for key, value in config.items())
        self.dom0.put(text.encode(), f"/guest/{name}.cfg")
        try:
            self.dom0.run(f"xl create /guest/{name}.cfg", timeout)
            guest = self.guests[name] = Guest(self, name, self._domid(name))
            guest.wait_ready(timeout)
        finally:
            # The device model of a guest that is restored wants its files again.
            if kind != "hvm":
                self._unstage(name)
        return guest

    def _domid(self, name):
        return int(self.dom0.run(f"xl domid {name}").out)

    def guest(self, name):
        if name not in self.guests:
            raise BedError(f"there is no guest {name}")
        return self.guests[name]

    def destroy(self, name):
        guest = self.guest(name)
        self.dom0.run(f"xl destroy {guest.domid}", check=False)
        self._unstage(name)
        del self.guests[name]

    @contextlib.contextmanager
    def paused(self, name):
        """For what is measured in another guest meanwhile."""
        domid = self.guest(name).domid
        self.dom0.run(f"xl pause {domid}")
        try:
            yield
        finally:
            self.dom0.run(f"xl unpause {domid}")

    def make_room_to_save(self):
        """The file is as large as the guest, more than the root filesystem takes."""
        self.dom0.run("mkdir -p /save && mount -t tmpfs -o size=90% none /save")

    def save(self, name, timeout=120):
        self.make_room_to_save()
        self.dom0.run(f"xl save {name} /save/{name}", timeout)

    def restore(self, name, timeout=120):
        """The guest comes back under another domain id."""
        guest = self.guest(name)
        self.dom0.run(f"xl restore /save/{name}", timeout)
        self.dom0.run("umount /save")
        guest.domid = self._domid(name)
        guest.wait_ready(timeout)

    # Seen from outside

    def pages(self, domid):
        """(pages the domain has, pages it may have), exactly."""
        out = self.dom0.run(f"dompages {domid}").out
        return tuple(int(n) for n in re.findall(r"_pages=(\d+)", out))

    def alive(self, domid):
        """Neither gone nor crashed, as xl sees it."""
        listed = self.dom0.run(f"xl list {domid}", check=False)
        state = listed.out.splitlines()[-1].split()[4] if not listed.status else "c"
        return not set("scd") & set(state)

    def census(self, domid):
        start = self.console.size()
        self.dom0.run("xl debug-keys v")
        # Its last line, behind which Xen may have something else to say.
        dump = self.console.wait_for(r"\*{30,}\s*\n", start, 30)
        root = census.nested_table(dump, domid)
        if root is None:
            raise BedError(f"domain {domid} has no nested page table")
        self.qemu.command("stop")
        try:
            return census.count(self.qemu.read_memory, root)
        finally:
            self.qemu.command("cont")

    # Logs

    def guest_console(self, name):
        """All that a guest has printed so far, under each id it had."""
        return self.dom0.run(f"cat /var/log/xen/console/*{name}*").out

    def collect_logs(self):
        """Bring everything that only dom0 has into the log directory."""
        logs = self.dom0.run(f"ls /var/log/xen/console/* {hvm.LOGS}", check=False).out
        for path in logs.split():
            self._write_log(os.path.basename(path), self.dom0.get(path))
        self._write_log("dom0-dmesg.log", self.dom0.run("dmesg").out)

    def _write_log(self, name, text):
        with open(os.path.join(self.log_dir, name), "w") as f:
            f.write(text)

    def split_console(self):
        """Xen's and dom0's console share one serial port."""
        lines = self.console.since(0).splitlines(keepends=True)
        xen = [line for line in lines if line.startswith("(XEN)")]
        dom0 = [line for line in lines if not line.startswith("(XEN)")]
        self._write_log("xen.log", "".join(xen))
        self._write_log("dom0.log", "".join(dom0))
