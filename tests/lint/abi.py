# SPDX-License-Identifier: GPL-2.0
"""
Do the texts for users say of each sysfs file what the code says? The code has
tables with one file a line: the knobs of each group, and what is only shown.
"""
import re

import files

ABI = "Documentation/ABI/sysfs-xen-hugeballoon"
KNOBS = "include/xhb_knobs.h"
READ_ONLY = "src/front/sysfs.c"
README = "README.md"

KNOB = re.compile(r'\tKNOB\((\w+), XHB_(RANGE|CHOICE)\(([^()]*)\), (\w+), '
                  r'"([^"]*)"\)')


class Knob:
    """A line of the table."""

    def __init__(self, line, group):
        self.group = group
        self.name, kind, limits, initial, self.description = \
            KNOB.match(line).groups()
        limits = re.findall(r"\w+", limits)
        if kind == "CHOICE":
            # Constants are named PREFIX_WORD.
            self.default = initial.rpartition("_")[2].lower()
            self.limits = f"{', '.join(limits[:-1])} or {limits[-1]}"
        else:
            self.default = initial
            self.limits = self._range(*limits)

    @staticmethod
    def _range(least, most):
        if most == "ULONG_MAX":
            return f"{least} or more"
        if int(most) == int(least) + 1:
            return f"{least} or {most}"
        return f"{least} to {most}"

    def described(self, text):
        """Problems with its ABI entry; None if it has none, said elsewhere."""
        wanted = f"{self.limits}; default {self.default}"
        if text is None:
            return
        text = " ".join(text.split())
        if not re.search(rf"\b{re.escape(wanted)}\b", text):
            yield f"{ABI}: {self.group}/{self.name} does not say '{wanted}'"
        if len(re.findall(r"\bdefault\b", text)) > 1:
            yield f"{ABI}: {self.group}/{self.name} has two defaults"

    def problems(self, described, listed):
        yield from self.described(described.get((self.group, self.name)))
        if not self.description.endswith(f" (default: {self.default})"):
            yield (f"{KNOBS}: the description of {self.name} does not end in "
                   f"'(default: {self.default})'")
        if listed.get(self.name) != self.default:
            yield (f"{README}: the table of knobs has no {self.name} with "
                   f"default {self.default}")


# Where the lines of the next group begin.
GROUP = re.compile(r"#define XHB_(\w+)_KNOBS\(KNOB\)")


def _knob_lines(top):
    """Each line of the tables of knobs, with its group."""
    group = None
    for line in files.text_of(top, KNOBS).splitlines():
        begins = GROUP.match(line)
        if begins:
            group = f"{begins.group(1).lower()}balloon"
        elif line.startswith("\tKNOB("):
            yield line, group


def _lines(top, path, macro):
    """Those of a table."""
    return re.findall(rf"^\t{macro}\(.*", files.text_of(top, path), re.M)


def _described(top):
    """Text of each file's ABI entry, by group and name."""
    return {(group, name): text for group, name, text in
            re.findall(r"^What:\s+\S+/(\w+balloon)/(\w+)\n(.*?)(?=^What:|\Z)",
                       files.text_of(top, ABI), re.M | re.S)}


def _listed(top):
    """Default of each file that README's table has one for."""
    listed = {}
    for names, defaults in re.findall(r"^\| (`[^|]*) \| ([^|]+) \|",
                                      files.text_of(top, README), re.M):
        listed.update(zip(re.findall(r"`(\w+)`", names),
                          re.findall(r"\w+", defaults)))
    return listed


def check(top):
    """Each sysfs file is described as it is, and nothing else is."""
    lines = list(_knob_lines(top))
    knobs = [Knob(line, group) for line, group in lines if KNOB.match(line)]
    problems = [f"{KNOBS}: not a line of a table: {line.strip()}"
                for line, group in lines if not KNOB.match(line)]
    shown = [re.search(r"\w+\((\w+)", line).group(1)
             for line in _lines(top, READ_ONLY, "FILE")]
    # Those that are no line of it, for they show more than one value.
    shown += re.findall(r"^static DEVICE_ATTR_RO\((\w+)\);",
                        files.text_of(top, READ_ONLY), re.M)

    described, listed = _described(top), _listed(top)
    there = {(knob.group, knob.name) for knob in knobs}
    there |= {("hugeballoon", name) for name in shown}
    problems += [f"{ABI}: {'/'.join(name)} does not exist"
                 for name in sorted(set(described) - there)]
    problems += [f"{ABI}: {'/'.join(name)} is missing"
                 for name in sorted(there - set(described))]
    for knob in knobs:
        problems += knob.problems(described, listed)
    return problems
