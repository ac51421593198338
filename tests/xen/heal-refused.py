# SPDX-License-Identifier: GPL-2.0
"""A PV guest, which has no 2M p2m entries, says so when it is to be healed."""

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pv",)


def run(t):
    guest = t.guest
    guest.insmod("heal=1")
    t.expect(guest.read("hugeballoon/heal") == "0", "the healer is on")
    for text in ("now", "1"):
        error = guest.refusal("hugeballoon/heal", text)
        t.expect(error == "EOPNOTSUPP", f"{text!r}: {error or 'accepted'}")
    guest.write("hugeballoon/heal", "0")
    t.expect("PV guests have no 2M p2m entries" in guest.run("dmesg").out,
             "the kernel log does not say why")
