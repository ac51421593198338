# SPDX-License-Identifier: GPL-2.0
"""The tool hugeballoon does in a real guest what its tests on a tree of files say.

Each run of Python takes some seconds there, so what it says of a target that is not
reached is for releases."""

import json

from bedlib import paths, python

GUEST = {"memory": 512}
MB = 1024
BALLOON = 128 * MB


def files():
    return python.files(f"{paths.TOP}/scripts/hugeballoon")


class Tool:
    def __init__(self, t):
        self.t = t

    def __call__(self, words, status=0, prefix=""):
        """What it prints where it should: stdout, or stderr if it does not succeed."""
        result = self.t.guest.run(f"{prefix} python3 /bin/hugeballoon {words}", 120,
                                  check=False)
        self.t.expect(result.status == status, f"{words}: status {result.status}, not "
                      f"{status}: {result.out}{result.err}")
        return result.err if status else result.out

    def says(self, wanted, words, *rest):
        said = self(words, *rest)
        self.t.expect(wanted in said, f"{words}: no '{wanted}' in {said}")
        return said


def heals(t, tool):
    said = tool.says("healing done: ", "heal")
    t.expect(t.guest.number("healed") >= BALLOON // (4 * MB), f"too few: {said}")
    t.note(said.splitlines()[0])


def sets(t, tool):
    guest = t.guest
    tool.says(" reached in ", f"set -{BALLOON}")
    t.expect(guest.current_kb() == guest.boot_kb - BALLOON, "reached, but what?")
    guest.check_conservation()


def shows(t, tool):
    """After the target was reached."""
    found = json.loads(tool("stats --json"))
    t.expect(found["memory"]["actual"] == t.guest.boot_kb - BALLOON, f"{found}")
    t.expect(found["status"]["state"] == "at target", f"{found}")
    t.expect(found["counters"]["released_2m"] > 0, f"{found}")
    rows = tool("map --full").splitlines()[:-3]
    gone = sum(row.split(" ", 1)[1].count("-") for row in rows)
    t.expect(gone * 2 * MB >= found["files"]["huge_kb"] > 0, f"{gone} blocks, {found}")
    tool.says("at target", "watch --count 2 --interval 0.5")


def tells_why_not(t, tool):
    guest = t.guest
    tool.says(": stuck, ", f"set +{2 * BALLOON} --patience 2", 3)
    tool.says("; the target stays ", f"set +{BALLOON} --patience 60", 130,
              "timeout -s INT 5")
    t.expect(guest.target_kb() == guest.boot_kb + 2 * BALLOON, "the target is gone")
    tool.says("next try", "status")
    tool(f"set {guest.boot_kb}")
    t.note(tool.says(" not reached, ", "set 8k --patience 2", 3).strip())
    tool(f"set {guest.boot_kb}")


def reports(t, tool):
    tool("bugreport -o /tmp/report.tar.gz")
    found = t.guest.run("cd /tmp; tar xzf report.tar.gz; find hugeballoon-* -type f; "
                        "cat hugeballoon-*/dmesg").out
    for wanted in ("hugeballoon/status", "xen-hugeballoon/blocks", "proc/pagetypeinfo",
                   "sys/hypervisor/version/major", "took over from the built-in"):
        t.expect(wanted in found, f"bugreport: no {wanted} in {found}")


def run(t):
    guest, tool = t.guest, Tool(t)
    # The built-in driver leaves something to heal.
    guest.set_target(guest.boot_kb - BALLOON)
    guest.set_target(guest.boot_kb)
    tool.says("not loaded", "status")
    tool.says("not loaded", "set 400M", 1)
    guest.insmod()
    for part in (heals, sets, shows):
        part(t, tool)
    if t.scenario.thorough:
        tells_why_not(t, tool)
    reports(t, tool)
    guest.rmmod()
    tool.says("not loaded", "status")
