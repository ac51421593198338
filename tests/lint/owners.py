# SPDX-License-Identifier: GPL-2.0
"""
Who may touch what: each part of the balloon is its owner's file's business, each
count has one writer, and tasks and worker know as little of each other as they
should. All by the text of the sources, without comments.
"""
import os
import re

import files

MEMBER = re.compile(r"^\tstruct xhb_(\w+) (\w+);$", re.M)
TASK = re.compile(r"^const struct xhb_task xhb_(\w+)_task = ", re.M)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)

# The values of the knobs are written by one file and read through a macro.
KNOBS = ("knobs", "src/front/knobs.c")

# What may be written or called in so few places: what it is, a pattern, files
# and folders. takeover/ saves and restores what the built-in driver had set.
WRITERS = (
    ("marks and counts of pages",
     r"\b(?:xhb_compat_(?:set_offline|clear_offline|count_events)|"
     r"adjust_managed_page_count)\(",
     ("src/pages/account.c", "src/compat.c", "include/xhb_compat.h")),
    ("the guest's size",
     r"(?<!__entry)->(?:current_pages|target_unpopulated)(?:,|\s*[-+]?=[^=])",
     ("src/pages/account.c",)),
    ("the target", r"(?<!__entry)->target_pages(?:,|\s*[-+]?=[^=])",
     ("src/policy/target.c",)),
    ("how the target is missed",
     r"->(?:schedule_delay|retry_count)(?:,|\s*[-+]?=[^=])",
     ("src/policy/resize.c",)),
    ("hypercalls", r"\bHYPERVISOR_\w+\(", ("src/xen/",)),
)


def _code(top, path):
    """Lines of a source without comments, numbered as they are."""
    text = COMMENT.sub(lambda c: "\n" * c.group().count("\n"),
                       files.text_of(top, path))
    return text.split("\n")


def _sources(top):
    return files.c_files(top, "src/", "include/")


def _parts(top):
    """Of each part of the balloon its name, its type, where the type is defined
    and who may look into it: a file, or a folder."""
    text = files.text_of(top, "include/xhb.h")
    body = re.search(r"^struct xhb_balloon \{\n(.*?)^\};", text, re.M | re.S)
    for kind, name in MEMBER.findall(body.group(1)):
        definition = re.compile(rf"^struct xhb_{kind} \{{", re.M)
        header = next((path for path in _sources(top)
                       if path.endswith(".h") and
                       definition.search(files.text_of(top, path))), None)
        owner = header and header[:-2] + ".c"
        if header and header.endswith("/private.h"):
            owner = os.path.dirname(header) + "/"
        if name == KNOBS[0]:
            owner = KNOBS[1]
        yield name, kind, header, owner


def parts(top):
    """Nobody but its owner looks into a part of the balloon."""
    problems = []
    for name, kind, header, owner in _parts(top):
        if not header:
            problems.append(f"include/xhb.h: nobody defines struct xhb_{kind}")
            continue
        inside = re.compile(rf"(?:->|\.|struct xhb_balloon,\s*){name}\s*[.\[]")
        # Its face may name the type, as what its functions are given.
        face = f"include/xhb_{header.split('/')[1]}.h"
        known = re.compile(rf"\bstruct xhb_{kind}\b(?!;)")
        for path in _sources(top):
            if path.startswith(owner) or path in (header, "include/xhb.h"):
                continue
            for number, line in enumerate(_code(top, path), 1):
                if inside.search(line) or \
                        (path != face and known.search(line)):
                    problems.append(f"{path}:{number}: {name} is {owner}'s: "
                                    f"{line.strip()}")
    return problems


def writers(top):
    """Each count has one writer, and one room makes hypercalls."""
    problems = []
    for what, pattern, allowed in WRITERS:
        pattern = re.compile(pattern)
        seen = False
        for path in _sources(top):
            for number, line in enumerate(_code(top, path), 1):
                if not pattern.search(line):
                    continue
                if path.startswith(allowed):
                    seen = True
                else:
                    problems.append(f"{path}:{number}: {what}: only for "
                                    f"{allowed[0]}: {line.strip()}")
        if not seen:
            problems.append(f"{allowed[0]}: nothing there about {what}")
    return problems


def tasks(top):
    """A task wakes the worker at most, and the worker knows no task."""
    problems = []
    names = []
    policy = [path for path in files.c_files(top, "src/policy/")
              if path.endswith(".c")]
    for path in policy:
        found = TASK.findall(files.text_of(top, path))
        names += found
        for number, line in enumerate(_code(top, path), 1):
            if found and re.search(r"\bxhb_worker_(?!wake\b)\w+", line):
                problems.append(f"{path}:{number}: a task leaves the worker "
                                f"alone: {line.strip()}")
    known = re.compile(rf"\bxhb_(?:{'|'.join(names)})_\w+")
    path = "src/policy/worker.c"
    for number, line in enumerate(_code(top, path), 1):
        if names and known.search(line):
            problems.append(f"{path}:{number}: the worker knows no task: "
                            f"{line.strip()}")
    if not names:
        problems.append("src/policy: there is no task")
    return problems
