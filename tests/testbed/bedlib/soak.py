# SPDX-License-Identifier: GPL-2.0
"""What happens to a guest that runs for long: everything, at random.

An event changes something and leaves the guest as it should be able to go on; what
runs on after it (a load, a full cache, another knob) stays until another event ends
it. None waits for a target, for the next may change it.
"""

import os
import time
from collections import Counter

from .balloon import BORROWER
from .memory import MEMORY, removable
from .migration import Migration

MB = 1024
LOAD = 96
CACHE = 48
SWAP = 64
SPARE = 64
HUGETLB = 12
SECTION = 128
PIN = 32
MIGRATION_MIB_PER_S = 200
# A deadline, for a machine that has other work as well.
MIGRATION_S = 600
MIGRATION_BEGUN = 0.02
# A guest with two CPUs stands for seconds when the emulator does not run one of them.
PATIENCE = 5
# What targets may take from the guest, so that it is not killed by its load.
SPAN = 320
SELFBALLOONING = "selfballoon/selfballooning"
KNOBS = {"enable_huge": ("0", "1", "1"),
         "hugepage_effort": ("free", "compact", "evacuate"),
         "coalesce": ("0", "1"),
         "coalesce_interval_ms": ("10", "250"),
         "heal_interval_ms": ("1", "250"),
         "deflate_on_oom": ("never", "self", "always"),
         "floor_kb": ("0", "65536")}


class Soak:
    def __init__(self, t):
        self.t = t
        self.guest = t.guest
        self.guest.patience = PATIENCE
        self.random = t.random
        self.counts = Counter()
        self.selfballooning = "0"
        self.load = False
        self.cached = False
        self.pinned = False
        self.borrowed = False
        self.offline = None
        self.host_mb = t.scenario.guest_options["memory"]
        # Lockdep's first report is its last, and the kernel's own xs_suspend() gives it
        # one where a program watches xenstore; nor is a suspension without warnings of
        # its own, see checks.py. So the debug kernel is not suspended in the first half.
        self.suspends = not t.scenario.debug

    def second_half(self):
        """Without lockdep. Warnings end nothing, but are found at the end."""
        if not self.suspends:
            self.guest.run("echo 0 >/proc/sys/kernel/prove_locking; "
                           "echo 0 >/proc/sys/kernel/panic_on_warn")
            self.suspends = True

    def one_event(self):
        event = self.random.choice([event for event, fits in EVENTS if fits(self)])
        name = event.__name__.replace("_", "-")
        self.counts[name] += 1
        begin = time.monotonic()
        event(self)
        # The last line tells what went wrong, and when.
        self.t.note(f"{name} {time.monotonic() - begin:.1f} s")
        self.guest.run(f"usleep {self.random.randrange(1500000)}")

    def at_rest(self):
        """All that runs on is ended, and the guest has its memory again."""
        for pending, event in ((self.load, load), (self.cached, page_cache),
                               (self.pinned, pinned_pages),
                               (self.borrowed, foreign_pages),
                               (self.offline, memory_off_and_on)):
            if pending:
                event(self)
        self.guest.run("swapoff /dev/zram0 2>/dev/null; echo 0 >/proc/sys/vm/nr_hugepages",
                       120, check=False)

    def check(self):
        """Nothing moves for a moment: then sums and Xen must agree."""
        guest = self.guest
        # It looks again every second, and gives a part of what it can do without.
        guest.write(SELFBALLOONING, "0")
        guest.write("target_kb", str(guest.current_kb()))
        guest.check_conservation()
        guest.write(SELFBALLOONING, self.selfballooning)


def _make_room(soak, megabytes):
    """What nobody could have given a guest with such a target would be its own fault."""
    guest = soak.guest
    guest.mem_set(soak.host_mb)
    if soak.selfballooning == "1":
        return                  # which makes room when somebody wants it
    guest.run("until [ $(sed -n 's/^MemAvailable: *\\([0-9]*\\).*/\\1/p' /proc/meminfo) "
              f"-gt {(megabytes + SPARE) * MB} ]; do usleep 100000; done")


def _has_2m(soak):
    return soak.t.translated


def _has_cpus_to_spare(soak):
    return soak.t.cpus_can_go


def _suspends(soak):
    return soak.suspends


def _migrates(soak):
    """xl gives up on a PV guest whose p2m changes."""
    return soak.suspends and soak.t.kind == "pvh"


def _always(_):
    return True


def target_in_guest(soak):
    less = soak.random.randrange(SPAN * MB)
    soak.guest.write("target_kb", str(soak.guest.boot_kb - less))


def target_of_host(soak):
    soak.guest.mem_set(soak.host_mb - soak.random.randrange(SPAN))


def impossible_target(soak):
    soak.guest.write("target_kb", soak.random.choice(("0", "1000000000")))


def reload(soak):
    soak.guest.rmmod()
    soak.guest.run(f"usleep {soak.random.randrange(400000)}")
    soak.guest.insmod()
    soak.selfballooning = "0"


def knob(soak):
    name = soak.random.choice(sorted(KNOBS))
    soak.guest.write(f"hugeballoon/{name}", soak.random.choice(KNOBS[name]))


def selfballooning(soak):
    soak.selfballooning = soak.random.choice("01")
    soak.guest.write(SELFBALLOONING, soak.selfballooning)
    soak.guest.write("selfballoon/selfballoon_interval", "1")


def compaction(soak):
    soak.guest.compact()


def healing(soak):
    soak.guest.write("hugeballoon/heal", soak.random.choice(("0", "1", "now")))


def load(soak):
    if soak.load:
        soak.guest.end_load()
    else:
        _make_room(soak, LOAD)
        soak.guest.start_load(LOAD, small=soak.random.random() < 0.5)
    soak.load = not soak.load


