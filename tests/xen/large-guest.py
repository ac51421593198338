# SPDX-License-Identifier: GPL-2.0
"""Of a large guest most memory is ballooned out in 4K pages, and is adopted, handed back,
taken over again and returned without a CPU being held up."""

import time

# It takes most of a machine with 24 GB, and minutes.
RELEASE = True
HOST_MEMORY = "19G"
GB = 1024 * 1024
# Who clears memory would have the emulator provide it.
GUEST = {"memory": 16384, "cmdline": "xen_scrub_pages=0"}
LEFT_KB = 2 * GB
TIMEOUT = 900
# Nobody waits longer for the lock on a real machine, which is some ten times as fast.
LOCK_US = 1000000


def seconds(what, *arguments):
    begin = time.monotonic()
    what(*arguments)
    return time.monotonic() - begin


def longest_us(guest):
    return guest.statistics()["lock_longest_us"]


def run(t):
    guest = t.guest
    given = seconds(guest.set_target, LEFT_KB, TIMEOUT)
    taken_over = seconds(guest.insmod, "enable_huge=0 coalesce=0 heal=0")
    guest.check_conservation()
    books = guest.books()
    adopted = books["huge_kb"] + books["base_kb"]
    t.expect(adopted == guest.boot_kb - LEFT_KB, f"adopted {adopted} KiB")
    t.note(f"built-in driver: {given:.1f} s to give {adopted} KiB; adopted in "
           f"{taken_over:.1f} s, lock held for {longest_us(guest)} us at most")

    back = seconds(guest.set_target, guest.boot_kb, TIMEOUT)
    guest.check_conservation()
    away = seconds(guest.set_target, LEFT_KB, TIMEOUT)
    held = longest_us(guest)
    t.note(f"in 4K: {back:.1f} s back, {away:.1f} s away, lock held for {held} us at most")
    t.expect(held < LOCK_US, f"the lock was held for {held} us")
    t.expect(guest.number("huge_kb") == 0, "there are 2M pages though they are off")
    guest.check_conservation()

    handed_back = seconds(guest.rmmod)
    guest.check_conservation()
    again = seconds(guest.insmod)
    t.note(f"{handed_back:.1f} s to hand back, {again:.1f} s to adopt again, lock held for "
           f"{longest_us(guest)} us at most")
    guest.set_target(guest.boot_kb, TIMEOUT)
    guest.check_conservation()
    guest.rmmod()
