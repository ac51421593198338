# SPDX-License-Identifier: GPL-2.0
"""The project's files, as the tests here read them."""
import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def run(*command, **options):
    """What a command said, and its exit status."""
    done = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    return done.stdout, done.returncode


def dkms(kernel):
    """What DKMS reads for a kernel: a dict of dkms.conf's variables."""
    names = ("PACKAGE_VERSION", "BUILD_EXCLUSIVE_KERNEL_MIN", "BUILD_EXCLUSIVE_KERNEL_MAX",
             "BUILD_EXCLUSIVE_KERNEL", "BUILD_EXCLUSIVE_CONFIG")
    said = subprocess.run(
        ["bash", "-c", 'kernelver=$1; . "$2"; shift 2; for name; do echo "${!name}"; done',
         "-", kernel, f"{TOP}/dkms.conf", *names],
        text=True, check=True, stdout=subprocess.PIPE).stdout
    return dict(zip(names, said.splitlines(), strict=True))
