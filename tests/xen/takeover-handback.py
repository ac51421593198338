# SPDX-License-Identifier: GPL-2.0
"""insmod takes over from the built-in driver, rmmod makes it work again."""

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
LESS = 128
# On the debug kernel the built-in driver takes half a second for each 4 MB.
LESS_SLOWLY = 32


def down_and_up(t, guest):
    full = t.scenario.guest_options["memory"]
    guest.host_asks(full, LESS_SLOWLY if t.scenario.debug else LESS)
    guest.host_asks(full)


def run(t):
    guest = t.guest
    t.expect(guest.builtin_thread_runs(), "the built-in driver's thread is not there")

    guest.insmod()
    t.expect(not guest.builtin_thread_runs(), "the built-in driver's thread still runs")
    t.expect(guest.module_loaded(), "there is no group hugeballoon/")
    t.expect(guest.current_kb() == guest.boot_kb, "taking over changed current_kb")
    down_and_up(t, guest)

    guest.rmmod()
    t.expect(guest.builtin_thread_runs(), "the built-in driver's thread is not back")
    t.expect(not guest.module_loaded(), "the group hugeballoon/ is still there")
    down_and_up(t, guest)
