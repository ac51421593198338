# SPDX-License-Identifier: GPL-2.0
"""
Checks that other programs do: checkpatch, sparse, the compiler, kernel-doc,
shellcheck, mandoc.
"""
import os
import re
import shutil
import subprocess

import files

# What checkpatch says that does not hold, by file. Each has to be needed.
# CAMELCASE: it does not find the kernel's names that macros make.
# ENOSYS: Xen's error for a hypercall that it does not have.
EXEMPT = {
    # The one place for them, and only of the tests; and the constant is a macro.
    "tests/kunit/kernels.h": ("LINUX_VERSION_CODE", "CONSTANT_COMPARISON"),
    "src/compat.c": ("CAMELCASE",),
    # TRACE_EVENT() has a style of its own.
    "include/xhb_trace.h": ("OPEN_ENDED_LINE", "PARENTHESIS_ALIGNMENT"),
    # The comment is the kernel-doc one.
    "include/xhb.h": ("UNCOMMENTED_DEFINITION",),
    # A table, a line of which becomes part of an array or a declaration.
    "include/xhb_knobs.h": ("COMPLEX_MACRO", "LONG_LINE", "MACRO_ARG_REUSE",
                            "TRAILING_SEMICOLON"),
    "src/front/sysfs.c": ("COMPLEX_MACRO", "MACRO_ARG_REUSE",
                          "TRAILING_SEMICOLON"),
    "src/front/knobs.c": ("MACRO_ARG_REUSE", "TRAILING_SEMICOLON"),
    # Powers of two, not bits.
    "include/xhb_xen.h": ("BIT_MACRO",),
    "tests/kunit/fake_hypercall.c": ("ENOSYS",),
    "tests/kunit/fakes_kunit.c": ("ENOSYS",),
    "tests/kunit/reservation_kunit.c": ("ENOSYS",),
    # A macro that makes functions of a number.
    "tests/kunit/seams.h": ("MACRO_ARG_REUSE",),
    "tests/kunit/tasks_kunit.c": ("MACRO_ARG_REUSE",),
}

# Programs are no kernel code: what the kernel has of its own is not there.
PROGRAMS = ("tests/testbed/", "tests/hardware/")
EXEMPT_PROGRAMS = ("ARRAY_SIZE", "ENOSYS", "PREFER_DEFINED_ATTRIBUTE_MACRO",
                   "PREFER_KERNEL_TYPES", "USE_NEGATIVE_ERRNO", "VOLATILE")

MESSAGE = re.compile(r"^(.*?):(\d+): (?:ERROR|WARNING|CHECK):(\w+): (.*)$")


def run(command, **options):
    return subprocess.run(command, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **options)


def output_of(command):
    result = subprocess.run(command, text=True, check=True,
                            stdout=subprocess.PIPE)
    return result.stdout.strip()


class Tools:
    """Runs programs on the project at @top."""

    def __init__(self, top, home):
        self.top = top
        self.home = home
        self._source = None
        self._built = None

    def source(self):
        """The kernel's source; unpacked when it is needed first."""
        if not self._source:
            self._source = output_of([f"{self.home}/scripts/kernel",
                                      "--source"])
        return self._source

    def checkpatch(self):
        """The kernel's style, strictly."""
        source = self.source()
        problems, needed = [], set()
        # All at once: it looks through the kernel's headers before it starts.
        paths = files.c_files(self.top, "")
        result = run(["perl", f"{source}/scripts/checkpatch.pl",
                      f"--root={source}", "--strict", "--terse",
                      "--show-types", "--no-summary", "-f"] +
                     [f"{self.top}/{path}" for path in paths], cwd=source)
        for line in result.stdout.splitlines():
            found = MESSAGE.match(line)
            path = os.path.relpath(found.group(1), self.top) if found else ""
            kind = found.group(3) if found else ""
            if kind in EXEMPT.get(path, ()):
                needed.add((path, kind))
            elif path.startswith(PROGRAMS) and kind in EXEMPT_PROGRAMS:
                continue
            else:
                problems.append(line.replace(self.top + "/", ""))
        for path, kinds in EXEMPT.items():
            problems += [f"{path} needs no exemption from {kind} any more"
                         for kind in kinds if (path, kind) not in needed]
        return problems

    def kernel_doc(self):
        """Comments that say what the code says."""
        paths = files.c_files(self.top, "src/", "include/")
        result = run(["perl", f"{self.source()}/scripts/kernel-doc", "-none",
                      "-Werror"] + paths, cwd=self.top)
        problems = [line for line in result.stdout.splitlines() if line]
        if result.returncode and not problems:
            problems.append(f"kernel-doc ended with {result.returncode}")
        return problems

    def shellcheck(self):
        """Shell scripts without traps in them."""
        scripts = files.scripts(self.top, "sh") + [
            path for path in files.all_files(self.top)
            if path.startswith("completions/")]
        result = run(["shellcheck", "--format=gcc"] + scripts, cwd=self.top)
        problems = result.stdout.splitlines()
        if result.returncode and not problems:
            problems.append(f"shellcheck ended with {result.returncode}")
        return problems

    def man_pages(self):
        """What mandoc warns of, whatever other pages there are on this machine."""
        pages = [path for path in files.all_files(self.top)
                 if path.startswith("Documentation/man/")]
        result = run(["mandoc", "-T", "lint", "-W", "warning"] + pages,
                     cwd=self.top)
        problems = result.stdout.splitlines()
        if result.returncode and not problems:
            problems.append(f"mandoc ended with {result.returncode}")
        return problems

    def headers(self):
        """Of the kernel that the module is built for."""
        version = output_of([f"{self.home}/scripts/setup", "--kver"])
        return f"/lib/modules/{version}/build"

    def tree(self):
        """Directory of a build of the module, and what the build said."""
        if not self._built:
            tree = f"{self.home}/build/lint"
            # From scratch, or nothing would be said of what is there already.
            shutil.rmtree(tree, ignore_errors=True)
            for path in files.c_files(self.top, "src/", "include/") + \
                    ["src/kernel.mk", "src/rooms.mk", "Kbuild"]:
                os.makedirs(os.path.dirname(f"{tree}/{path}"), exist_ok=True)
                os.symlink(os.path.abspath(f"{self.top}/{path}"),
                           f"{tree}/{path}")
            result = run(["make", "-C", self.headers(), f"M={tree}", "W=1",
                          "C=2", "CF=-D__CHECK_ENDIAN__", "modules",
                          f"-j{os.cpu_count()}"])
            self._built = (tree, result.returncode, result.stdout)
        return self._built

    def _said(self, wanted):
        """Lines of the build about the project's files."""
        tree, status, output = self.tree()
        problems = []
        for line in output.splitlines():
            if re.search(r"\b(warning|error):", line) and \
                    wanted(tree in line, line):
                problems.append(line.replace(tree + "/", ""))
        if status and not problems:
            problems = ["it does not build:"] + output.splitlines()[-10:]
        return problems

    # Sparse and the compiler write in one stream; of the two only the compiler
    # names the option that makes it warn.
    def compiler(self):
        """W=1 has nothing to say."""
        return self._said(lambda ours, line: "[-W" in line)

    def sparse(self):
        """Sparse has nothing to say."""
        return self._said(lambda ours, line: ours and "[-W" not in line)

    def modpost(self):
        """Nor has modpost, but that it is out-of-tree."""
        _, status, output = self.tree()
        problems = [line for line in output.splitlines()
                    if line.startswith(("WARNING: modpost", "ERROR: modpost"))]
        if status and not problems:
            problems = ["it does not build"]
        return problems
