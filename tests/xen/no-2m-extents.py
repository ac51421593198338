# SPDX-License-Identifier: GPL-2.0
"""A host that allows guests no 2M extents costs a hypercall more, once, and no time."""

GUEST = {"memory": 512}
XEN_OPTIONS = "memop-max-order=0"
MB = 1024
BALLOON = 200
# What a second backoff would take, and more than the emulator needs.
SECONDS = 20


def run(t):
    guest = t.guest
    guest.insmod()
    before = guest.statistics()
    seconds = guest.set_target(guest.boot_kb - BALLOON * MB, SECONDS)
    after = guest.statistics()
    calls = after["hypercalls"] - before["hypercalls"]
    t.note(f"gave {BALLOON} MB in {seconds:.1f} s, {calls} hypercalls, {guest.books()}")
    t.expect(after["refused_2m"] - before["refused_2m"] > BALLOON // 4,
             f"Xen has allowed 2M extents: {after}")
    guest.check_conservation()

    seconds = guest.set_target(guest.boot_kb, SECONDS)
    calls = guest.statistics()["hypercalls"] - after["hypercalls"]
    t.note(f"took {BALLOON} MB in {seconds:.1f} s, {calls} hypercalls")
    # 4M in each, that many times is the domain asked whether it is being copied,
    # and the remainder.
    t.expect(calls < BALLOON, f"{calls} hypercalls for {BALLOON} MB")
    guest.check_conservation()