def load_halved(soak):
    if soak.load:
        soak.guest.halve_load()


def page_cache(soak):
    _make_room(soak, CACHE)
    soak.guest.run("rm /tmp/cache; echo 3 >/proc/sys/vm/drop_caches" if soak.cached else
                   f"dd if=/dev/zero of=/tmp/cache bs=1M count={CACHE} 2>/dev/null")
    soak.cached = not soak.cached


def foreign_pages(soak):
    soak.guest.run("rmmod xhb_borrow" if soak.borrowed else f"insmod {BORROWER} count=700")
    soak.borrowed = not soak.borrowed


def hugetlb_pages(soak):
    _make_room(soak, 2 * HUGETLB)
    soak.guest.run(f"echo {soak.random.randrange(HUGETLB)} >/proc/sys/vm/nr_hugepages")


def pinned_pages(soak):
    """Some that nobody can move, here and there."""
    if soak.pinned:
        soak.guest.run("kill $(cat /tmp/pin.pid); until grep -q ended /tmp/pin.out; "
                       "do usleep 20000; done; grep 'ended 0' /tmp/pin.out || ! cat /tmp/pin.out")
    else:
        _make_room(soak, PIN)
        soak.guest.run(f"rm -f /tmp/pin.*; (mbtool pin {PIN} /tmp/pin.status & "
                       "echo $! >/tmp/pin.pid; wait $!; echo ended $?) >/tmp/pin.out 2>&1 & "
                       "until grep -q . /tmp/pin.status /tmp/pin.out 2>/dev/null; "
                       "do usleep 50000; done; grep -q pinned /tmp/pin.status")
    soak.pinned = not soak.pinned


def same_pages_merged(soak):
    soak.guest.run(f"echo {soak.random.choice('012')} >/sys/kernel/mm/ksm/run")


def swap(soak):
    """To memory: what is swapped out takes less of it, but takes it in the kernel."""
    _make_room(soak, SWAP)
    soak.guest.run("if grep -q zram0 /proc/swaps; then swapoff /dev/zram0; "
                   "echo 1 >/sys/block/zram0/reset; else "
                   f"echo {SWAP}M >/sys/block/zram0/disksize && mkswap /dev/zram0 "
                   ">/dev/null && swapon /dev/zram0; fi", 120)


def memory_off_and_on(soak):
    if soak.offline:
        soak.guest.run(f"echo online >{soak.offline}")
        soak.offline = None
        return
    blocks = removable(soak.guest)
    if blocks:
        state = f"{MEMORY}/memory{soak.random.choice(blocks)}/state"
        # What is in it goes elsewhere, and what is free in it is gone.
        _make_room(soak, SECTION)
        # With a 2M balloon page, or something pinned, in it, it cannot go.
        if not soak.guest.run(f"timeout 20 sh -c 'echo offline >{state}'", 60,
                              check=False).status:
            soak.offline = state


def cpu_off_and_on(soak):
    soak.guest.run("echo 0 >/sys/devices/system/cpu/cpu1/online; usleep 300000; "
                   "echo 1 >/sys/devices/system/cpu/cpu1/online")


def save_and_restore(soak):
    soak.t.bed.save(soak.t.name)
    soak.t.bed.restore(soak.t.name)


def live_migration(soak):
    """Targets change meanwhile; what goes on in the guest goes on."""
    # Over there xl makes room for what the target is, not for what the guest has.
    soak.guest.mem_set(soak.host_mb)
    copy = Migration(soak.guest.machine, MIGRATION_MIB_PER_S)
    copy.await_part(MIGRATION_BEGUN, MIGRATION_S)
    soak.random.choice((target_in_guest, target_of_host, compaction, knob))(soak)
    # Where it gave memory when that began, it may go on where it was.
    if not copy.await_giver(MIGRATION_S):
        soak.counts["live-migration-refused"] += 1


def host_memory_gone(soak):
    with soak.t.no_host_memory():
        soak.random.choice((target_in_guest, compaction, reload, knob))(soak)
        soak.guest.run("sleep 2")


EVENTS = ((target_in_guest, _always), (target_in_guest, _always),
          (target_of_host, _always), (impossible_target, _always), (reload, _always),
          (knob, _always), (knob, _always), (selfballooning, _always),
          (compaction, _always), (healing, _has_2m), (load, _always), (load, _always),
          (load_halved, _always), (page_cache, _always), (foreign_pages, _always),
          (hugetlb_pages, _has_2m), (pinned_pages, _always), (same_pages_merged, _always),
          (swap, _always), (memory_off_and_on, _always), (cpu_off_and_on, _has_cpus_to_spare),
          (save_and_restore, _suspends), (live_migration, _migrates),
          (host_memory_gone, _always))


def run(t):
    minutes = float(os.environ.get("MINUTES", "3"))
    guest = t.guest
    guest.insmod()
    soak = Soak(t)
    begin = time.monotonic()
    end = begin + 60 * minutes
    next_check = begin + 60
    while time.monotonic() < end:
        if time.monotonic() > (begin + end) / 2:
            soak.second_half()
        soak.one_event()
        if time.monotonic() >= next_check:
            soak.check()
            next_check = time.monotonic() + 60
    soak.at_rest()
    guest.mem_set(soak.host_mb)
    guest.write(SELFBALLOONING, "0")
    guest.set_target(guest.boot_kb, 120)
    counts = ", ".join(f"{name} {number}" for name, number in sorted(soak.counts.items()))
    t.note(f"{minutes:g} minutes, {sum(soak.counts.values())} events: {counts}")
