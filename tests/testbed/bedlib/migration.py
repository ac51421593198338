# SPDX-License-Identifier: GPL-2.0
"""Live migration of a guest to the host that it is on.

The guest's memory goes through a pipe that lets only so much pass, so that
there is time to do something to the guest meanwhile.
"""

import shlex

from .errors import BedError, Timeout

ARRIVED = "Migration successful."
HOLE = "Mapping of pfn"
PAGE = 4096
# What the stream has for each page beside its contents.
PER_PAGE = 8
# For all else that is in the stream, and for what the pipes hold.
SLACK = 12 << 20
# For during_migration().
MIB_PER_S = 40
TIMEOUT = 120
# Every look takes time of the CPUs that do the copying.
POLL_US = 300000


class Migration:
    """Begins with the copying, in the background. The guest runs on until the end,
    and has another domain id after await_arrival().

    breaks: after what part of the first round the way breaks off, or "end" for just
    before the receiver has all of the guest, which sleeps by then.
    """

    def __init__(self, guest, mib_per_s, breaks=""):
        self.guest = guest
        self.dom0 = guest.bed.dom0
        self.from_domid = guest.domid
        # Every round but the first is for pages that have changed meanwhile.
        self.first_round = guest.pages()[0] * (PAGE + PER_PAGE) + SLACK
        if breaks and breaks != "end":
            breaks = int(breaks * self.first_round)
        self.count = f"/tmp/migrate.{guest.domid}.count"
        # Among the logs that are kept.
        self.log = f"/var/log/xen/console/migrate-{guest.name}-{guest.domid}.log"
        through = f"slow {mib_per_s} {self.count} {breaks} | xl migrate-receive"
        migrate = f"xl migrate -s '' {guest.name} {shlex.quote(through)}"
        # xl migrate-receive stays as the new domain's monitor, and keeps the log
        # open: the end is what the log says, not the end of a file.
        # What an earlier one of this domain has left would be taken for its own.
        self.dom0.run(f"rm -f {self.count}; {{ {migrate}; echo \"status $?\"; }} >{self.log} 2>&1 </dev/null &")

    def copied(self):
        """Bytes that have passed so far, in whole MiB."""
        return int(self.dom0.run(f"cat {self.count}", check=False).out or 0)

    def text(self):
        """The last that xl has said."""
        return self.dom0.run(f"tail -n 12 {self.log}").out.strip()

    def log_text(self):
        """All that xl has said."""
        return self.dom0.run(f"cat {self.log}").out

    def _await(self, test, timeout, what):
        """Until a command in dom0 succeeds. It may do so just before the end."""
        loop = (f"until {test}; do grep -q '^status ' {self.log} && {{ {test}; exit; }}; "
                f"usleep {POLL_US}; done")
        try:
            ended = self.dom0.run(loop, timeout, check=False).status
        except Timeout:
            raise Timeout(f"{self.guest.name}: no {what} within {timeout} s, "
                          f"{self.copied()} bytes copied: {self.text()}") from None
        if ended:
            raise BedError(f"{self.guest.name}: the migration ended before its {what}: "
                           f"{self.text()}")

    def await_part(self, part, timeout):
        """Until so much of the first round has passed; 1: until each page has been
        copied once, and changed ones are copied again.
        """
        self._await(f'[ "$(cat {self.count})" -ge {int(part * self.first_round)} ] 2>/dev/null',
                    timeout, f"moment {part}")

    def await_end(self, timeout):
        """Whether the guest runs where it was copied to. If not, it goes on where it
        was. It answers, in either case.
        """
        self._await(f"grep -q -e '^status ' -e '{ARRIVED}' {self.log}", timeout, "end")
        self.guest.domid = int(self.dom0.run(f"xl domid {self.guest.name}").out)
        arrived = ARRIVED in self.text()
        if arrived != (self.guest.domid != self.from_domid):
            raise BedError(f"{self.guest.name} was domain {self.from_domid}, is "
                           f"{self.guest.domid}, but: {self.text()}")
        self.guest.wait_ready(timeout)
        return arrived

    def await_giver(self, timeout):
        """The same for a guest that gives memory: whether it has arrived. It may have to
        stay where the toolstack found a hole where it had just seen a page."""
        if self.await_end(timeout):
            return True
        if HOLE not in self.log_text():
            raise BedError(f"{self.guest.name} has not arrived: {self.text()}")
        return False

    def await_arrival(self, timeout):
        if not self.await_end(timeout):
            raise BedError(f"{self.guest.name} has not arrived: {self.text()}")


def patience(megabytes):
    """Seconds for which such a guest believes that it is copied when nobody copies it
    any more: as in copied.c, a minute and its memory at 16 MB a second."""
    return 60 + megabytes // 16


def during_migration(t, what, moment):
    """t.guest is copied with a load in it, and does @what from that part of the first
    round on; see activity.py. It has all its memory afterwards, and the right one."""
    guest = t.guest
    guest.start_load(what.load_mb)
    megabytes = t.scenario.guest_options["memory"]
    doing = what(guest, megabytes, patience(megabytes) + 60)
    doing.prepare()
    copy = Migration(guest.machine, MIB_PER_S)
    copy.await_part(moment, TIMEOUT)
    doing.begin()
    if what.gives:
        copy.await_giver(TIMEOUT)
    else:
        copy.await_arrival(TIMEOUT)
    statistics = guest.statistics()
    t.note(f"{what.name} at {moment}: {copy.copied() >> 20} MiB were copied, marked "
           f"{statistics['marked']} revived {statistics['revived']}")
    guest.check_conservation()
    doing.finish()
    guest.end_load()
    guest.check_conservation()
