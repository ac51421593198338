# SPDX-License-Identifier: GPL-2.0
"""Live migration of a guest to the host that it is on.

The guest's memory goes through a pipe that lets only so much pass, so that
there is time to do something to the guest meanwhile.
"""

import shlex

from .errors import BedError, Failure

ARRIVED = "Migration successful."
PAGE = 4096
# What the stream has for each page beside its contents.
PER_PAGE = 8
# For all else that is in the stream, and for what the pipes hold.
SLACK = 8 << 20


class Migration:
    """Begins with the copying, in the background. The guest runs on until the end,
    and has another domain id after await_arrival().
    """

    def __init__(self, guest, mib_per_s):
        self.guest = guest
        self.dom0 = guest.bed.dom0
        self.from_domid = guest.domid
        # Every round but the first is for pages that have changed meanwhile.
        self.first_round = guest.pages()[0] * (PAGE + PER_PAGE) + SLACK
        self.count = f"/tmp/migrate.{guest.domid}.count"
        # Among the logs that are kept.
        self.log = f"/var/log/xen/console/migrate-{guest.name}-{guest.domid}.log"
        through = f"slow {mib_per_s} {self.count} | xl migrate-receive"
        migrate = f"xl migrate -s '' {guest.name} {shlex.quote(through)}"
        # xl migrate-receive stays as the new domain's monitor, and keeps the log
        # open: the end is what the log says, not the end of a file.
        self.dom0.run(f"{{ {migrate}; echo \"status $?\"; }} >{self.log} 2>&1 </dev/null &")

    def _await(self, condition, timeout, what):
        """Until the shell's condition is true, or the migration has ended."""
        self.dom0.run(
            f"until {condition} || grep -q '^status ' {self.log}; do usleep 20000; done",
            timeout)
        result = self.dom0.run(condition, check=False)
        if result.status:
            raise BedError(f"{self.guest.name}: {what}: the migration has ended: "
                           f"{self.text()}")

    def text(self):
        """The last that xl has said."""
        return self.dom0.run(f"tail -n 12 {self.log}").out.strip()

    def copied(self):
        """Bytes that have passed so far."""
        return int(self.dom0.run(f"cat {self.count} 2>/dev/null || echo 0").out)

    def await_first_round(self, timeout, percent=100):
        """Until so much was copied once; then what has changed is copied again."""
        self._await(f"[ \"$(cat {self.count} 2>/dev/null || echo 0)\" -ge "
                    f"{self.first_round * percent // 100} ]", timeout, "first round")
        # A number that was reached at the very end would mean nothing.
        if self.has_arrived():
            raise Failure(f"{self.guest.name}: it is over already")

    def has_arrived(self):
        return self.dom0.run(f"grep -q '^{ARRIVED}' {self.log}", check=False).status == 0

    def await_arrival(self, timeout):
        """Until the guest runs where it was copied to, and answers there."""
        self._await(f"grep -q '^{ARRIVED}' {self.log}", timeout, "arrival")
        self.guest.domid = int(self.dom0.run(f"xl domid {self.guest.name}").out)
        if self.guest.domid == self.from_domid:
            raise BedError(f"{self.guest.name} is still domain {self.from_domid}")
        self.guest.wait_ready(timeout)
