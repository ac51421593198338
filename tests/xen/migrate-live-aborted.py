# SPDX-License-Identifier: GPL-2.0
"""A live migration that the receiver gives up, at three moments: the guest goes on
where it was, with all its memory.

The toolstack does not tell Xen that it is over, so the guest has to find out that
nobody copies it any more. Its map does not say 2M of what Xen has broken up.
"""

from bedlib import activity
from bedlib.balloon import DEBUGFS
from bedlib.migration import Migration, patience

# For its time not in every run.
RELEASE = True
GUEST = {"memory": 256}
LOAD = 48
MIB_PER_S = 40
TIMEOUT = 120
PATIENCE = patience(GUEST["memory"])


def claimed(guest):
    """Blocks that are in 2M pages, as far as the driver knows."""
    rows = guest.run(f"grep ^0x {DEBUGFS}/blocks").out.splitlines()
    return sum(row.split(" ", 1)[1].count("2") for row in rows)


def abort(t, what, moment):
    guest = t.guest
    doing = what(guest, GUEST["memory"], PATIENCE + 60)
    doing.prepare()
    before = guest.machine.census().p2m
    copy = Migration(guest.machine, MIB_PER_S, breaks=moment)
    copy.await_part(0.1, TIMEOUT)
    t.expect(guest.status("being_copied") == "yes", "the guest does not see that it is copied")
    doing.begin()
    t.expect(not copy.await_end(TIMEOUT), "it was not aborted")
    doing.finish()
    guest.check_conservation()
    guest.await_status("being_copied", "no", PATIENCE + 60)
    # Whoever writes a knob wakes the worker, which forgets what it knew.
    guest.write("hugeballoon/heal", "0")
    guest.settle()
    after = guest.machine.census().p2m
    t.note(f"{what.name}, aborted at {moment}: {before} 2M entries before, {after} "
           f"after, of which the map knows {claimed(guest)}")
    t.expect(claimed(guest) <= after, f"the map has {claimed(guest)} 2M blocks")


def run(t):
    guest = t.guest
    guest.insmod()
    guest.start_load(LOAD)
    guest.heal()
    abort(t, activity.Deflate, 1)
    abort(t, activity.Inflate, "end")
    abort(t, activity.Rest, 0.5)
    guest.end_load()
