# SPDX-License-Identifier: GPL-2.0
"""A guest that is copied to another host arrives whole, whatever its balloon does.

Xen 4.17 does not know that pages are new which a guest takes while it is copied:
unless the guest marks them, they stay behind. Those that it gives away meanwhile
arrive all the same, and then the guest has more than its balloon believes.
"""

from bedlib import activity
from bedlib.migration import during_migration

# Ten minutes. migrate-live-resizing is what every run has of it.
RELEASE = True
GUEST = {"memory": 256}
# Parts of the first round; 1: what has changed is copied again.
MOMENTS = (0.2, 0.6, 1)


def run(t):
    t.guest.insmod()
    for what in activity.all_for(translated=True):
        for moment in MOMENTS:
            during_migration(t, what, moment)
