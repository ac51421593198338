# SPDX-License-Identifier: GPL-2.0
"""The guest tells the host regularly what it has and could have free, if its user wants
that: no more often than he says, and only what is new."""

from bedlib.memory import available_kb

GUEST = {"memory": 512}
KINDS = ("pvh", "pv")
RELEASE = True
MB = 1024
AMOUNT = 100 * MB
SECONDS = 12
INTERVAL = 3
# Free memory of an idle guest changes by less than is news, or by little more.
IDLE_WRITES = 2


class Nodes:
    """The guest's directory in xenstore."""

    def __init__(self, guest):
        self.dom0 = guest.bed.dom0
        self.root = f"/local/domain/{guest.machine.domid}"

    def read(self, name):
        """None if it is not there."""
        result = self.dom0.run(f"xenstore-read {self.root}/{name}", check=False)
        return None if result.status else result.out.strip()

    def await_text(self, name, text):
        self.dom0.run(f"until [ \"$(xenstore-read {self.root}/{name} 2>/dev/null)\" = "
                      f"'{text}' ]; do usleep 100000; done", 30)

    def writes(self, name, seconds):
        """How often somebody writes it in that time. A watch also fires once at first."""
        lines = self.dom0.run(f"timeout {seconds} xenstore-watch {self.root}/{name} "
                              ">/tmp/watched; wc -l </tmp/watched", seconds + 30).out
        return int(lines) - 1


def run(t):
    guest = t.guest
    nodes = Nodes(guest)
    guest.insmod()
    t.expect(nodes.read("data/meminfo_free") is None, "it tells without having been asked")
    guest.write("hugeballoon/host_stats_interval_s", str(INTERVAL))
    nodes.await_text("data/hugeballoon/state", "at target")
    total = int(guest.run("awk '/^MemTotal/ { print $2 }' /proc/meminfo").out)
    available = available_kb(guest)
    t.expect(int(nodes.read("data/meminfo_total")) == total, f"MemTotal is {total}")
    free = int(nodes.read("data/meminfo_free"))
    t.expect(abs(free - available) < 8 * MB, f"it says {free}, MemAvailable is {available}")
    t.expect(nodes.read("data/updated") == "1", "data/updated is not written")
    t.expect(nodes.read("data/hugeballoon/target_by") == "host", "whose target is it?")
    t.expect(int(nodes.read("data/hugeballoon/floor_kb")) > 16 * MB, "no floor")

    guest.settle()
    idle = nodes.writes("data/updated", SECONDS)
    guest.run("while :; do mbtool load 60 /tmp/other.status >/dev/null & pid=$!; sleep 1; "
              "kill -9 $pid; sleep 1; done & echo $! >/tmp/busy.pid")
    busy = nodes.writes("data/updated", SECONDS)
    guest.run("kill $(cat /tmp/busy.pid)")
    t.note(f"in {SECONDS} s every {INTERVAL} s: {idle} times idle, {busy} times busy")
    t.expect(idle <= IDLE_WRITES, f"{idle} times, and nothing is new")
    t.expect(0 < busy <= SECONDS // INTERVAL + 1, f"{busy} times in {SECONDS} s")

    guest.write("target_kb", "0")
    nodes.await_text("data/hugeballoon/state", "at the floor")
    guest.write("target_kb", str(guest.boot_kb))
    guest.await_current(guest.boot_kb)
    guest.write("hugeballoon/host_stats_interval_s", "0")
    nodes.await_text("data/hugeballoon/state", "")
    t.expect(nodes.read("data/meminfo_free") is None, "old numbers stay")
    guest.rmmod()
    guest.insmod("host_stats_interval_s=1")
    nodes.await_text("data/hugeballoon/state", "at target")
    guest.rmmod()
    t.expect(nodes.read("data/hugeballoon/state") is None, "old words stay")
