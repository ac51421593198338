# SPDX-License-Identifier: GPL-2.0
"""
Who may use whom. A file uses what is below it: neither the headers that it
includes nor the functions that it calls come from a higher layer.
"""
import os
import re
import subprocess

# From the bottom up. A new file in src/ has to find its place here.
LAYERS = (
    ("pure", ("backoff", "floor", "pace"), ("xhb_policy.h",)),
    ("hypervisor", ("reservation", "reservation_pv", "move"), ("xhb_hv.h",)),
    ("pages", ("blocks", "pages", "exchange", "migrate", "page_source", "evacuate"),
     ("xhb.h", "xhb_pages.h")),
    ("engine", ("engine", "inflate", "deflate", "lend", "heal", "coalesce"),
     ("xhb_engine.h",)),
    ("front ends", ("builtin", "redirect", "adopt", "target", "resume", "params",
                    "sysfs", "sysfs_builtin", "debugfs"), ("xhb_takeover.h",)),
    ("takeover", ("takeover",), ()),
    ("module", ("main",), ()),
)

# For every layer; they use none of them, but for the types in traces.
EVERYWHERE = (("compat", "trace"), ("xhb_compat.h", "xhb_trace.h"))
TRACE_USES = ("xhb_compat.h", "xhb_trace.h", "xhb.h")

# Pure functions need nothing of Xen, so that they could be built anywhere.
PURE_FORBIDDEN = re.compile(r"<(xen|asm)/")

INCLUDE = re.compile(r'^#include\s+(["<])([^">]+)[">]', re.M)


def _positions(column):
    return {name: height for height, layer in enumerate(LAYERS)
            for name in layer[column]}


def _included(path):
    with open(path, encoding="utf-8") as f:
        return INCLUDE.findall(f.read())


def _check_includes(path, height, problems):
    headers = _positions(2)
    for kind, header in _included(path):
        if kind == "<":
            if height == 0 and PURE_FORBIDDEN.match(f"<{header}>"):
                problems.append(f"{path}: a pure function includes <{header}>")
            continue
        if height is None:
            if header not in TRACE_USES:
                problems.append(f"{path}: includes {header}, but is used by "
                                "all layers")
        elif header in headers:
            if headers[header] > height:
                problems.append(f"{path}: includes {header} of the layer "
                                f"'{LAYERS[headers[header]][0]}' above it")
        elif header not in EVERYWHERE[1]:
            problems.append(f"{path}: {header} is in no layer")


def includes(top):
    """Headers, from the sources."""
    problems = []
    sources, headers = _positions(1), _positions(2)
    for directory, known, everywhere in (
            ("src", {f"{n}.c": h for n, h in sources.items()},
             [f"{n}.c" for n in EVERYWHERE[0]]),
            ("include", headers, EVERYWHERE[1])):
        names = sorted(n for n in os.listdir(f"{top}/{directory}")
                       if n.endswith((".c", ".h")) and
                       not n.endswith(".mod.c"))
        for name in names:
            if name not in known and name not in everywhere:
                problems.append(f"{directory}/{name} is in no layer, see "
                                "tests/lint/layers.py")
                continue
            _check_includes(f"{top}/{directory}/{name}", known.get(name),
                            problems)
        for name in list(known) + list(everywhere):
            if name not in names:
                problems.append(f"{directory}/{name} does not exist, see "
                                "tests/lint/layers.py")
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


def calls(tree):
    """Functions and data, from the object files of a build."""
    heights = _positions(1)
    problems = []
    owner, needs = {}, {}
    for name in list(heights) + list(EVERYWHERE[0]):
        path = f"{tree}/src/{name}.o"
        if not os.path.exists(path):
            problems.append(f"src/{name}.c was not built")
            continue
        defined, needs[name] = _symbols(path)
        owner.update({symbol: name for symbol in defined})
    for user, symbols in sorted(needs.items()):
        for symbol in sorted(symbols):
            used = owner.get(symbol)
            if used is None or used == user or used in EVERYWHERE[0]:
                continue
            if user in EVERYWHERE[0] or heights[used] > heights[user]:
                problems.append(f"src/{user}.c uses {symbol} of "
                                f"src/{used}.c, which is above it")
    return problems
