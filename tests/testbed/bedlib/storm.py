# SPDX-License-Identifier: GPL-2.0
"""A guest with several CPUs, to which everything happens at once: targets, knobs,
reloads, healing, compaction, lent pages, looks at all files, memory that comes and goes,
CPUs that do, and a load that checks its data. What it all leaves must be right."""

from collections import Counter

from . import paths, programs

MB = 1024
LOAD = 96
# What targets may take beside the loads; the guest keeps its floor.
LEAST = 48 * MB
MOST = 240 * MB
SCATTERED = 24 * MB
# Those that the second half is without, because it is about what they would undo.
RESTLESS = ("target", "knob", "reload")
STEADY = ("healing", "compaction", "lending", "look", "churn")
STATE = "/tmp/storm"
CPUS = "/sys/devices/system/cpu"


def files():
    return {"/storm": programs.read(f"{paths.TESTBED}/guest/storm")}


class Storm:
    def __init__(self, t):
        self.t = t
        self.guest = t.guest
        self.cpus = t.scenario.guest_options["vcpus"]
        self.cpus_change = ("cpu",) if t.cpus_can_go else ()
        self.memory = t.scenario.guest_options["memory"]
        self.rounds = Counter()

    def start(self, *names):
        self.guest.run(f"sh /storm start {self.t.random.randrange(1 << 30)} "
                       f"{self.guest.boot_kb} {MOST} {' '.join(names)}")

    def stop(self, *names):
        """Adds up how often each was done."""
        told = self.guest.run(f"sh /storm stop {' '.join(names)}", 240).out
        self.t.expect("wrong: " not in told, told)
        for line in told.splitlines():
            name, rounds = line.split()
            self.rounds[name] += int(rounds)

    def host_sets_cpus(self, number):
        """And waits until the guest has just these."""
        # The emulated machine has fewer CPUs than the guest.
        self.guest.bed.dom0.run("xl vcpu-set --ignore-host "
                                f"{self.guest.machine.domid} {number}")
        cpus = f"0-{number - 1}" if number > 1 else "0"
        for file in ("present", "online"):
            self.guest.run(f"until [ $(cat {CPUS}/{file}) = {cpus} ]; do "
                           "usleep 50000; done", 120)
            # Those that come are for user space to put to work.
            self.guest.run(f"for f in {CPUS}/cpu[1-9]*/online; do [ ! -e $f ] || "
                           "[ $(cat $f) = 1 ] || echo 1 >$f; done")
        self.rounds["vcpu-set"] += 1

    def host_changes_all(self):
        for number in (1, self.cpus, self.t.random.randrange(1, self.cpus), self.cpus):
            self.guest.mem_set(self.memory - self.t.random.randrange(MOST // MB))
            if self.t.cpus_can_go:
                self.host_sets_cpus(number)
        self.guest.mem_set(self.memory)

    def meet(self):
        """A target that is left alone is met to the page."""
        guest = self.guest
        wanted = guest.boot_kb - self.t.random.randrange(LEAST, MOST, 4)
        guest.set_target(wanted, 240)
        self.t.expect(guest.target_kb() == wanted, "the target is not what was written")

    def coalesce(self):
        """Scattered pages are put together beside all else; PV guests have no reason to."""
        guest = self.guest
        guest.write("hugeballoon/enable_huge", "0")
        guest.set_target(guest.boot_kb - SCATTERED, 240)
        guest.write("hugeballoon/enable_huge", "1")
        if self.t.translated:
            guest.await_file("hugeballoon/huge_kb", SCATTERED // 2, 240)

    def statistics(self):
        """Of all the modules that were loaded."""
        counts = Counter(self.guest.statistics())
        for line in self.guest.run(f"cat {STATE}/statistics").out.splitlines():
            words = line.split()
            if len(words) == 2 and words[1].isdigit():
                counts[words[0]] += int(words[1])
        return counts


def check_counts(t, storm):
    counts = storm.statistics()
    t.note("rounds: " + ", ".join(f"{n} {storm.rounds[n]}" for n in sorted(storm.rounds)))
    names = ("migrated", "coalesced", "collapsed", "healed", "split")
    t.note(", ".join(f"{name} {counts[name]}" for name in names))
    for name in (*RESTLESS, *STEADY, *storm.cpus_change, "sums"):
        t.expect(storm.rounds[name] > 0, f"there was no {name}")
    if t.translated:
        for name in ("healed", "coalesced"):
            t.expect(counts[name] > 0, f"nothing was {name}")


def run(t, seconds):
    guest = t.guest
    storm = Storm(t)
    guest.insmod("coalesce_interval_ms=10")
    guest.start_load(LOAD)
    storm.start(*RESTLESS, *STEADY, *storm.cpus_change)
    guest.run(f"sleep {seconds}", seconds + 60)
    storm.stop(*storm.cpus_change)
    storm.host_changes_all()
    storm.stop(*RESTLESS)

    guest.rmmod()
    guest.insmod("coalesce_interval_ms=10")
    storm.start("sums")
    storm.coalesce()
    storm.stop("lending")
    storm.meet()
    storm.stop(*(name for name in STEADY if name != "lending"))
    guest.check_conservation()
    storm.stop("sums")
    if t.translated:
        guest.heal(240)
    guest.end_load()
    guest.set_target(guest.boot_kb, 240)
    books = guest.books()
    t.expect(books["huge_kb"] == books["base_kb"] == 0, f"{books} at the end")
    check_counts(t, storm)
