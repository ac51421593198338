# SPDX-License-Identifier: GPL-2.0
"""Each file has the access, the default and the limits that its text says, and each
node in xenstore what its text says, in a loaded module."""

import os
import re
import sys

from bedlib import paths

sys.path.insert(0, f"{paths.TOP}/tests/lint")

import abi  # noqa: E402

GUEST = {"memory": 512}
SHARES = True
PARAMETERS = "/sys/module/xen_hugeballoon/parameters"
MODES = {"RO": "444", "RW": "644"}
RANGE = re.compile(r"\b(\d+) (?:to|or) (\d+|more); default (\w+)")
CHOICE = re.compile(r"\b(\w+(?:, \w+)* or \w+); default (\w+)")
# More than any machine has, and still a number of bytes.
MUCH_KB = 1 << 50


def entries(kind):
    with open(f"{paths.TOP}/Documentation/ABI/{kind}-xen-hugeballoon",
              encoding="utf-8") as f:
        return {what: " ".join(text.split()) for what, text in
                abi.entries(f.read()).items()}


def access(t, texts):
    """Nobody but root writes, and only what is said to be written."""
    t.guest.machine.put("\n".join(texts).encode(), "/tmp/texts")
    listed = t.guest.run("xargs stat -c '%a %n' </tmp/texts").out.splitlines()
    t.expect(len(listed) == len(texts), f"of {len(texts)} files {len(listed)} are there")
    for line in listed:
        mode, name = line.split()
        said = re.search(r"Description: \((\w+)\)", texts[name]).group(1)
        t.expect(mode == MODES[said], f"{name} is {said} and has mode {mode}")


def limits(text):
    """(what is accepted, what is refused, default)"""
    found = RANGE.search(text)
    if found and found.group(2) != "more":
        least, most = int(found.group(1)), int(found.group(2))
        return [least, most], [least - 1, most + 1], found.group(3)
    if found:
        return [int(found.group(1)), MUCH_KB], [int(found.group(1)) - 1], found.group(3)
    found = CHOICE.search(text)
    words = re.findall(r"\w+", found.group(1).replace(" or ", " "))
    return words, [words[0] + "x"], found.group(2)


def tries(texts):
    """(file, what is written, whether it is accepted) one after the other; each file
    is first read, and has its default in the end."""
    for what, text in texts.items():
        if "(RW)" not in text:
            continue
        good, bad, default = limits(text)
        yield what, None, default
        for value in bad:
            yield what, str(value), default
        for value in (*good, default):
            yield what, str(value), str(value)


def knobs(t, texts):
    """Returns how many there are."""
    wanted = list(tries(texts))
    script = "".join(f'echo "$({f"mbtool write {what} {value}" if value else "true"}'
                     f')|$(cat {what})"\n' for what, value, _ in wanted)
    t.guest.machine.put(script.encode(), "/tmp/knobs")
    answers = [line.split("|") for line in
               t.guest.run("sh /tmp/knobs", 120).out.splitlines()]
    for (what, value, left), (error, read) in zip(wanted, answers, strict=True):
        refused = value is not None and value != left
        t.expect(error in (("EINVAL", "ERANGE") if refused else ("",)),
                 f"{what}: {value} is answered by '{error}'")
        t.expect(read == left, f"{what}: after {value} it is {read}, not {left}")
    return len({what for what, _, _ in wanted})


def parameters(t, texts):
    """Read before anything else was written; returns how many."""
    read = t.guest.run(f"cd {PARAMETERS}; grep '' *").out.split()
    values = dict(line.split(":") for line in read)
    for what, text in texts.items():
        default = limits(text)[2]
        name = os.path.basename(what)
        t.expect(values[name] == default, f"{name} is {values[name]}, not {default}")
    return len(texts)


def versions(t, texts):
    """Nothing is of a version that is still to come."""
    there = t.guest.run("cat /sys/module/xen_hugeballoon/version").out.strip()
    said = {re.search(r"Version: (\S+) Contact", text).group(1) for text in texts.values()}
    # In a clone it also has the commits since, and the last of them.
    number = lambda version: [int(part) for part in
                              re.match(r"[\d.]+", version).group().split(".")]
    t.expect(all(number(version) <= number(there) for version in said),
             f"texts speak of {said}, the module is {there}")


class Xenstore:
    """The guest's own directory there."""

    def __init__(self, guest):
        self.dom0 = guest.bed.dom0
        self.domid = guest.machine.domid
        self.top = f"/local/domain/{self.domid}"

    def values(self, folder):
        """Node -> value, of those that have one."""
        listed = self.dom0.run(f"xenstore-ls -f {self.top}/{folder}", check=False).out
        found = re.findall(r'^(\S+) = "(.+)"', listed, re.M)
        return {path.removeprefix(f"{self.top}/"): value for path, value in found}

    def allow(self, node):
        self.dom0.run(f"xenstore-write {self.top}/{node} ''; "
                      f"xenstore-chmod {self.top}/{node} n{self.domid}")

    def await_nodes(self, nodes):
        for node in nodes:
            self.dom0.run(f"until [ -n \"$(xenstore-read {self.top}/{node} 2>/dev/null)\" ]; "
                          "do usleep 50000; done")


def told(t, xenstore, folder, nodes, texts, before):
    """These and no others have been written there, and say what their texts allow."""
    xenstore.await_nodes(nodes)
    after = xenstore.values(folder)
    # The tests' own agent is in the guest, too.
    new = {node for node in after if after[node] != before.get(node) and
           not node.startswith("data/mb/")}
    t.expect(new == nodes, f"{new} are there, {nodes} described")
    for node in nodes:
        said = re.search(r"\(write\) ([^;]+);", texts[node]).group(1)
        fits = after[node].isdigit() if said.startswith("KiB") else (
            after[node] in re.findall(r"\d+", said) or not re.search(r"\d", said))
        t.expect(fits, f"{node} is {after[node]}, not {said}")


def run(t):
    guest, xenstore = t.guest, Xenstore(t.guest)
    nodes = entries("xenstore")
    written = {node for node, text in nodes.items() if "(write)" in text}
    control = {node for node in written if node.startswith("control/")}
    for node in control:
        xenstore.allow(node)
    before = {folder: xenstore.values(folder) for folder in ("control", "data")}
    guest.insmod()
    told(t, xenstore, "control", control, nodes, before["control"])
    there = xenstore.values("memory")
    for node in set(nodes) - written:
        # Which of the names of the maximum there is depends on the toolstack.
        t.expect(there.get(node, "0").isdigit(), f"{node} is {there.get(node)}")
    t.expect("memory/target" in there, f"only {set(there)} are there")

    sysfs, debugfs = entries("sysfs"), entries("debugfs")
    of_module = entries("module-parameters")
    counted = parameters(t, of_module)
    access(t, {**sysfs, **debugfs, **of_module})
    versions(t, {**sysfs, **debugfs, **of_module, **nodes, **entries("tracing")})
    guest.write("hugeballoon/host_stats_interval_s", "1")
    told(t, xenstore, "data", written - control, nodes, before["data"])
    guest.write("hugeballoon/host_stats_interval_s", "0")
    t.note(f"{counted} parameters, {knobs(t, sysfs)} of {len(sysfs)} files are written")
    guest.settle()
    guest.check_conservation()
