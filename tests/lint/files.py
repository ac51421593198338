# SPDX-License-Identifier: GPL-2.0
"""
Checks that only read the project's files.
"""
import os
import re
import subprocess

MOST_LINES = 400

# Where to look for files, and what is not the project's there.
SKIPPED_DIRS = {".git", "__pycache__", ".tmp_versions"}
GENERATED = re.compile(
    r"\.(o|ko|mod|mod\.c|cmd|d|pyc|gcda|gcno)$|^\.|"
    r"^(Module\.symvers|modules\.order)$")

CODE = re.compile(r"\.(c|h|py|sh|config)$|^(Kbuild|Kconfig|Makefile)$")
COMPAT = ("include/xhb_compat.h", "src/compat.c", "include/xhb_compat_memory.h",
          "src/compat_memory.c", "tests/kunit/kernels.h")
# linux/version.h comes with the first of these.
VERSION_TEST = re.compile(
    r"LINUX_VERSION_CODE|KERNEL_VERSION|__has_include|<linux/version\.h>|"
    r"CONFIG_(MEMORY_)?BALLOON")


def _there(top):
    for directory, dirs, names in os.walk(top):
        dirs[:] = sorted(d for d in dirs if d not in SKIPPED_DIRS and
                         (directory != top or d != "build"))
        for name in sorted(names):
            yield os.path.relpath(os.path.join(directory, name), top)


def _known_to_git(top):
    """Not what .gitignore names: packages are built within the tree, too."""
    listed = subprocess.run(["git", "-C", top, "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.split("\0")
    return sorted(path for path in set(listed)
                  if path and os.path.exists(os.path.join(top, path)))


def all_files(top):
    """Paths of all files of the project, relative to it."""
    in_git = os.path.exists(os.path.join(top, ".git"))
    for path in _known_to_git(top) if in_git else _there(top):
        if not GENERATED.search(os.path.basename(path)):
            yield path


def text_of(top, path):
    with open(os.path.join(top, path), encoding="utf-8") as f:
        return f.read()


def interpreter(text):
    """Of a script: "sh", "python3" and so on, or None."""
    found = re.match(r"#!\s*(?:/usr)?/bin/(?:env )?(\w+)", text)
    return found.group(1) if found else None


def is_code(path, text):
    return bool(CODE.search(os.path.basename(path)) or interpreter(text))


def c_files(top, *directories):
    return [path for path in all_files(top)
            if re.search(r"\.[ch]$", path) and path.startswith(directories)]


def scripts(top, language):
    return [path for path in all_files(top)
            if interpreter(text_of(top, path)) == language or
            (language == "python3" and path.endswith(".py"))]


def licences(top):
    """An SPDX line at the top of all code."""
    problems = []
    for path in all_files(top):
        text = text_of(top, path)
        if is_code(path, text) and \
                "SPDX-License-Identifier: " not in \
                "\n".join(text.splitlines()[:3]):
            problems.append(f"{path}: no SPDX-License-Identifier")
    return problems


def length(top):
    """One responsibility a file, and so not too many lines."""
    problems = []
    for path in all_files(top):
        text = text_of(top, path)
        lines = len(text.splitlines())
        if is_code(path, text) and lines > MOST_LINES:
            problems.append(f"{path}: {lines} lines, at most {MOST_LINES}")
    return problems


def whitespace(top):
    """What checkpatch would say of C, for everything else."""
    problems = []
    for path in all_files(top):
        text = text_of(top, path)
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip():
                problems.append(f"{path}:{number}: space at the end")
        if text and not text.endswith("\n"):
            problems.append(f"{path}: no newline at the end")
    return problems


def versions(top):
    """What differs between kernels stands in the compat files only."""
    problems = []
    for path in c_files(top, "src/", "include/", "tests/kunit/"):
        if path in COMPAT:
            continue
        for number, line in enumerate(text_of(top, path).splitlines(), 1):
            if VERSION_TEST.search(line):
                problems.append(f"{path}:{number}: {line.strip()}")
    return problems


def python(top):
    """Python that compiles."""
    problems = []
    for path in scripts(top, "python3"):
        try:
            compile(text_of(top, path), path, "exec")
        except SyntaxError as error:
            problems.append(f"{path}:{error.lineno}: {error.msg}")
    return problems


def _documented(text, start, title):
    """Is a kernel-doc comment of this title just before a place in a text?"""
    before = text[:start].rstrip("\n")
    return before.endswith("*/") and \
        f"* {title} - " in before[before.rfind("/**"):]


def comments(top):
    """Each function that other files use has a kernel-doc comment, and each struct
    in a header. That each field is in it, with its lock, is for kernel-doc and the
    reader."""
    problems = []
    struct = re.compile(r"^struct (\w+) \{", re.M)
    function = re.compile(
        r"^(?!static|typedef|struct \w+ \{)[a-z][\w \*]*?(\w+)\([^;{]*\)\n\{",
        re.M)
    for path in c_files(top, "src/"):
        text = text_of(top, path)
        for found in function.finditer(text):
            name = found.group(1)
            if not _documented(text, found.start(), f"{name}()"):
                problems.append(f"{path}: {name}() has no kernel-doc comment")
    for path in c_files(top, "src/", "include/"):
        text = text_of(top, path)
        for found in struct.finditer(text) if path.endswith(".h") else ():
            name = found.group(1)
            if not _documented(text, found.start(), f"struct {name}"):
                problems.append(f"{path}: struct {name} has no kernel-doc "
                                "comment")
    return problems
