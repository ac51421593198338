# SPDX-License-Identifier: GPL-2.0
"""The project's files, as the tests here read them."""
import os
import shutil
import stat
import subprocess
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def run(*command, **options):
    """What a command said, and its exit status."""
    done = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    return done.stdout, done.returncode


def copies(test, *paths):
    """A folder with these files of the project, for as long as the test takes."""
    folder = tempfile.mkdtemp(prefix="hugeballoon-test.")
    test.addCleanup(shutil.rmtree, folder)
    for path in paths:
        target = f"{folder}/{path}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(f"{TOP}/{path}", target)
    return folder


def program(path, script):
    """Something that can be run, in place of what has that name."""
    with open(path, "w", encoding="utf-8") as f:
        f.write(script)
    os.chmod(path, stat.S_IRWXU)


def dkms(kernel):
    """What DKMS reads for a kernel: a dict of dkms.conf's variables."""
    names = ("PACKAGE_VERSION", "BUILD_EXCLUSIVE_KERNEL_MIN", "BUILD_EXCLUSIVE_KERNEL_MAX",
             "BUILD_EXCLUSIVE_KERNEL", "BUILD_EXCLUSIVE_CONFIG")
    said = subprocess.run(
        ["bash", "-c", 'kernelver=$1; . "$2"; shift 2; for name; do echo "${!name}"; done',
         "-", kernel, f"{TOP}/dkms.conf", *names],
        text=True, check=True, stdout=subprocess.PIPE).stdout
    return dict(zip(names, said.splitlines(), strict=True))
