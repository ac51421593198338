# SPDX-License-Identifier: GPL-2.0
"""What must be true after every scenario, whatever it tests."""

import shlex
from collections import Counter

from .errors import Failure

# An extended regular expression, for the grep of the machine that is checked:
# whole logs would take seconds on their way to us.
COMPLAINT = (
    r"WARNING:|BUG:|Oops|Call Trace|blocked for more than|soft lockup|hard LOCKUP"
    r"|rcu.*(stall|detected)|possible (circular|recursive|irq)|INFO: lockdep"
    r"|general protection|unable to handle|[Oo]ut of memory|oom-kill|oom_reaper: reaped"
    r"|page allocation failure|Bad page|list_(add|del) corruption|refcount_t:"
    r"|UBSAN|KASAN|KFENCE|sleeping function called|Kernel panic|use-after-free"
    r"|suspicious RCU|leaked|scheduling while atomic|stack guard")


def complaints(machine):
    """The lines of the machine's kernel log that complain."""
    found = machine.run(f"dmesg | grep -E {shlex.quote(COMPLAINT)}", check=False)
    return Counter(found.out.splitlines())


def new_complaints(machine, before):
    return [f"{machine.name}'s kernel log: {line.strip()}"
            for line in (complaints(machine) - before).elements()]


def violations(balloon):
    """Rules that a machine must still obey when its scenario has passed."""
    try:
        balloon.check_conservation()
        broken = []
    except Failure as e:
        broken = [str(e)]
    return broken + new_complaints(balloon.machine, balloon.boot_complaints)
