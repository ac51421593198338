# SPDX-License-Identifier: GPL-2.0
"""A guest is saved in the middle of what its balloon does, and goes on with that
when it is restored.
"""

from bedlib import activity

GUEST = {"memory": 256}
KINDS = ("pvh", "pv")
RELEASE = True


def run(t):
    guest = t.guest
    guest.insmod()
    for what in activity.all_for(t.translated):
        guest.start_load(what.load_mb)
        doing = what(guest, GUEST["memory"])
        doing.prepare()
        doing.begin()
        t.bed.save(t.name)
        t.bed.restore(t.name)
        guest.check_conservation()
        doing.finish()
        guest.end_load()
        guest.check_conservation()
        t.note(what.name)
