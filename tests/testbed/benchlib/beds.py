# SPDX-License-Identifier: GPL-2.0
"""One bed for as many parts as possible: a boot takes most of a minute."""

from bedlib import paths
from bedlib.bed import CPUS, Bed

from . import machine

DOM0 = "1200M"
# dom0, Xen itself, and the page tables of guests.
REST_MB = 2048


class Beds:
    def __init__(self, progress, least_mb=0):
        """Each with at least so much memory for guests."""
        self.progress = progress
        self.least_mb = least_mb
        self.bed = None
        self.boots = 0
        self.guests_mb = 0
        self.cpus = 0

    def for_guests(self, megabytes, results, cpus=CPUS):
        """A bed with so much memory for guests, of which it has none yet, and so many
        CPUs; @results learns what machine it is."""
        megabytes = max(megabytes, self.least_mb)
        if self.bed and (self.guests_mb < megabytes or self.cpus != cpus):
            self.close()
        if not self.bed:
            self.guests_mb, self.cpus = megabytes, cpus
            self.boots += 1
            self.bed = Bed(self._run(), memory=f"{megabytes + REST_MB}M", dom0_memory=DOM0,
                           cpus=cpus)
            with self.progress.step("booting Xen with a stock Debian dom0 in QEMU, "
                                    "without KVM"):
                self.bed.wait_ready()
        results.machine = machine.facts(self.bed)
        return self.bed

    def _run(self):
        return f"bench-{self.boots}"

    def logs(self):
        """Of the last boot; those of others stay as well."""
        return paths.log_dir(self._run())

    def close(self):
        if self.bed:
            self.bed.close()
            self.bed = None
