# SPDX-License-Identifier: GPL-2.0
"""Where the toolstack lets the guest, it says in control/ that it can be ballooned, and
whether it is on its way to the target."""

GUEST = {"memory": 1024}
SHARES = True
KINDS = ("pvh", "pv")
RELEASE = ("pv",)
MB = 1024
AMOUNT = 400 * MB


class Node:
    """A node of the guest's directory control/ in xenstore."""

    def __init__(self, guest, name):
        self.dom0 = guest.bed.dom0
        self.domid = guest.machine.domid
        self.path = f"/local/domain/{self.domid}/control/{name}"

    def allow(self):
        self.dom0.run(f"xenstore-write {self.path} ''; "
                      f"xenstore-chmod {self.path} n{self.domid}")

    def exists(self):
        return not self.dom0.run(f"xenstore-exists {self.path}", check=False).status

    def value(self):
        return self.dom0.run(f"xenstore-read {self.path}").out.strip()

    def record(self):
        """Notes each value that it ever has, until it is asked for them."""
        self.dom0.run(f"while [ ! -e /tmp/enough ]; do xenstore-read {self.path}; done "
                      ">/tmp/values 2>&1 & echo $! >/tmp/recorder; "
                      "until [ -s /tmp/values ]; do usleep 10000; done")

    def recorded(self):
        # Left where they are, they would be the next recording's first values.
        return self.dom0.run("touch /tmp/enough; while kill -0 $(cat /tmp/recorder); do "
                             "usleep 10000; done 2>/dev/null; uniq /tmp/values; "
                             "rm /tmp/enough /tmp/values").out.split()


def run(t):
    guest = t.guest
    feature, active = Node(guest, "feature-balloon"), Node(guest, "balloon-active")
    # As xl has it: the guest may not write there, and nobody minds.
    guest.insmod()
    guest.set_target(guest.boot_kb - 64 * MB)
    t.expect(not active.exists(), "the guest has a node that it may not make")
    guest.rmmod()

    feature.allow()
    active.allow()
    guest.insmod()
    t.expect(feature.value() == "1", "the guest does not say that it can be ballooned")
    active.record()
    guest.set_target(guest.boot_kb - AMOUNT)
    guest.settle()
    seen = active.recorded()
    t.note(f"balloon-active was {', '.join(seen)}")
    t.expect(seen[-3:] == ["0", "1", "0"], f"it was {seen}")

    # At the floor it has stopped, too.
    guest.write("target_kb", "0")
    guest.await_status("state", "at the floor")
    guest.settle()
    t.expect(active.value() == "0", "it never says that it has stopped")
    guest.rmmod()
    t.expect(not active.exists(), "the node stays when the module goes")
    t.expect(feature.value() == "1", "the built-in driver can be told of targets, too")
    guest.set_target(guest.boot_kb)
