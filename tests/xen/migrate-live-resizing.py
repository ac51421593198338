# SPDX-License-Identifier: GPL-2.0
"""A guest whose size changes while it is copied to another host arrives whole: both
directions of what migrate-live is about, each at the moment that loses most."""

from bedlib import activity
from bedlib.migration import during_migration

GUEST = {"memory": 256}


def run(t):
    t.guest.insmod()
    during_migration(t, activity.Deflate, 0.6)
    during_migration(t, activity.Inflate, 0.6)
