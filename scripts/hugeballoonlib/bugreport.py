# SPDX-License-Identifier: GPL-2.0
"""The command bugreport: one file with what a maintainer needs. Nothing in it is
of processes, and nothing tells which machine it comes from."""

import io
import os
import sys
import tarfile
import time

from . import VERSION
from .driver import DEBUG, DEVICE, MODULE
from .errors import DONE, ToolError
from .log import Log

# proc/version and Xen's compiled_by name the machine of who has built them.
FILES = (
    "proc/sys/kernel/osrelease", "proc/sys/kernel/version", "proc/sys/kernel/tainted",
    "proc/meminfo", "proc/vmstat", "proc/buddyinfo", "proc/pagetypeinfo",
    "sys/hypervisor/type", "sys/hypervisor/guest_type",
    "sys/hypervisor/version/major", "sys/hypervisor/version/minor",
    "sys/hypervisor/version/extra", "sys/hypervisor/properties/features",
    "sys/hypervisor/properties/changeset", "sys/hypervisor/properties/buildid",
    f"{MODULE}/version", f"{MODULE}/srcversion", f"{MODULE}/taint",
    f"{MODULE}/initstate",
    f"{DEBUG}/stats", f"{DEBUG}/places", f"{DEBUG}/latency", f"{DEBUG}/blocks",
)
FOLDERS = (DEVICE, f"{MODULE}/parameters")
# Not the driver's: every device has them.
SKIPPED = ("power", "uevent")
LOG = "dmesg"
SUMMARY = "summary"
MISSING = "missing"


def names(driver):
    yield from FILES
    for folder in FOLDERS:
        for place, folders, files in os.walk(driver.path(folder)):
            folders[:] = sorted(name for name in folders if name not in SKIPPED)
            for name in sorted(files):
                if name not in SKIPPED:
                    yield os.path.relpath(os.path.join(place, name), driver.root)


def gather(driver):
    """name -> text, in the order of reading; what cannot be read is listed."""
    found, missing = {}, []
    for name in names(driver):
        try:
            found[name] = driver.text(name)
        except ToolError as error:
            missing.append(f"{name}: {error}")
    log = Log(driver)
    if log.readable():
        found[LOG] = "".join(f"[{seconds:12.6f}] {text}\n" for seconds, text in log.lines())
    else:
        missing.append(f"{LOG}: cannot read the kernel log; run it as root")
    log.close()
    summary = (f"tool {VERSION}\nmodule {'loaded' if driver.loaded() else 'not loaded'}\n"
               f"root {'yes' if os.geteuid() == 0 else 'no'}\n")
    return {SUMMARY: summary, **found,
            MISSING: "".join(line + "\n" for line in missing)}


def as_text(found):
    return "".join(f"==> {name}\n{text}{'' if text.endswith(chr(10)) else chr(10)}\n"
                   for name, text in found.items()).encode()


def as_archive(found, folder):
    buffer = io.BytesIO()
    now = int(time.time())
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in found.items():
            data = text.encode()
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mtime, entry.mode = len(data), now, 0o644
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def run(driver, terminal, options):
    # Without the module, too: why it is not loaded may be what the report is about.
    stem = f"hugeballoon-bugreport-{time.strftime('%Y%m%d-%H%M%S')}"
    name = options.output or stem + (".txt" if options.text else ".tar.gz")
    found = gather(driver)
    data = as_text(found) if options.text else as_archive(found, stem)
    if name == "-":
        sys.stdout.buffer.write(data)
        return DONE
    try:
        # Never over something else, nor through a link that someone has laid.
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as f:
            f.write(data)
    except OSError as error:
        raise ToolError(f"cannot write {name}: {os.strerror(error.errno)}") from error
    lacks = found[MISSING].count("\n")
    terminal.line(name + (f" ({lacks} files could not be read; {MISSING} in it says why)"
                          if lacks else ""))
    return DONE
