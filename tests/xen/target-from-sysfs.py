# SPDX-License-Identifier: GPL-2.0
"""target_kb and target, which takes bytes and suffixes, are obeyed to the page."""

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod()
    guest.set_target(guest.boot_kb - 100 * MB)
    guest.set_target(guest.boot_kb - 100 * MB + 4)
    guest.set_target(guest.boot_kb - 4)
    for text, kb in (("400M", 400 * MB), ("450m", 450 * MB), (f"{420 * MB}k", 420 * MB),
                     (str(410 * MB * 1024), 410 * MB)):
        guest.write("target", text)
        guest.await_current(kb)
        t.expect(guest.target_kb() == kb, f"target_kb is {guest.target_kb()}, not {kb}")
        t.expect(int(guest.read("target")) == kb * 1024, "target says otherwise")
    guest.check_conservation()
