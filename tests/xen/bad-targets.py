# SPDX-License-Identifier: GPL-2.0
"""What is no number is refused and changes nothing; 0 and too much are safe."""

import time

GUEST = {"memory": 512}
SHARES = True
MB = 1024
NO_NUMBERS = ("garbage", "12abc", "-1", " ", "\n", "0x", "1 2", "1.5",
              "99999999999999999999999")
TOO_MANY_KB = ("18446744073709551615",)
TOO_MANY_BYTES = ("18446744073709551616", "17179869184G")
NO_XENSTORE_NUMBERS = ("garbage", "12abc", "", "-1", "1.5")


def state(guest):
    return guest.target_kb(), guest.current_kb(), guest.pages()


def check_xenstore(t, guest, before):
    path = f"/local/domain/{guest.machine.domid}/memory/target"
    for text in NO_XENSTORE_NUMBERS:
        t.bed.dom0.run(f"xenstore-write -- {path} '{text}'")
        # Ignoring takes no time that could be waited for.
        time.sleep(1)
        t.expect(state(guest) == before, f"memory/target = {text!r} changes something")
    t.bed.dom0.run(f"xenstore-write {path} {512 * MB}")     # xl looks at it
    # The toolstack reads the old target before it sets a new one.
    t.bed.dom0.run(f"xenstore-write -- {path} {512 * MB}")
    guest.mem_set(400)
    guest.await_current(guest.boot_kb - 112 * MB)
    guest.mem_set(512)
    guest.await_current(guest.boot_kb)


def run(t):
    guest = t.guest
    guest.insmod()
    before = state(guest)
    guest.refuses("target_kb", NO_NUMBERS + TOO_MANY_KB)
    guest.refuses("target", NO_NUMBERS + TOO_MANY_BYTES + ("5X",))
    t.expect(state(guest) == before, f"{before} before, {state(guest)} after")
    check_xenstore(t, guest, before)

    guest.write("target_kb", "0")
    guest.await_status("state", "at the floor")
    guest.check_conservation()
    small = guest.current_kb()
    t.expect(small < guest.boot_kb // 2, f"it still has {small} KiB with a target of 0")
    guest.run("head -c 1000000 /dev/zero >/tmp/alive && rm /tmp/alive")

    guest.write("target_kb", str(4096 * MB))
    guest.await_current(guest.boot_kb)
    guest.settle()
    pages, maximum = guest.pages()
    t.expect(pages <= maximum, f"{pages} pages, {maximum} allowed")
    guest.set_target(guest.boot_kb)
