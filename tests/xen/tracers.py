# SPDX-License-Identifier: GPL-2.0
"""The examples of Documentation/observing.md do in a real guest what it says: trace-cmd,
perf and bpftrace record the events and understand their fields."""

import re
import subprocess

from bedlib import paths, programs
from bedlib.balloon import XEN_MEMORY

# They bring a compiler, and take minutes to install.
RELEASE = True
# Most of it is bpftrace's compiler, and that twice while the guest boots.
GUEST = {"memory": 1536, "timeout": 400}
MB = 1024
LESS = 384
WORK_S = 300
# What the example waits for: the host's word is the last, Xen gives nothing beyond it.
WORK = """
cd {place}
echo {kb} >target_kb
until grep -q 'state: stuck' hugeballoon/status; do usleep 50000; done
echo {less} >target_kb
until [ "$(cat info/current_kb)" = {less} ]; do usleep 50000; done
"""
# What each program has to show, by its name.
SHOWN = {
    "trace-cmd": (r"xen_hugeballoon_target: +old_pages=\d+ new_pages=\d+ requester=host "
                  r"asker=host asked_pages=\d+",
                  r"xen_hugeballoon_step: .* next_ms=4294967294"),
    "perf": (r"xen_hugeballoon:xen_hugeballoon_populate: extents=\d+ order=9 done_pages=\d+ "
             r"whole_extents=0 ",),
    "bpftrace": (r"@done_pages\[0\]: ", r"@done_pages\[9\]: ", r"\[\d+, \d+K?\) +\d+ \|@"),
}
# What would be noise for the question that the example answers.
HIDDEN = {
    "trace-cmd": r"xen_hugeballoon_step: .* next_ms=(?!4294967294)",
    "perf": r"order=0|xen_hugeballoon_release",
    "bpftrace": r"ERROR",
}


def files():
    subprocess.run([f"{paths.TOP}/scripts/setup", "--tracers"], check=True)
    found = {}
    for name in SHOWN:
        found.update(programs.files(name))
    return found


def examples():
    """Program -> command, as they stand there."""
    with open(f"{paths.TOP}/Documentation/observing.md", encoding="utf-8") as f:
        commands = re.findall(r"^```sh\n(.*?)\n```", f.read(), re.M | re.S)
    return {command.split()[0]: command for command in commands}


def working(command):
    """The same for as long as the work takes, not for a minute or until Ctrl-C."""
    if "sleep 60" in command:
        return command.replace("sleep 60", "sh /tmp/work")
    return command + " -c '/bin/sh /tmp/work'"


def run(t):
    guest = t.guest
    guest.insmod("coalesce=0")
    before = guest.target_kb()
    guest.mem_set(GUEST["memory"] - LESS)
    guest.run(f"while [ $(cat {XEN_MEMORY}/target_kb) = {before} ]; do usleep 50000; done")
    kb = guest.target_kb()
    guest.await_current(kb)
    # Of both sizes of pages.
    work = WORK.format(place=XEN_MEMORY, kb=guest.boot_kb, less=kb - 64 * MB - 20)
    guest.machine.put(work.encode(), "/tmp/work")
    commands = examples()
    t.expect(set(commands) == set(SHOWN), f"examples of {set(commands)}")
    for name, command in commands.items():
        guest.set_target(kb)
        result = guest.run(f"cd /tmp; {working(command)}", WORK_S)
        for wanted in SHOWN[name]:
            t.expect(re.search(wanted, result.out, re.M), f"{name}: no {wanted}: {result}")
        found = re.search(HIDDEN[name], result.out, re.M)
        t.expect(not found, f"{name} shows {found}, too")
        line = re.search(SHOWN[name][-1], result.out, re.M).group(0)
        t.note(f"{name}: {len(result.out.splitlines())} lines, as {line}")
    guest.settle()
    guest.check_conservation()
