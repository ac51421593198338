# SPDX-License-Identifier: GPL-2.0
"""Four vCPUs, and everything at once: CPUs come and go, too. Targets that are left alone
are met to the page, no data changes, and all memory is had again."""

from bedlib import storm

# Five minutes.
RELEASE = True
GUEST = {"memory": 640, "vcpus": 4}
KINDS = ("pvh", "pv")
SECONDS = 12
files = storm.files


def run(t):
    storm.run(t, SECONDS)
