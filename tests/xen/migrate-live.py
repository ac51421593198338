# SPDX-License-Identifier: GPL-2.0
"""A guest that is copied to another host arrives whole, whatever its balloon does.

Xen 4.17 does not know that pages are new which a guest takes while it is copied:
unless the guest marks them, they stay behind. Those that it gives away meanwhile
arrive all the same, and then the guest has more than its balloon believes. The
toolstack gives up on a PV guest whose size changes: that one goes on where it was,
as whole.
"""

from bedlib import activity
from bedlib.migration import Migration

GUEST = {"memory": 256}
KINDS = ("pvh", "pv")
MB = 1024
LOAD = 48
MIB_PER_S = 40
TIMEOUT = 120
# Parts of the first round; 1: what has changed is copied again.
MOMENTS = (0.2, 0.6, 1)


def migrate(t, what, moment):
    guest = t.guest
    guest.start_load(LOAD)
    doing = what(guest, GUEST["memory"])
    doing.prepare()
    copy = Migration(guest.machine, MIB_PER_S)
    copy.await_part(moment, TIMEOUT)
    doing.begin()
    arrived = copy.await_end(TIMEOUT)
    statistics = guest.statistics()
    t.note(f"{what.name} at {moment}: "
           f"{'arrived' if arrived else 'goes on where it was'}, "
           f"{copy.copied() >> 20} MiB were copied, marked {statistics['marked']} "
           f"revived {statistics['revived']}")
    t.expect(arrived or t.kind == "pv", f"the migration was given up: {copy.text()}")
    guest.check_conservation()
    doing.finish()
    t.expect(guest.end_load() == LOAD * MB // 4, "the load has lost pages")
    guest.check_conservation()


def run(t):
    t.guest.insmod()
    for n, what in enumerate(activity.all_for(t.kind)):
        migrate(t, what, MOMENTS[n % len(MOMENTS)])
