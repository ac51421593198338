# SPDX-License-Identifier: GPL-2.0
"""With kernel.ftrace_enabled off the module is refused, and while it is loaded the
host's targets go on to reach it, whatever is written there. From Linux 7.3 on that
switches nothing off."""

import re

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
RELEASE = True
LESS = 64
WHY = ("cannot take over, ftrace cannot redirect balloon_set_new_target (error -16); is a "
       "live patch or tracer using it, or kernel.ftrace_enabled off?")
SWITCH = "/proc/sys/kernel/ftrace_enabled"


def switch(guest, value):
    """Whether it takes that."""
    return guest.run(f"echo {value} >{SWITCH}", check=False).status == 0


def host_asks(t, guest):
    """For less, then for all again."""
    full = t.scenario.guest_options["memory"]
    guest.host_asks(full, LESS)
    guest.host_asks(full)


def off_before(t, guest):
    said = guest.refuses_insmod()
    # busybox tries it in two ways.
    whys = set(re.findall(r"xen_hugeballoon: (cannot .*)", said))
    t.expect(whys == {WHY}, f"the log says {said}")
    host_asks(t, guest)


def run(t):
    guest = t.guest
    works = t.scenario.kernel != "7.3"
    t.expect(switch(guest, 0), "ftrace cannot be switched off")
    if works:
        off_before(t, guest)
        t.expect(switch(guest, 1), "ftrace cannot be switched on")

    guest.insmod()
    t.expect(switch(guest, 0) != works, "ftrace can be switched off while it is needed")
    host_asks(t, guest)
    t.expect(guest.status("target_by") == "host", "the module was not asked")
    guest.rmmod()
    t.expect(switch(guest, 0) and switch(guest, 1), "ftrace cannot be switched any more")
