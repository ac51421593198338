# SPDX-License-Identifier: GPL-2.0
"""
Who may use whom. The room of a file is its folder; src/rooms.mk has the order of
rooms, from the bottom up, and of the files in each.

- A header in include/ is for its room and those above. A header beside sources is
  for its folder alone; only include/xhb.h, which has the balloon in it, includes
  those that define a part of it.
- A file uses functions and data only of files before it in src/rooms.mk, inside a
  room too: so there are no circles.
- A task uses nothing of the worker but what wakes it, and the worker uses nothing
  of a file with a task in it.
- src/compat.c and src/trace.c are for all, and use none of them. The functions in
  the lowest room, which could be built anywhere, do without these, too.
"""
import os
import re
import subprocess

import files
import owners

# Headers that no room is named in: the lowest room that has the balloon.
SHARED = {"include/xhb.h": "pages", "include/xhb_knobs.h": "pages"}

# In the list of what all use; with what its headers need for types.
EVERYWHERE = "everywhere"
WORDS = "include/xhb_trace_words.h"
TYPES = {"include/xhb_trace.h": ("include/xhb.h", WORDS)}

# The room of what is in src/ itself; it offers nothing to others.
TOP = "module"

# Pure functions need nothing of Xen.
PURE_FORBIDDEN = re.compile(r"(xen|asm)/")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)
LIST = re.compile(r"^xhb-([\w-]+) := ((?:[^\n]*\\\n)*[^\n]*)$", re.M)

WAKE = "xhb_worker_wake"
TASK = re.compile(r"xhb_\w+_task$")


class House:
    """The rooms from the bottom up, as src/rooms.mk has them."""

    def __init__(self, top):
        self.top = top
        lists = {room: listed.replace("\\\n", " ").split() for room, listed in
                 LIST.findall(files.text_of(top, "src/rooms.mk"))
                 if "$" not in listed}
        self.everywhere = lists.pop(EVERYWHERE)
        self.lists = lists
        self.order = list(lists)
        self.files = [name for listed in lists.values() for name in listed]
        self.there = files.c_files(top, "src/", "include/")

        self.headers = {f"include/xhb_{room}.h": self.order.index(room)
                        for room in self.order if room != TOP}
        self.headers.update({path: self.order.index(room)
                             for path, room in SHARED.items()})
        self.headers.update({f"include/xhb_{name}.h": None
                             for name in self.everywhere})
        self.headers[WORDS] = None
        self.sources = {f"src/{name}.c": None for name in self.everywhere}
        for height, listed in enumerate(lists.values()):
            self.sources.update({f"src/{name}.c": height for name in listed})
        folders = {self.folder(room): height
                   for height, room in enumerate(self.order)}
        self.private = {path: folders[os.path.dirname(path)]
                        for path in self.there if path.startswith("src/") and
                        path.endswith(".h") and
                        os.path.dirname(path) in folders}

    def folder(self, room):
        """Of a room, the one of its first file."""
        return os.path.dirname(f"src/{self.lists[room][0]}")

    def misplaced(self):
        """Files whose folder is not that of the room they are listed in."""
        problems = [f"src/rooms.mk: {name} is not in the folder of '{room}'"
                    for room, listed in self.lists.items() for name in listed
                    if os.path.dirname(f"src/{name}") != self.folder(room)]
        return problems + [
            f"src/rooms.mk: '{room}' is not the name of {self.folder(room)}"
            for room in self.order
            if room != (TOP if self.folder(room) == "src"
                        else os.path.basename(self.folder(room)))]

    def included(self, path):
        """What a file includes: as it says, and which file of the project it
        is, or None. How it is quoted does not matter, but who includes a file of
        the project in quotes means one."""
        for quote, name in INCLUDE.findall(files.text_of(self.top, path)):
            found = [place for place in
                     (os.path.normpath(f"{folder}/{name}") for folder in
                      (os.path.dirname(path), "include", "src"))
                     if place in self.there]
            yield name, found[0] if found else None, quote == '"'


def _wrong_include(house, path, height, header, parts):
    """What is wrong with a file's including a header of the project, or None."""
    own = f"include/xhb_{os.path.basename(path)[:-2]}.h"
    if height is None:
        mine = path if path.startswith("include/") else own
        allowed = (mine,) + TYPES.get(mine, ())
        return None if header in allowed else "but is used by all layers"
    if header.startswith("src/"):
        if os.path.dirname(header) == os.path.dirname(path) or \
                (path == owners.BALLOON and header in parts):
            return None
        return "which is private to its room"
    if header not in house.headers:
        return "which is in no layer"
    if house.headers[header] is None:
        return None if height else "but is a pure function"
    if house.headers[header] > height:
        room = house.order[house.headers[header]]
        return f"of the layer '{room}' above it"
    return None


def includes(top):
    """Headers, from the sources."""
    house = House(top)
    problems = house.misplaced()
    parts = {part.header for part in owners.parts_of(top)}
    known = {**house.sources, **house.headers, **house.private}
    for path in house.there:
        if path not in known:
            problems.append(f"{path} is in no layer, see src/rooms.mk")
            continue
        for name, header, quoted in house.included(path):
            wrong = None
            if header:
                wrong = _wrong_include(house, path, known[path], header, parts)
            elif quoted:
                wrong = "which is not there"
            elif known[path] == 0 and PURE_FORBIDDEN.match(name):
                wrong = "but is a pure function"
            if wrong:
                problems.append(f"{path}: includes {name}, {wrong}")
    return problems + [f"{path} does not exist, see src/rooms.mk"
                       for path in known if path not in house.there]


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


class Objects:
    """What the files of a build define, and what they use of one another."""

    def __init__(self, house, tree):
        self.missing, self.owner, needs = [], {}, {}
        for name in house.files + house.everywhere:
            path = f"{tree}/src/{name}.o"
            if not os.path.exists(path):
                self.missing.append(f"src/{name}.c was not built")
                continue
            defined, needs[name] = _symbols(path)
            self.owner.update({symbol: name for symbol in defined})
        # Who, which symbol, whose.
        self.uses = [(user, symbol, self.owner[symbol])
                     for user, symbols in sorted(needs.items())
                     for symbol in sorted(symbols)
                     if self.owner.get(symbol, user) != user]


def calls(top, tree):
    """Functions and data, from the object files of a build."""
    house = House(top)
    objects = Objects(house, tree)
    place = {name: number for number, name in enumerate(house.files)}
    problems = objects.missing
    for user, symbol, used in objects.uses:
        if used in house.everywhere and user not in house.everywhere:
            continue
        if user in house.everywhere or place[used] > place[user]:
            problems.append(f"src/{user}.c uses {symbol} of src/{used}.c, "
                            "which is above it")
    return problems


def tasks(top, tree):
    """A task wakes the worker at most, and the worker knows no task."""
    objects = Objects(House(top), tree)
    problems = objects.missing
    worker = objects.owner.get(WAKE)
    with_task = {name for symbol, name in objects.owner.items()
                 if TASK.match(symbol)}
    if not worker or not with_task:
        problems.append("there is no worker, or no task")
    for user, symbol, used in objects.uses:
        if user in with_task and used == worker and symbol != WAKE:
            problems.append(f"src/{user}.c uses {symbol}: a task leaves the "
                            "worker alone")
        if user == worker and used in with_task:
            problems.append(f"src/{user}.c uses {symbol} of src/{used}.c: the "
                            "worker knows no task")
    return problems
