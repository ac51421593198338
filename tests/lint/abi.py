# SPDX-License-Identifier: GPL-2.0
"""
Do the texts for users say of each file what the code says? Of sysfs the code has tables
with one file a line: the knobs of each group, and what is only shown. Of debugfs, of
tracepoints with their fields, of module parameters and of xenstore nodes it is
compared what there is: nothing may be missing, and nothing too much.
"""
import re

import files

ABI = "Documentation/ABI/sysfs-xen-hugeballoon"
KNOBS = "include/xhb_knobs.h"
READ_ONLY = "src/front/sysfs.c"
README = "README.md"
DEBUGFS = "src/front/debugfs.c"
COUNTERS = "src/pages/counters.c"
TIMES = "src/pages/timing.c"
TRACE = "include/xhb_trace.h"
TEXTS = "Documentation/ABI/{}-xen-hugeballoon"
# What each entry of these texts begins with.
HEAD = re.compile(r"What:\t+(\S+)\nDate:\t+\S.*\nKernelVersion:\t+\S+\n"
                  r"Version:\t+[\d.]+\nContact:\t+\S.*\nDescription:\t\S")

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


# The table of what each group only shows.
SHOWN = {"hugeballoon": "XHB_READ_ONLY", "selfballoon": "XHB_SELF_READ_ONLY"}


def _shown(text, table):
    """The names in it."""
    lines = re.search(rf"^#define {table}\(FILE\) ((?:.*\\\n)*.*)", text, re.M)
    return re.findall(r"^\tFILE\((\w+)", lines.group(1), re.M) if lines else []


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


def _sysfs(top):
    """Each sysfs file is described as it is, and nothing else is."""
    lines = list(_knob_lines(top))
    knobs = [Knob(line, group) for line, group in lines if KNOB.match(line)]
    problems = [f"{KNOBS}: not a line of a table: {line.strip()}"
                for line, group in lines if not KNOB.match(line)]
    text = files.text_of(top, READ_ONLY)
    shown = {(group, name) for group in SHOWN
             for name in _shown(text, SHOWN[group])}
    # Those that are no line of it, for they show more than one value.
    shown |= {("hugeballoon", name) for name in
              re.findall(r"^static DEVICE_ATTR_RO\((\w+)\);", text, re.M)}

    described, listed = _described(top), _listed(top)
    there = {(knob.group, knob.name) for knob in knobs}
    there |= shown
    problems += [f"{ABI}: {'/'.join(name)} does not exist"
                 for name in sorted(set(described) - there)]
    problems += [f"{ABI}: {'/'.join(name)} is missing"
                 for name in sorted(there - set(described))]
    for knob in knobs:
        problems += knob.problems(described, listed)
    return problems + _heads(ABI, entries(files.text_of(top, ABI)))


def entries(text):
    """What each entry of a text is about -> the entry."""
    return {re.match(r"What:\s+(\S+)", entry).group(1): entry
            for entry in re.split(r"(?m)^(?=What:)", text) if entry.strip()}


def named(entry):
    """What an entry describes one by one: fields, or lines of a file."""
    return set(re.findall(r"^\t\t([\w*]+):$", entry, re.M))


def _heads(path, described):
    return [f"{path}: {what} does not begin with What, Date, KernelVersion, Version, "
            "Contact and Description"
            for what, entry in described.items() if not HEAD.match(entry)]


def _compared(path, what, described, there):
    return [f"{path}: {what}{name} does not exist"
            for name in sorted(set(described) - set(there))] + \
           [f"{path}: {what}{name} is missing"
            for name in sorted(set(there) - set(described))]


def _strings(top, path, table):
    """The words in a table of names."""
    body = re.search(rf"{table}\[\w+\] = {{(.*?)^}};", files.text_of(top, path),
                     re.M | re.S).group(1)
    return re.findall(r'"(\w+)"', body)


