# SPDX-License-Identifier: GPL-2.0
"""A guest whose kernel has no front end for ballooning can be ballooned while the module
is loaded, by its host and by its user, and not before or after."""

from bedlib.balloon import XEN_MEMORY

GUEST_KERNEL = "nofront"
# Its kernel takes minutes to build, once.
RELEASE = True
MEMORY = 512
GUEST = {"memory": MEMORY}
KINDS = ("pvh", "pv")
MB = 1024
EARLY = f"""
ls {XEN_MEMORY} >/early.ls 2>&1
insmod /xen-hugeballoon.ko
"""


def files():
    # Without the module there is nothing that tells how large the guest is.
    return {"/early": EARLY.encode()}


def run(t):
    guest = t.guest
    guest.lent_at_boot_kb = guest.number("foreign_used_kb")
    t.expect("No such file" in guest.run("cat /early.ls").out, "there is a front end")
    guest.host_asks(MEMORY, 100)
    guest.set_target(guest.boot_kb - 160 * MB)
    guest.check_conservation()
    guest.refuses("target_kb", ("garbage", "-1"))

    pages = guest.pages()
    guest.rmmod()
    t.expect(guest.run(f"test ! -e {XEN_MEMORY}", check=False).status == 0,
             "the device stays when the module goes")
    guest.mem_set(MEMORY - 200)
    guest.run("sleep 2")
    t.expect(guest.pages()[0] == pages[0], f"{pages} before, {guest.pages()} after rmmod")

    # What the host has asked for meanwhile is found at once.
    guest.insmod()
    guest.await_current(guest.boot_kb - 200 * MB)
    guest.check_conservation()
    guest.host_asks(MEMORY)
    guest.start_load(200)
    guest.end_load()
