# SPDX-License-Identifier: GPL-2.0
"""The commands of README for guests and for dom0 do what it says, as they stand there."""

import os
import subprocess
import sys

from bedlib import paths, python
from bedlib.programs import read

sys.path.insert(0, f"{paths.TOP}/tests/readme")

import compare  # noqa: E402
from commands import ELSEWHERE, IN_DOM0, ON_XEN  # noqa: E402

GUEST = {"memory": 512}
RELEASE = True
MB = 1024
MORE = 768
IN_TERMINAL = f"{paths.TOP}/tests/tool/in-terminal"
SUPERPAGES = f"{paths.TOP}/tests/hardware"
# Modules of Python that the last needs, and an archive cannot hold.
IN_C = ("_decimal",)
# Scripts find Python by this, and the guest has the project's folders.
ENV = "mkdir -p /usr/bin && ln -sf /bin/env /usr/bin/env"
FOLDERS = "mkdir -p /scripts /tests/hardware && ln -s /bin/hugeballoon /scripts/ && " \
    "ln -s /bin/superpages /tests/hardware/ && mkdir -p /lib64 && ln -s /lib/ld-* /lib64/"
# A guest has no compiler.
COMPILER = b'#!/bin/sh\ncp /bin/touches "$3"\n'
EXECUTE = """
export DOMAIN={domain} SAID=/tmp/said
cd {command.folder}
{{ {command.before}
}} >/dev/null || {{ echo "before it: $?"; exit 1; }}
{{ {text}
}} >$SAID 2>&1
status=$?
cat $SAID
[ $status = 0 ] || {{ echo "exit status $status"; exit 1; }}
{{ {command.after}
}} >/dev/null || {{ echo "and then it is not so"; exit 1; }}
"""


def files():
    program = os.path.join(paths.IMAGES, "touches")
    subprocess.run(["gcc", "-O2", "-static", "-o", program, f"{SUPERPAGES}/touches.c"],
                   check=True)
    return {"/bin/cc": COMPILER, "/bin/touches": read(program), **python.files(
        f"{paths.TOP}/scripts/hugeballoon", f"{SUPERPAGES}/superpages",
        IN_TERMINAL, in_c=IN_C)}


def cannot_be_reached(t):
    """The example of README: all memory, and a target above that."""
    t.guest.mem_set(GUEST["memory"])
    t.guest.settle()
    t.bed.dom0.run(f"xenstore-write /local/domain/{t.guest.machine.domid}/memory/target "
                   f"{MORE * MB}")
    t.guest.await_status("state", "stuck")


def small(t):
    """So that there is less to save."""
    t.guest.mem_set(GUEST["memory"] // 2)
    t.guest.settle()
    t.bed.make_room_to_save()


# What a command wants in another machine than its own.
BEFORE = {"hugeballoon status": cannot_be_reached, "xl save": small}
AFTER = {"xl save": lambda t: t.bed.restore(t.guest.name)}


def execute(t, command, found):
    machine = t.bed.dom0 if command.where == IN_DOM0 else t.guest
    BEFORE.get(command.text, lambda t: None)(t)
    script = EXECUTE.format(domain=t.guest.name, command=command, text=command.executed())
    result = machine.run(script, 120, check=False)
    t.expect(not result.status, f"{command.text}: {result.out}{result.err}")
    missing = compare.not_as_shown(found, result.out)
    t.expect(not missing, f"{command.text}: {missing}: {result.out}")
    AFTER.get(command.text, lambda t: None)(t)


def run(t):
    readme = compare.read(paths.TOP)
    wrong = list(compare.differences(readme))
    t.expect(not wrong, f"{wrong}")
    t.guest.run(f"{ENV} && {FOLDERS}")
    t.bed.dom0.run(ENV)
    python.into_dom0(t.bed.dom0, f"{paths.TOP}/scripts/hugeballoon-host", IN_TERMINAL)
    for command in ON_XEN:
        if command.where != ELSEWHERE:
            execute(t, command, readme.found[command.text])
    t.guest.host_asks(GUEST["memory"])
