# SPDX-License-Identifier: GPL-2.0
"""A host that allows guests no 2M extents costs a hypercall more, once, and no time."""

GUEST = {"memory": 512}
XEN_OPTIONS = "memop-max-order=0"
RELEASE = True
MB = 1024
BALLOON = 200
# What a second backoff would take, and more than the emulator needs.
SECONDS = 20
# For 2M extents that are tried once, and the remainder.
SPARE_CALLS = 5


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
    before, after = after, guest.statistics()
    calls = after["hypercalls"] - before["hypercalls"]
    batches = after["populate_2m_tried"] - before["populate_2m_tried"]
    t.note(f"took {BALLOON} MB in {seconds:.1f} s, {calls} hypercalls, {batches} batches")
    # Of any size, by how fast the machine is. For each the domain's size is asked, and
    # afterwards whether it is being copied.
    t.expect(batches and calls <= 3 * batches + SPARE_CALLS,
             f"{calls} hypercalls for {batches} batches")
    guest.check_conservation()
