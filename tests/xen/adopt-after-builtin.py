# SPDX-License-Identifier: GPL-2.0
"""insmod adopts what the built-in driver has ballooned out, nearly all of it in 2M: it
was taken from free memory that was hardly fragmented."""

GUEST = {"memory": 1024}
SHARES = True
KINDS = ("pvh", "pv")
RELEASE = ("pv",)
MB = 1024


def run(t):
    guest = t.guest
    guest.set_target(guest.boot_kb - 256 * MB)
    before = guest.builtin_ballooned_kb()
    guest.insmod()
    books = guest.books()
    adopted = books["huge_kb"] + books["base_kb"]
    t.note(f"{books}")
    t.expect(adopted == before, f"adopted {adopted} of {before} KiB")
    t.expect(books["huge_kb"] >= 0.9 * before, f"only {books['huge_kb']} KiB are 2M pages")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