def _debugfs(top):
    text = files.text_of(top, DEBUGFS)
    there = {name: set() for name in re.findall(r'debugfs_create_file\("(\w+)"', text)}
    for name, body in re.findall(r"^static int (\w+)_show(.*?)^}", text, re.M | re.S):
        there[name] = set(re.findall(r'seq_printf\(seq, "(\w+) %', body))
    # The others are made of the tables.
    lines = there["stats"]
    lines |= set(_strings(top, COUNTERS, "xhb_count_names"))
    lines |= {f"{name}_*" for name in _strings(top, COUNTERS, "xhb_try_names")}
    lines |= {f"{name}_us" for name in _strings(top, TIMES, "xhb_time_names")}
    return {f"/sys/kernel/debug/xen-hugeballoon/{name}": names
            for name, names in there.items()}


def _fields(body):
    return set(re.findall(r"__(?:field|array)\([^,]+, (\w+)", body))


def _trace(top):
    text = files.text_of(top, TRACE)
    block = r"\((\w+),\n(.*?)^\);"
    there = {name: _fields(body) for name, body in
             re.findall("^TRACE_EVENT" + block, text, re.M | re.S)}
    classes = {name: _fields(body) for name, body in
               re.findall("^DECLARE_EVENT_CLASS" + block, text, re.M | re.S)}
    there.update({name: classes[kind] for kind, name in
                  re.findall(r"^DEFINE_EVENT\((\w+), (\w+),", text, re.M)})
    return {f"/sys/kernel/tracing/events/xen_hugeballoon/{name}": fields
            for name, fields in there.items()}


def _parameters(top):
    return {f"/sys/module/xen_hugeballoon/parameters/{Knob(line, group).name}": set()
            for line, group in _knob_lines(top) if KNOB.match(line)}


def _limits(top, path, described):
    """A parameter has the limits and the default of its knob."""
    for line, group in _knob_lines(top):
        knob = KNOB.match(line) and Knob(line, group)
        name = knob and f"/sys/module/xen_hugeballoon/parameters/{knob.name}"
        if not knob or name not in described:
            continue
        wanted = f"{knob.limits}; default {knob.default}"
        if not re.search(rf"\b{re.escape(wanted)}\.",
                         " ".join(described[name].split())):
            yield f"{path}: {name} does not say '{wanted}'"


def _xenstore(top):
    """What is named in calls of xenbus, of the function that reads in memory/, and in
    lists of nodes."""
    nodes = []
    for path in files.c_files(top, "src/"):
        text = files.text_of(top, path)
        found = re.findall(r'xenbus_\w+\(XBT_NIL, "([\w/-]+)", "([\w-]+)"', text)
        found += re.findall(r'XHB_NODE\("([\w/]+)", "(\w+)"\)', text)
        found += [("memory", node) for node in re.findall(r'xhb_read_kb\("([\w-]+)"', text)]
        nodes += [f"{folder}/{node}" for folder, node in found]
    # A folder goes as a whole.
    return {node: set() for node in nodes
            if not any(other.startswith(f"{node}/") for other in nodes)}


def _text(top, kind, there):
    """Entries of one text, against what there is."""
    path = TEXTS.format(kind)
    text = files.text_of(top, path)
    described = entries(text)
    problems = _compared(path, "", described, there)
    problems += _heads(path, described)
    for what, entry in described.items():
        problems += _compared(path, f"{what}: ", named(entry), there.get(what, set()))
    if len(re.findall("^What:", text, re.M)) != len(described):
        problems.append(f"{path}: something is described twice")
    if kind == "module-parameters":
        problems += _limits(top, path, described)
    return problems


def check(top):
    """All texts agree with the code."""
    return _sysfs(top) + _text(top, "debugfs", _debugfs(top)) + \
        _text(top, "tracing", _trace(top)) + \
        _text(top, "module-parameters", _parameters(top)) + \
        _text(top, "xenstore", _xenstore(top))
