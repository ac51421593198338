# SPDX-License-Identifier: GPL-2.0
"""On what it was measured."""

import os
import re
import subprocess

from bedlib import modules, paths


def _first(pattern, text):
    found = re.search(pattern, text, re.M)
    return found.group(1).strip() if found else "unknown"


def _said(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def available_mb():
    """Memory of this machine that nobody needs."""
    with open("/proc/meminfo", encoding="ascii") as f:
        return int(_first(r"^MemAvailable: +(\d+)", f.read())) // 1024


def facts(bed):
    """What -> in words."""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = _first(r"^model name\s*: (.*)$", f.read())
    xen = bed.dom0.run("xl info").out
    return {
        "driver": _said(os.path.join(paths.TOP, "scripts", "version")).strip(),
        "kernel of dom0 and guests": modules.kver(),
        "Xen": _first(r"^xen_version +: (.*)$", xen),
        "QEMU": _first(r"version (.*)$", _said("qemu-system-x86_64", "--version")),
        "CPU": f"qemu64 with SVM and nested paging, {bed.qemu.cpus} of them, emulated "
               f"(TCG) on {os.cpu_count()} CPUs of {cpu}",
    }
