# SPDX-License-Identifier: GPL-2.0
"""What must be true after every scenario, whatever it tests."""

import os
import re
import shlex
import sys
from collections import Counter

from . import paths
from .errors import Failure

sys.path.insert(0, os.path.join(paths.TOP, "tests"))

import races  # noqa: E402

# An extended regular expression, for the grep of the machine that is checked:
# whole logs would take seconds on their way to us.
COMPLAINT = (
    r"WARNING:|BUG:|Oops|Call Trace|blocked for more than|soft lockup|hard LOCKUP"
    r"|rcu.*(stall|detected)|possible (circular|recursive|irq)|INFO: lockdep"
    r"|general protection|unable to handle|[Oo]ut of memory|oom-kill|oom_reaper: reaped"
    r"|page allocation failure|Bad page|list_(add|del) corruption|refcount_t:"
    r"|UBSAN|KASAN|KFENCE|sleeping function called|Kernel panic|use-after-free"
    r"|suspicious RCU|leaked|scheduling while atomic|stack guard")

# Warnings of 6.1 that no driver can help: an idle CPU wakes up between the end of its timers
# and the suspension (xen_arch_suspend()); a CPU leaves a PV guest in other page tables than
# CONFIG_DEBUG_VM expects.
KERNELS_OWN = ("at kernel/time/clockevents.c", "switch_mm_irqs_off+")
TRACE = "Call Trace"


def _not_kernels_own(lines):
    own = False
    for line in lines:
        if "WARNING: " in line and any(where in line for where in KERNELS_OWN):
            own = True
        elif own and TRACE in line:
            own = False
        else:
            yield line


# Titles are not enough to tell whose races they are.
RACE = "BUG: KCSAN: "


def complaints(machine):
    """The lines of the machine's kernel log that complain."""
    found = machine.run(f"dmesg | grep -E {shlex.quote(COMPLAINT)}", check=False)
    return Counter(_not_kernels_own(found.out.splitlines()))


def driver_races(machine):
    """What a kernel with KCSAN has told of the driver since it was booted."""
    out = machine.run(f"dmesg | sed -n '/{RACE}/,/=====/p'").out
    lines = [re.sub(r"^\[ *\d+\.\d+\] ", "", line) for line in out.splitlines()]
    return [str(race) for race in races.find(lines) if race.ours]


def new_complaints(machine, before):
    new = list((complaints(machine) - before).elements())
    lines = [line.strip() for line in new if RACE not in line]
    if len(lines) < len(new):
        lines += driver_races(machine)
    return [f"{machine.name}'s kernel log: {line}" for line in lines]


def violations(balloon):
    """Rules that a machine must still obey when its scenario has passed."""
    try:
        balloon.check_conservation()
        broken = []
    except Failure as e:
        broken = [str(e)]
    return broken + new_complaints(balloon.machine, balloon.boot_complaints)
