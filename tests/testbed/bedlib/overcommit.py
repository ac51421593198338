# SPDX-License-Identifier: GPL-2.0
"""Guests whose maximum together is more than the host has, and a program that wants almost
all of one."""

import contextlib
import re

from . import modules
from .balloon import MODULE, Balloon
from .errors import Failure

GUESTS = 4
GUEST_MB = 512
PROGRAM_MB = 380
# Beside a guest's memory Xen needs some for its page tables.
EXTRA_MB = 12
RUN_SECONDS = 240
SIZE = "/sys/devices/system/xen_memory/xen_memory0/info/current_kb"
# Of what it gave before, a guest keeps this much: files that it has read since.
NEAR_KB = 40 * 1024
TRACING = "/sys/kernel/tracing"
EVENTS = ("vmscan/mm_vmscan_wakeup_kswapd", "xen_hugeballoon/xen_hugeballoon_populate",
          "xen_hugeballoon/xen_hugeballoon_release", "sched/sched_process_exec",
          "sched/sched_process_exit")

# What happens in the guest: seconds, and what the program says of its memory.
RUN = f"""now() {{ cut -d. -f1 /proc/uptime; }}; at() {{ cut -d' ' -f1 /proc/uptime; }}
rm -f /tmp/run.status; begin=$(at); end=$(($(now) + {RUN_SECONDS}))
mbtool load {PROGRAM_MB} /tmp/run.status >/tmp/run.out 2>&1 & pid=$!
until grep -q '^filled ' /tmp/run.status || ! kill -0 $pid; do usleep 50000
[ $(now) -lt $end ] || kill -9 $pid; done 2>/dev/null
kill $pid 2>/dev/null; wait $pid; echo "begin=$begin end=$(at) $(cat /tmp/run.out)"
"""


class Case:
    """One way to share the host among the guests."""

    name = ""

    def memory(self, share_mb):
        """What a guest is created with, and what it may have at most."""
        return share_mb, share_mb

    def prepare(self, guest):
        """Until it has the size that it is to begin with."""

    def settle(self, guest, size_kb):
        """Until it has given back what it has more than that, for the next to take."""


class SelfBallooning(Case):
    name = "self-ballooning"
    parameters = "selfballooning=1 selfballoon_interval=1"

    def memory(self, share_mb):
        return GUEST_MB, GUEST_MB

    def prepare(self, guest):
        guest.run(f"insmod {MODULE} {self.parameters}; "
                  "cd /sys/devices/system/xen_memory/xen_memory0; n=0; "
                  "while [ $n -lt 5 ]; do sleep 1; now=$(cat info/current_kb); "
                  "if [ \"$now\" = \"$old\" ]; then n=$((n + 1)); else n=0; fi; "
                  "old=$now; done", 180)

    def settle(self, guest, size_kb):
        guest.run(f"until [ $(cat {SIZE}) -le {size_kb + NEAR_KB} ]; do sleep 1; done", 180)


class BuiltIn(Case):
    """Nobody asks for another size than its share."""

    name = "built-in driver"

    def memory(self, share_mb):
        return share_mb, GUEST_MB


class Swapping(Case):
    name = "fixed size, zram swap"

    def prepare(self, guest):
        guest.run("insmod /zsmalloc.ko && insmod /zram.ko && "
                  f"echo {GUEST_MB}M >/sys/block/zram0/disksize && "
                  "mkswap /dev/zram0 >/dev/null && swapon /dev/zram0")


CASES = (SelfBallooning(), BuiltIn(), Swapping())


def start(bed, case, number, share_mb):
    files = {**modules.files(), **modules.of_kernel(("zsmalloc", "zram"))}
    memory, most = case.memory(share_mb)
    guest = Balloon(bed.create(f"g{number}", "pvh", memory=memory, maxmem=most, files=files))
    # In one piece the kernel would refuse more than the guest has just now.
    guest.run("echo 1 >/proc/sys/vm/overcommit_memory")
    case.prepare(guest)
    return guest


def run_program(guest):
    """Seconds until it has ended, or why it has not."""
    out = guest.run(RUN, 2 * RUN_SECONDS).out
    times = {name: float(value) for name, value in
             re.findall(r"\b(begin|end)=([\d.]+)", out)}
    if "load: ok" in out:
        return times["end"] - times["begin"]
    if "CORRUPT" in out:
        raise Failure(f"{guest.name}: {out}")
    killed = guest.run("dmesg | grep -c 'Out of memory' || :").out.strip()
    return "killed" if killed != "0" else "too long"


@contextlib.contextmanager
def recorded(bed, guests, series):
    """Adds (name, [(seconds, KiB), ...]) for each guest, as Xen counts it."""
    asked = "; ".join(f"dompages {guest.machine.domid}" for guest in guests)
    bed.dom0.run("rm -f /tmp/enough; while [ ! -e /tmp/enough ]; do "
                 f"echo \"$(cut -d' ' -f1 /proc/uptime)\" $({asked}); usleep 300000; done "
                 ">/tmp/sizes 2>&1 & until [ -s /tmp/sizes ]; do usleep 50000; done")
    yield
    text = bed.dom0.run("touch /tmp/enough; sleep 1; cat /tmp/sizes").out
    rows = [(float(line.split()[0]),
             [int(n) * 4 for n in re.findall(r"tot_pages=(\d+)", line)])
            for line in text.splitlines()]
    rows = [row for row in rows if len(row[1]) == len(guests)]
    series += [(guest.name, [(when - rows[0][0], sizes[number]) for when, sizes in rows])
               for number, guest in enumerate(guests)]


@contextlib.contextmanager
def traced(guest, found):
    """Adds (seconds, event) for what tells how fast it answers."""
    switch = "; ".join(f"echo {{0}} >{TRACING}/events/{event}/enable" for event in EVENTS)
    guest.run(f"echo 8192 >{TRACING}/buffer_size_kb; echo >{TRACING}/trace; "
              f"{switch.format(1)}")
    yield
    text = guest.run(f"{switch.format(0)}; grep -E 'wakeup_kswapd|populate:|release:|"
                     f"process_exec: filename=[^ ]*mbtool|process_exit: comm=mbtool' "
                     f"{TRACING}/trace || :").out
    found += [(float(when), event) for when, event in
              re.findall(r" (\d+\.\d+): (\w+):", text)]


def responses(found):
    """(ms from the begin of the program to the first memory from Xen, ms from free memory
    being short to the next, seconds from the exit of the program to the first memory that
    Xen gets, to the last); None for what did not happen."""
    def first(name, after):
        return next((when for when, event in found if event == name and when >= after), None)

    def to_memory(when):
        granted = when and first("xen_hugeballoon_populate", when)
        return granted and (granted - when) * 1000

    begun = first("sched_process_exec", 0)
    exits = [when for when, event in found if event == "sched_process_exit"]
    returned = [when - exits[-1] for when, event in found
                if exits and event == "xen_hugeballoon_release" and when > exits[-1]]
    return (to_memory(begun), to_memory(first("mm_vmscan_wakeup_kswapd", begun or 0)),
            returned[0] if returned else None, returned[-1] if returned else None)
