# SPDX-License-Identifier: GPL-2.0
"""
Who may touch what: each part of the balloon is its owner's business, and each
count has one writer. All by the text of src/ and include/, without comments and
strings; tests may look anywhere.

The owner of a part is the source beside the header that defines it, of the same
name. What a header private.h defines belongs to all sources of its folder; what
include/xhb_NAME.h defines, to the file NAME.c of some room. Others may say where a
part is, &b->part, for functions of the owner, and no more.
"""
import collections
import os
import re

import files

BALLOON = "include/xhb.h"
BODY = re.compile(r"^struct xhb_balloon \{\n(.*?)^\};", re.M | re.S)
PART = re.compile(r"\tstruct xhb_(\w+) (\w+);")
LOCK = "\tstruct mutex lock;"

NOT_CODE = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|"""
                      r"""'(?:\\.|[^'\\\n])+'""", re.S)
POINTER = re.compile(r"\bstruct xhb_balloon \*?(\w+)\b(?!\()")

Part = collections.namedtuple("Part", "name kind header owner")


def _written(*fields):
    """A pattern for writing fields, or taking their address; of traces those of
    the same name are something else."""
    field = rf"(?<!__entry)(?:->|\.)(?:{'|'.join(fields)})\b"
    path = r"[\w.()>\[\]-]*?"
    return "|".join((
        rf"{field}\s*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--)",
        rf"(?:\+\+|--)\s*{path}{field}",
        rf"\bWRITE_ONCE\(\s*{path}{field}",
        rf"(?:[(,=]|\breturn)\s*&(?!&)\s*{path}{field}",
    ))


# Where these are defined.
COMPAT = ("src/compat.c", "include/xhb_compat.h")

# What may be written or called in so few places: what it is, a pattern, files and
# folders, the writer first. takeover/ has to save and restore what the built-in
# driver had set.
WRITERS = (
    ("marks and counts of pages",
     r"\b(?:xhb_compat_(?:set_offline|clear_offline|count_events)|"
     r"adjust_managed_page_count)\b", ("src/pages/account.c",) + COMPAT),
    ("the guest's size", _written("current_pages", "target_unpopulated"),
     ("src/pages/account.c",)),
    ("the target", _written("target_pages"),
     ("src/policy/target.c", "src/takeover/builtin.c")),
    ("how the target is missed", _written("schedule_delay", "retry_count"),
     ("src/policy/resize.c", "src/takeover/takeover.c")),
    ("the user's limits", _written("max_schedule_delay", "max_retry_count"),
     ("src/takeover/takeover.c",)),
    ("hypercalls", r"\bHYPERVISOR_\w+", ("src/xen/hypercall.c",)),
    ("hypercalls in a batch", r"\b__HYPERVISOR_\w+", ("src/xen/",)),
)


def _sources(top):
    return files.c_files(top, "src/", "include/")


def _code(top, path):
    """A source without comments and strings, its lines numbered as they are."""
    return NOT_CODE.sub(lambda found: "\n" * found.group().count("\n") or " ",
                        files.text_of(top, path))


def _found(pattern, code):
    """Where a pattern is: number and text of the line."""
    lines = code.split("\n")
    for match in pattern.finditer(code):
        number = code.count("\n", 0, match.end())
        yield number + 1, lines[number].strip()


def _owner_of(header, sources):
    """File or folder that owns what a header defines, or None."""
    folder, name = os.path.split(header)
    if name == "private.h":
        return folder + "/"
    owner = f"{folder}/{name[:-2]}.c"
    if folder == "include":
        owner = next((path for path in sources if re.fullmatch(
            rf"src/.*/{re.escape(name[len('xhb_'):-2])}\.c", path)), None)
    return owner if owner in sources else None


def parts_of(top):
    """The parts of the balloon; without header and owner if there are none."""
    sources = _sources(top)
    headers = {path: _code(top, path) for path in sources
               if path.endswith(".h")}
    for kind, name in PART.findall(BODY.search(headers[BALLOON]).group(1)):
        definition = re.compile(rf"^struct xhb_{kind} \{{", re.M)
        header = next((path for path, code in headers.items()
                       if definition.search(code)), None)
        yield Part(name, kind, header, header and _owner_of(header, sources))


def _not_parts(top):
    """Members of the balloon that nobody could own."""
    body = BODY.search(_code(top, BALLOON)).group(1)
    return [f"{BALLOON}: neither the lock nor a part: {line.strip()}"
            for line in body.splitlines()
            if line.strip() and line != LOCK and not PART.fullmatch(line)]


def _inside(part, code):
    """A pattern for looking into a part, in any of the ways C has."""
    name = rf"(?:->|\.)\s*{part.name}\b"
    ways = [rf"{name}\s*(?:\.|->)",
            rf"(?<!\w)\(\s*&[^()]*{name}\s*\)\s*->",
            rf"\bstruct xhb_balloon\s*,\s*{part.name}\b"]
    balloons = "|".join(sorted(set(POINTER.findall(code))))
    if balloons:
        # All of it, and not where it is.
        ways.append(rf"(?<![&\w])(?:{balloons})\)?\s*{name}")
    return re.compile("|".join(ways))


def parts(top):
    """Nobody but its owner looks into a part of the balloon."""
    problems = _not_parts(top)
    codes = {path: _code(top, path) for path in _sources(top)}
    for part in parts_of(top):
        if not part.owner:
            problems.append(f"{BALLOON}: nobody owns struct xhb_{part.kind}")
            continue
        # A face has to say what its room's functions are given.
        face = f"include/xhb_{os.path.basename(part.owner[:-1])}.h" \
            if part.owner.endswith("/") else None
        known = re.compile(rf"\bstruct xhb_{part.kind}\b(?!;)")
        for path, code in codes.items():
            if path.startswith(part.owner) or path in (part.header, BALLOON):
                continue
            patterns = [_inside(part, code)]
            if path != face:
                patterns.append(known)
            problems += [f"{path}:{number}: {part.name} is {part.owner}'s: "
                         f"{line}" for pattern in patterns
                         for number, line in _found(pattern, code)]
    return problems


def writers(top):
    """Each count has one writer, and one file makes hypercalls."""
    problems = []
    codes = {path: _code(top, path) for path in _sources(top)}
    for what, pattern, allowed in WRITERS:
        pattern = re.compile(pattern)
        seen = [path for path in codes if pattern.search(codes[path])]
        problems += [f"{path}:{number}: {what}: only for {allowed[0]}: {line}"
                     for path in seen if not path.startswith(allowed)
                     for number, line in _found(pattern, codes[path])]
        problems += [f"{place}: nothing there about {what}"
                     for place in allowed
                     if not any(path.startswith(place) for path in seen)]
    return problems
