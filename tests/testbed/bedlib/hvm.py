# SPDX-License-Identifier: GPL-2.0
"""What guests of type HVM need beside what all guests need.

They begin in the firmware of a PC, and a program in dom0, the device model, plays that
PC; dom0 gets both with its first HVM guest. The firmware boots Linux's compressed image,
which it would read byte by byte through a port, for two minutes. So it is given the
beginning of the image alone, and the device model has put the rest of it, and the
initramfs, into the guest's memory by then, where that beginning is told to look.
"""

import os
import struct

from . import modules, paths

MB = 1 << 20
# Firmware uses none of it. The kernel would go to the first by itself, and needs 64 MB.
REST_AT = 16 * MB
RAMDISK_AT = 112 * MB
# Places in the image's header; see Documentation/x86/boot.rst of Linux.
SETUP_SECTORS = 0x1f1
REST_POINTER = 0x214
RAMDISK_POINTER = 0x218
RAMDISK_LIMIT = 0x22c
SECTOR = 512
# A PC without a screen and disks. The console is that of other guests.
OPTIONS = {"vga": "none", "nographic": 1, "vnc": 0, "sdl": 0, "usb": 0}
# What the device model says.
LOGS = "/var/log/xen/qemu-dm-*.log"


def _prepare(bed):
    """Does nothing when dom0 has been prepared."""
    dom0 = bed.dom0
    if not dom0.run("test -e /usr/libexec/xen-qemu-system-i386", check=False).status:
        return
    with open(os.path.join(bed.images, "hvm.cpio"), "rb") as f:
        dom0.put(f.read(), "/hvm.cpio")
    dom0.run("cd / && cpio -idu <hvm.cpio && rm hvm.cpio")


def _beginning(image, ramdisk_size):
    """What of a compressed image firmware is to read, and the rest."""
    size = (image[SETUP_SECTORS] + 1) * SECTOR
    beginning = bytearray(image[:size])
    struct.pack_into("<I", beginning, REST_POINTER, REST_AT)
    struct.pack_into("<II", beginning, RAMDISK_POINTER, RAMDISK_AT, ramdisk_size)
    # Or firmware would look for a better place, as high as there is memory.
    struct.pack_into("<I", beginning, RAMDISK_LIMIT, 0)
    # Firmware wants some of the rest as well, for the place where it does not belong.
    return bytes(beginning) + bytes(SECTOR), image[size:]


def _loaded(path, address):
    return ["-device", f"loader,file={path},addr={address},force-raw=on"]


def config(bed, name, ramdisk, kernel=None):
    """Of what only these guests have; ramdisk is in dom0, kernel an image here."""
    dom0 = bed.dom0
    _prepare(bed)
    kernel = kernel or os.path.join(paths.BUILD, "root/boot", f"vmlinuz-{modules.kver()}")
    with open(kernel, "rb") as f:
        image = f.read()
    beginning, rest = _beginning(image, int(dom0.run(f"stat -c %s {ramdisk}").out))
    dom0.put(beginning, f"/guest/{name}.kernel")
    dom0.put(rest, f"/guest/{name}.rest")
    return OPTIONS | {
        "kernel": f"/guest/{name}.kernel",
        "device_model_args_hvm": _loaded(f"/guest/{name}.rest", REST_AT) +
                                 _loaded(ramdisk, RAMDISK_AT)}
