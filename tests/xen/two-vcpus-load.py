# SPDX-License-Identifier: GPL-2.0
"""Two vCPUs, a process that checks its data, changing targets, reloading. Targets that
are left alone are met to the page, and all memory is had again."""

from bedlib.balloon import MODULE

GUEST = {"memory": 768, "vcpus": 2}
KINDS = ("pvh", "pv")
RELEASE = ("pv",)
MB = 1024
ROUNDS = 8
# Beside the load; the guest keeps its floor.
LEAST = 100 * MB
MOST_MET = 250 * MB
MOST = 380 * MB


def meet(t, guest):
    wanted = guest.boot_kb - t.random.randrange(LEAST, MOST_MET, 4)
    guest.set_target(wanted)
    t.expect(guest.target_kb() == wanted, "the target is not what was written")
    books = guest.books()
    t.expect(books["huge_kb"] + books["base_kb"] + books["isolated_kb"] ==
             guest.total_kb - wanted, f"{books} with a target of {wanted}")


def run(t):
    guest = t.guest
    guest.start_load(250)
    guest.run(f"insmod {MODULE}")
    for number in range(ROUNDS):
        # The next target comes while the balloon is still on its way to this one.
        guest.write("target_kb", str(guest.boot_kb - t.random.randrange(MOST)))
        if number == ROUNDS // 2:
            guest.halve_load()
        if number % 3 == 1:
            meet(t, guest)
        if number % 3 == 2:
            guest.run(f"rmmod xen_hugeballoon && insmod {MODULE}")
    guest.end_load()
    guest.set_target(guest.boot_kb)
    books = guest.books()
    t.expect(books["huge_kb"] == books["base_kb"] == 0, f"{books} at the end")
