# SPDX-License-Identifier: GPL-2.0
"""
Who may use whom. A file uses what is in its own room and below: neither the
headers that it includes nor the functions that it calls come from a room above.
The room of a file is its folder, and src/rooms.mk has their order.
"""
import os
import re
import subprocess

import files

# Which header says what a room offers to those above it.
HEADERS = {
    "xhb_pure.h": "pure", "xhb_xen.h": "xen", "xhb_knobs.h": "pages",
    "xhb.h": "pages", "xhb_pages.h": "pages", "xhb_policy.h": "policy",
    "xhb_front.h": "front", "xhb_takeover.h": "takeover",
}

# Beside the sources of a room, and for these alone; only what embeds a struct
# of the room sees it, too.
EMBEDDING = "/include/xhb.h"

# Folders whose room has another name.
FOLDERS = {"policy/pure": "pure", "": "module"}

# For every layer; they use none of them, but for the types in traces.
EVERYWHERE = "everywhere"
EVERYWHERE_HEADERS = ("xhb_compat.h", "xhb_trace.h")
TRACE_USES = ("xhb_compat.h", "xhb_trace.h", "xhb.h")

# Pure functions need nothing of Xen, so that they could be built anywhere.
PURE_FORBIDDEN = re.compile(r"<(xen|asm)/")

INCLUDE = re.compile(r'^#include\s+(["<])([^">]+)[">]', re.M)


LIST = re.compile(r"^xhb-([\w-]+) := ((?:[^\n]*\\\n)*[^\n]*)$", re.M)


def rooms(top):
    """Rooms from the bottom up, each with its files; those of src/rooms.mk."""
    with open(f"{top}/src/rooms.mk", encoding="utf-8") as f:
        lists = LIST.findall(f.read())
    return {name: files.replace("\\\n", " ").split()
            for name, files in lists if "$" not in files}


def _heights(top):
    """Of each file and each header; None for what is used by all."""
    sources, headers = {}, {}
    order = [name for name in rooms(top) if name != EVERYWHERE]
    for room, names in rooms(top).items():
        height = order.index(room) if room in order else None
        sources.update({name: height for name in names})
    for header, room in HEADERS.items():
        headers[header] = order.index(room)
    headers.update({header: None for header in EVERYWHERE_HEADERS})
    return sources, headers, order


def _folder(name):
    """The room that a file is in by its place below src/."""
    folder = os.path.dirname(name)
    return FOLDERS.get(folder, folder)


def _misplaced(top):
    """Files whose folder is not that of the room they are listed in."""
    return [f"src/{name}.c: its folder is {_folder(name)}, but src/rooms.mk "
            f"has it in {room}"
            for room, names in rooms(top).items() for name in names
            if room != EVERYWHERE and _folder(name) != room]


def _included(path):
    with open(path, encoding="utf-8") as f:
        return INCLUDE.findall(f.read())


def _check_includes(path, height, headers, order):
    problems = []
    for kind, header in _included(path):
        if kind == "<":
            if height == 0 and PURE_FORBIDDEN.match(f"<{header}>"):
                problems.append(f"{path}: a pure function includes <{header}>")
        elif height is None:
            if header not in TRACE_USES:
                problems.append(f"{path}: includes {header}, but is used by "
                                "all layers")
        elif "/" in header:
            room = os.path.dirname(header)
            if path.endswith(EMBEDDING) or f"/src/{room}/" in path:
                continue
            problems.append(f"{path}: {header} is private to its room")
        elif header not in headers:
            problems.append(f"{path}: {header} is in no layer")
        elif headers[header] is not None and headers[header] > height:
            problems.append(f"{path}: includes {header} of the layer "
                            f"'{order[headers[header]]}' above it")
    return problems


def includes(top):
    """Headers, from the sources."""
    problems = _misplaced(top)
    sources, headers, order = _heights(top)
    known = {f"src/{name}.c": height for name, height in sources.items()}
    known.update({f"include/{name}": height
                  for name, height in headers.items()})
    there = files.c_files(top, "src/", "include/")
    for path in there:
        if re.match(r"src/.+/.+\.h$", path):
            known[path] = order.index(_folder(path[len("src/"):]))
        if path not in known:
            problems.append(f"{path} is in no layer, see src/rooms.mk")
            continue
        problems += _check_includes(f"{top}/{path}", known[path], headers,
                                    order)
    problems += [f"{path} does not exist, see src/rooms.mk"
                 for path in known if path not in there]
    return [problem.replace(top + "/", "") for problem in problems]


def _symbols(path):
    """Names that an object file defines for others, and those it needs."""
    defined, needed = set(), set()
    result = subprocess.run(["nm", path], text=True, check=True,
                            stdout=subprocess.PIPE)
    for line in result.stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind == "U":
            needed.add(name)
        elif kind in "TDBRV":
            defined.add(name)
    return defined, needed


def calls(top, tree):
    """Functions and data, from the object files of a build."""
    heights = _heights(top)[0]
    problems = []
    owner, needs = {}, {}
    for name in heights:
        path = f"{tree}/src/{name}.o"
        if not os.path.exists(path):
            problems.append(f"src/{name}.c was not built")
            continue
        defined, needs[name] = _symbols(path)
        owner.update({symbol: name for symbol in defined})
    for user, symbols in sorted(needs.items()):
        for symbol in sorted(symbols):
            used = owner.get(symbol)
            if used is None or used == user or heights[used] is None:
                continue
            if heights[user] is None or heights[used] > heights[user]:
                problems.append(f"src/{user}.c uses {symbol} of "
                                f"src/{used}.c, which is above it")
    return problems
