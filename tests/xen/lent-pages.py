# SPDX-License-Identifier: GPL-2.0
"""Ballooned pages are lent to other drivers, also across insmod and rmmod."""

from bedlib.balloon import BORROWER

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
RELEASE = ("pv",)
MB = 1024
LENT_KB = 4000


def borrow(guest):
    guest.run(f"insmod {BORROWER} count={LENT_KB // 4}")


def give_back(guest):
    guest.run("rmmod xhb_borrow")


def run(t):
    guest = t.guest
    guest.insmod()
    before = guest.number("foreign_used_kb")
    borrow(guest)
    used = guest.number("foreign_used_kb") - before
    t.expect(used == LENT_KB, f"{used} KiB are lent, not {LENT_KB}")
    guest.settle()
    guest.check_sum()
    give_back(guest)
    t.expect(guest.number("foreign_used_kb") == before, "pages are still lent")
    guest.settle()
    guest.check_sum()

    # Lent by one driver, given back to the other.
    borrow(guest)
    guest.rmmod()
    give_back(guest)
    borrow(guest)
    guest.insmod()
    give_back(guest)
    guest.set_target(guest.boot_kb - 64 * MB)
    guest.set_target(guest.boot_kb)
