# SPDX-License-Identifier: GPL-2.0
"""A request smaller than 2M is met to the page by splitting one 2M page."""

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod()
    guest.set_target(guest.boot_kb - 64 * MB)
    before = guest.books()
    splits = guest.number("split")
    # More than the base queue can have, less than a 2M page.
    more = before["base_kb"] + 400
    guest.set_target(guest.boot_kb - 64 * MB + more)
    after = guest.books()
    t.expect(guest.number("split") == splits + 1, f"no split: {before}, {after}")
    t.expect(before["huge_kb"] - after["huge_kb"] == 2 * MB, f"{before}, {after}")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
