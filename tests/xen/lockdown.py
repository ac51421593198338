# SPDX-License-Identifier: GPL-2.0
"""In a guest that is locked down the module is refused unless it is signed with a key
that the kernel knows. If it is, it does all that it does elsewhere, also where root
cannot use kprobes or ftrace. Its files in debugfs can be read, its events cannot."""

import json

from bedlib import modules, paths, python
from bedlib.balloon import DEBUGFS, MODULE

GUEST_KERNEL = "lockdown"
# Its kernel takes minutes to build, once.
RELEASE = True
MEMORY = 512
GUEST = {"memory": MEMORY, "cmdline": "lockdown=integrity"}
KINDS = ("pvh", "pv")
UNSIGNED = "/unsigned.ko"
TRACING = "/sys/kernel/tracing"


def files():
    module = modules.own_files(GUEST_KERNEL)[MODULE]
    return {MODULE: modules.signed(module, GUEST_KERNEL), UNSIGNED: module,
            **python.files(f"{paths.TOP}/scripts/hugeballoon")}


def refused(t, guest):
    said = guest.refuses_insmod(UNSIGNED)
    t.expect("unsigned module loading is restricted" in said and
             "xen_hugeballoon" not in said, f"the log says {said}")


def works(t, guest):
    guest.insmod()
    taint = guest.run("cat /sys/module/xen_hugeballoon/taint").out.strip()
    t.expect(taint == "O", f"it taints the kernel with {taint}")
    guest.start_load(100)
    guest.host_asks(MEMORY, 128)
    if t.translated:
        t.expect(guest.number("huge_kb") > 0, "nothing has gone in 2M pages")


def tool(guest, words):
    return guest.run(f"python3 /bin/hugeballoon {words}", 120).out


def shown(t, guest):
    """In debugfs, and so by the tool."""
    guest.run(f"cd {DEBUGFS}; for f in *; do [ -n \"$(head -c 1 $f | od)\" ] || exit 1; done")
    counters = json.loads(tool(guest, "stats --json"))["counters"]
    t.expect(counters["released_2m"] + counters["released_4k"] > 0, f"{counters}")
    t.expect("-" in tool(guest, "map --full"), "the map has no ballooned block")
    report = tool(guest, "bugreport --text -o -")
    t.expect(f"==> {DEBUGFS[1:]}/blocks" in report and "not permitted" not in report,
             f"bugreport: {report}")


def comes_back(t, guest):
    guest.host_asks(MEMORY)
    guest.end_load()
    guest.rmmod()
    t.expect(guest.builtin_thread_runs(), "the built-in driver's thread is not back")
    guest.host_asks(MEMORY, 32)


def traced(guest):
    """Whether root can have the events, and a probe where the module has looked."""
    events = guest.run(f"ls {TRACING}/events/xen_hugeballoon", check=False)
    probe = guest.run(f"echo p:found balloon_thread >{TRACING}/kprobe_events && "
                      f"echo >{TRACING}/kprobe_events", check=False)
    return events.status == 0, probe.status == 0


def run(t):
    confidential = t.create("-confidential", memory=MEMORY,
                            cmdline="lockdown=confidentiality")
    for guest, may_trace in ((t.guest, True), (confidential, False)):
        refused(t, guest)
        works(t, guest)
        shown(t, guest)
        found = traced(guest)
        t.expect(found == (may_trace, may_trace), f"{guest.name}: events, probes: {found}")
        comes_back(t, guest)
