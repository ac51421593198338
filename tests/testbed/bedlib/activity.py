# SPDX-License-Identifier: GPL-2.0
"""What a balloon may be doing when something happens to its domain.

Each has up to three parts: what is there before, what begins at the moment, and
what is true when it has come to its end. The guest is full before and after.
"""

from .balloon import BORROWER
from .errors import Failure

MB = 1024
BALLOON = 64 * MB
SCATTERED = 32 * MB


class Rest:
    name = "rest"
    superpages = False              # is about something that only PVH guests have
    gives = False                   # memory to Xen while the guest is copied
    load_mb = 48                    # for a guest of 256 MB

    def __init__(self, guest, host_mb, timeout=60):
        self.guest = guest
        self.host_mb = host_mb      # what the host lets the guest have
        self.timeout = timeout      # for it to come to its end
        self.less = guest.boot_kb - BALLOON

    def prepare(self):
        pass

    def begin(self):
        pass

    def finish(self):
        pass


class Inflate(Rest):
    name = "inflate"

    def begin(self):
        self.guest.write("target_kb", str(self.less))

    def finish(self):
        # The host gives a new domain the target that it knows, which is the larger
        # one, and says it once more.
        self.guest.mem_set(self.host_mb - BALLOON // MB)
        self.guest.await_current(self.less, self.timeout)
        self.guest.check_conservation()
        self.guest.mem_set(self.host_mb)
        self.guest.await_current(self.guest.boot_kb)


class Deflate(Rest):
    name = "deflate"

    def prepare(self):
        self.guest.set_target(self.less)

    def begin(self):
        self.guest.write("target_kb", str(self.guest.boot_kb))

    def finish(self):
        self.guest.await_current(self.guest.boot_kb)


class Scattered(Rest):
    """With a balloon of scattered 4K pages that the host knows of, so that it
    outlives a new domain.
    """

    def prepare(self):
        self.guest.write("hugeballoon/enable_huge", "0")
        self.guest.inflate_scattered(SCATTERED)
        self.guest.mem_set(self.host_mb - SCATTERED // MB)

    def fill(self):
        self.guest.mem_set(self.host_mb)
        self.guest.await_current(self.guest.boot_kb)


class Coalesce(Scattered):
    name = "coalesce"
    superpages = True

    def begin(self):
        self.guest.write("hugeballoon/enable_huge", "1")

    def finish(self):
        # Of the load's memory some is in each block; half is enough for proof.
        self.guest.await_file("hugeballoon/huge_kb", SCATTERED // 2)
        self.fill()


class Compact(Scattered):
    """Balloon pages move."""
    name = "compact"
    # In a new guest the balloon's pages lie above the load. Compaction fills the gaps
    # between them with what lies lowest, so there have to be more gaps than load.
    load_mb = 16

    def prepare(self):
        super().prepare()
        self.moved = self.guest.number("migrated")

    def begin(self):
        self.guest.run("echo 1 >/proc/sys/vm/compact_memory & echo $! >/tmp/compact.pid")

    def finish(self):
        self.guest.run("while kill -0 $(cat /tmp/compact.pid) 2>/dev/null; "
                       "do usleep 50000; done", 120)
        self.guest.compact()
        if self.guest.number("migrated") == self.moved:
            raise Failure("no balloon page has moved")
        self.fill()
        self.guest.write("hugeballoon/enable_huge", "1")


class Heal(Rest):
    name = "heal"
    superpages = True

    def prepare(self):
        self.guest.write("hugeballoon/enable_huge", "0")
        self.guest.set_target(self.less)
        self.guest.set_target(self.guest.boot_kb)
        self.guest.write("hugeballoon/enable_huge", "1")
        self.healed = self.guest.number("healed")

    def begin(self):
        self.guest.write("hugeballoon/heal", "now")

    def finish(self):
        self.guest.await_healed()
        if self.guest.number("healed") == self.healed:
            raise Failure("nothing was healed")


class Lend(Rest):
    """Pages for foreign mappings, for which the guest gives memory to Xen at once,
    whatever else waits. They come back before it sleeps.
    """
    name = "lend"
    gives = True

    def begin(self):
        self.guest.write("target_kb", str(self.less))
        self.guest.run(f"insmod {BORROWER} count={BALLOON // 4}; rmmod xhb_borrow")

    def finish(self):
        self.guest.set_target(self.less, self.timeout)
        self.guest.check_conservation()
        self.guest.set_target(self.guest.boot_kb)


def all_for(translated):
    found = (Rest, Inflate, Deflate, Coalesce, Compact, Heal, Lend)
    return [a for a in found if translated or not a.superpages]
