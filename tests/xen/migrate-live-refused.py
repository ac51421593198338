# SPDX-License-Identifier: GPL-2.0
"""A PV guest that Debian's Xen cannot copy goes on where it was, whatever its
balloon does: that Xen is built without shadow page tables, which a PV guest needs
for being copied while it runs.
"""

from bedlib import activity
from bedlib.migration import Migration

GUEST = {"memory": 256}
KINDS = ("pv",)
# Xen refuses it, whatever the driver does.
RELEASE = True
LOAD = 48
MIB_PER_S = 40
TIMEOUT = 120


def run(t):
    guest = t.guest
    guest.insmod()
    guest.start_load(LOAD)
    for what in (activity.Rest, activity.Inflate, activity.Deflate):
        doing = what(guest, GUEST["memory"])
        doing.prepare()
        doing.begin()
        copy = Migration(guest.machine, MIB_PER_S)
        arrived = copy.await_end(TIMEOUT)
        t.expect(not arrived, "it was copied: then it belongs to migrate-live.py")
        t.expect("logdirty" in copy.log_text(), f"refused for another reason: {copy.text()}")
        doing.finish()
        guest.check_conservation()
    guest.end_load()
