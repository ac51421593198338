# SPDX-License-Identifier: GPL-2.0
"""The tool hugeballoon-host tells in dom0 whether a real guest follows its target, and
why not, with either driver in the guest."""

import json

from bedlib import paths, python

GUEST = {"memory": 512}
# The scenario readme has its commands, and tests/tool what it says.
RELEASE = True
MB = 1024
STUCK = 3


class Tool:
    def __init__(self, t):
        self.t = t
        self.dom0 = t.bed.dom0
        python.into_dom0(self.dom0, f"{paths.TOP}/scripts/hugeballoon-host")

    def __call__(self, words, status=0):
        result = self.dom0.run(f"python3 /bin/hugeballoon-host {words}", 120, check=False)
        self.t.expect(result.status == status, f"{words}: status {result.status}, not "
                      f"{status}: {result.out}{result.err}")
        return result.out

    def guest(self, status=0, words=""):
        out = self(f"show {self.t.guest.machine.domid} --json {words}", status)
        return json.loads(out)["guests"][0]

    def says(self, state, reason, status=0):
        found = self.guest(status)
        self.t.expect(found["state"] == state and reason in (found["reason"] or ""),
                      f"not {state}, {reason}: {found}")


def set_target(t, kb):
    """By itself; xl mem-set would not ask for what cannot be."""
    t.bed.dom0.run(f"xenstore-write /local/domain/{t.guest.machine.domid}/memory/target "
                   f"{kb}")


def follows(t, tool):
    """Below the target, at it, and above what there is."""
    guest = t.guest
    tool.says("at target", "")
    guest.mem_set(384)
    guest.settle()
    tool.says("at target", "")
    set_target(t, 768 * MB)
    guest.settle()
    tool.says("stuck", "above what it was started with", STUCK)
    t.expect(guest.name in tool("list", STUCK), "the list does not have it")
    set_target(t, 384 * MB)
    guest.settle()
    tool.says("at target", "")


def counts(t, tool):
    """What Xen counts is what it counts by another way."""
    found = tool.guest(words="--p2m")["xen"]
    counted = [found["size_kb"] // 4, found["maxmem_kb"] // 4]
    t.expect(counted == list(t.guest.pages()), f"{found}, {t.guest.pages()}")


def run(t):
    guest, tool = t.guest, Tool(t)
    follows(t, tool)
    guest.insmod()
    follows(t, tool)
    counts(t, tool)
    set_target(t, 8 * MB)
    guest.await_status("state", "at the floor")
    guest.settle()
    tool.says("stuck", "at its floor", STUCK)
    tool(f"show {guest.name}", STUCK)
    t.bed.dom0.run(f"xl pause {guest.machine.domid}")
    tool.says("rests", "paused")
    t.bed.dom0.run(f"xl unpause {guest.machine.domid}")
    guest.mem_set(512)
    guest.settle()
    guest.check_conservation()
