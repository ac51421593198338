# SPDX-License-Identifier: GPL-2.0
"""
What the documents name is in the sources.
"""
import os
import re
import sys

import files

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "readme"))

import compare  # noqa: E402

FLOWS = "Documentation/flows.md"
MANUAL = "Documentation/man/xen-hugeballoon.4"
KNOBS = "include/xhb_knobs.h"
NAMED = re.compile(r"\b(xhb_\w+)\(\)")
# It begins in the first column, but for a comment or a prototype.
DEFINED = re.compile(r"^(?!extern)[a-z][^;={]*?\b(xhb_\w+)\([^;{]*\)\n\{", re.M)
INLINE = re.compile(r"^static inline [^;={]*?\b(xhb_\w+)\(", re.M)


def _functions(top):
    found = set()
    for path in files.c_files(top, "src/", "include/"):
        text = files.text_of(top, path)
        found |= set(DEFINED.findall(text)) | set(INLINE.findall(text))
    return found


def flows(top):
    """Each function in a text or picture exists, and the pictures have some."""
    there = _functions(top)
    problems = []
    for path in files.all_files(top):
        if not re.match(r"Documentation/[^/]+\.md$", path):
            continue
        for number, line in enumerate(files.text_of(top, path).splitlines(), 1):
            problems += [f"{path}:{number}: no function {name}()"
                         for name in NAMED.findall(line) if name not in there]
    text = files.text_of(top, FLOWS) if os.path.exists(os.path.join(top, FLOWS)) else ""
    pictures = re.findall(r"^```mermaid\n(.*?)^```$", text, re.M | re.S)
    if len(pictures) != 3 or not all(NAMED.search(picture) for picture in pictures):
        problems.append(f"{FLOWS}: there have to be three pictures with functions in them")
    return problems


def manual(top):
    """The module's man page has each parameter, and its default."""
    knobs = dict(re.findall(r'^\tKNOB\((\w+), .*"[^"]*\(default: (\w+)\)"\)',
                            files.text_of(top, KNOBS), re.M))
    section = files.text_of(top, MANUAL).partition(".Sh PARAMETERS")[2].partition(".Sh")[0]
    told = {}
    for name, text in re.findall(r"^\.It Va (\w+)\n(.*?)(?=^\.It|^\.El)", section,
                                 re.M | re.S):
        defaults = re.findall(r"^Default\s+(?:\.Cm )?(\w+)", text, re.M)
        told[name] = defaults[0] if len(defaults) == 1 else None
    problems = [f"{MANUAL}: {name} is missing" for name in sorted(knobs.keys() - told.keys())]
    problems += [f"{MANUAL}: {name} is no parameter" for name in sorted(told.keys() - knobs.keys())]
    problems += [f"{MANUAL}: {name} does not say that its default is {default}"
                 for name, default in knobs.items() if name in told and told[name] != default]
    return problems if knobs else problems + [f"{KNOBS}: no knobs found"]


def commands(top):
    """Each command of README has a place where it is executed."""
    return list(compare.differences(compare.read(top)))
