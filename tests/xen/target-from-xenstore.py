# SPDX-License-Identifier: GPL-2.0
"""xl mem-set and a plain write to memory/target are obeyed to the page."""

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod()
    for megabytes in (400, 301, 512):
        guest.mem_set(megabytes)
        guest.await_current(guest.boot_kb - (512 - megabytes) * MB)

    # Not a whole number of 2M pages, which xl cannot ask for.
    less = 128 * MB + 12
    path = f"/local/domain/{guest.machine.domid}/memory/target"
    t.bed.dom0.run(f"xenstore-write -- {path} {512 * MB - less}")
    guest.await_current(guest.boot_kb - less)
    t.expect(guest.target_kb() == guest.boot_kb - less, "target_kb says otherwise")
