# SPDX-License-Identifier: GPL-2.0
"""For the record: what becomes of a guest that takes memory back while it is copied,
with the built-in driver, on this Xen. No verdict but that it lacks what it took.
"""

from bedlib.errors import BedError
from bedlib.migration import Migration

BY_NAME = True
GUEST = {"memory": 256}
MB = 1024
BALLOON = 64 * MB
MIB_PER_S = 40
TIMEOUT = 60


def run(t):
    guest = t.guest
    # It may be dead at the end, which is no fault of this driver's.
    t.balloons.remove(guest)
    guest.set_target(guest.boot_kb - BALLOON)
    copy = Migration(guest.machine, MIB_PER_S)
    copy.await_part(0.6, TIMEOUT)
    guest.set_target(guest.boot_kb)
    try:
        copy.await_end(TIMEOUT)
        answers = "answers"
    except BedError as e:
        answers = f"does not answer: {e}"
    has = guest.pages()[0]
    t.note(f"arrived with {has} of {guest.boot_pages} pages, {answers}")
    t.expect(has < guest.boot_pages, "this Xen marks what is populated")
    t.bed.destroy(guest.name)
