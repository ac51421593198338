# SPDX-License-Identifier: GPL-2.0
"""What the driver shows of itself is what its documents say, while it is at work too."""

import base64
import os
import re
import statistics
import sys
import zlib

from bedlib import paths
from bedlib.balloon import BORROWER, DEBUGFS, XEN_MEMORY

sys.path.insert(0, f"{paths.TOP}/tests/lint")

import abi  # noqa: E402

GUEST = {"memory": 512}
RELEASE = True
MB = 1024
BALLOON = 128 * MB
# Some 4K pages and two 2M blocks more or less, so that all queues have some.
ODD_KB = 20
LENT_KB = 400
TRACING = "/sys/kernel/tracing"
EVENTS = f"{TRACING}/events/xen_hugeballoon"
PARAMETERS = "/sys/module/xen_hugeballoon/parameters"
# More runs than this are not printed.
MOST_RUNS = 200
SYSRQ_SECONDS = 30
ROUNDS = 5


def documents():
    """What each entry of the ABI texts is about -> the entry."""
    found = {}
    folder = f"{paths.TOP}/Documentation/ABI"
    for name in sorted(os.listdir(folder)):
        with open(f"{folder}/{name}", encoding="utf-8") as f:
            found.update(abi.entries(f.read()))
    return found


def compare_names(t, texts):
    """Nothing is there without a text, and no text without what it is about."""
    for folder in (f"{XEN_MEMORY}/hugeballoon", f"{XEN_MEMORY}/selfballoon", DEBUGFS, EVENTS,
                   PARAMETERS):
        there = set(t.guest.run(f"ls {folder}").out.split()) - {"enable", "filter"}
        described = {os.path.basename(what) for what in texts
                     if os.path.dirname(what) == folder}
        t.expect(there == described, f"{folder}: {sorted(there)} are there, "
                 f"{sorted(described)} described")


def compare_fields(t, texts):
    """Of each event; returns them."""
    text = t.guest.run(f"cd {EVENTS}; for e in xen_*; do echo name $e; cat $e/format; done").out
    fields = {}
    for part in re.split(r"(?m)^name ", text)[1:]:
        name = part.split()[0]
        fields[name] = {field for field in re.findall(r"(\w+)(?:\[\d+\])?;\toffset", part)
                        if not field.startswith("common_")}
    for name, there in fields.items():
        described = abi.named(texts[f"{EVENTS}/{name}"])
        t.expect(there == described, f"{name}: has {there}, described are {described}")
    return fields


def compare_stats(t, texts):
    described = abi.named(texts[f"{DEBUGFS}/stats"])
    there = t.guest.statistics()
    four = {name.removesuffix("*") + result for name in described if name.endswith("*")
            for result in ("tried", "done", "short", "failed")}
    described = {name for name in described if not name.endswith("*")} | four
    t.expect(set(there) == described, f"stats: {set(there) ^ described} on one side only")


def check_examples(t, fields):
    """The commands in the document name events and fields that there are."""
    with open(f"{paths.TOP}/Documentation/observing.md", encoding="utf-8") as f:
        commands = re.findall(r"^```sh\n(.*?)^```", f.read(), re.M | re.S)
    tools = {command.split()[0] for command in commands}
    t.expect(tools == {"trace-cmd", "perf", "bpftrace"}, f"examples of {tools}")
    for command in commands:
        parts = re.split(r"xen_hugeballoon:(\w+)", command)
        t.expect(len(parts) > 1, f"no event in {command}")
        for event, rest in zip(parts[1::2], parts[2::2]):
            t.expect(event in fields, f"no event {event}, see {command}")
            used = set(re.findall(r"args->(\w+)", rest))
            for condition in re.findall(r"(?:-f|--filter) '([^']*)'", rest):
                used |= set(re.findall(r"[a-z_]\w*", condition))
            t.expect(used <= fields[event], f"{event} has no {used - fields[event]}")


def bitmap(guest):
    """All of it, or what dd is told to read."""
    out = guest.run(f"gzip -c <{DEBUGFS}/bitmap | base64").out
    return zlib.decompress(base64.b64decode(out), wbits=31)


def piece(guest, offset, count):
    out = guest.run(f"dd if={DEBUGFS}/bitmap bs=1 skip={offset} count={count} 2>/dev/null "
                    "| base64").out
    return base64.b64decode(out)


def runs_of(bits):
    """The first and the last frame of each run of ones."""
    text = "".join(f"{byte:08b}"[::-1] for byte in bits)
    return [(found.start(), found.end() - 1) for found in re.finditer("1+", text)]


def check_bitmap(t):
    """Nothing moves meanwhile; returns its runs."""
    guest = t.guest
    guest.settle()
    bits, books = bitmap(guest), guest.books()
    ones = sum(byte.bit_count() for byte in bits)
    gone = sum(books[name] for name in books if name.endswith("_kb") and
               name not in ("current_kb", "lost_kb")) - guest.lent_at_boot_kb
    t.expect(ones * 4 == gone, f"{ones} bits for {gone} KiB: {books}")
    middle = next(at for at, byte in enumerate(bits) if byte)
    for offset in (0, middle, middle + 1, len(bits) - 3, len(bits), len(bits) + 9):
        t.expect(piece(guest, offset, 7) == bits[offset:offset + 7],
                 f"the bitmap at {offset} is not that of the whole")
    t.note(f"{ones} bits of {len(bits) * 8} are set: {books}")
    return runs_of(bits)


def press_x(guest, answer):
    """What the kernel says after the key, up to the answer."""
    lines = int(guest.run("dmesg | wc -l").out)
    return guest.run(f"said() {{ dmesg | tail -n +{lines + 1}; }}; "
                     "echo x >/proc/sysrq-trigger; "
                     f"until said | grep -q '{answer}'; do usleep 50000; done; said",
                     SYSRQ_SECONDS).out


def check_sysrq(t, runs):
    text = press_x(t.guest, "ballooned: .* runs")
    printed = [(int(first, 16), int(last, 16)) for first, last in
               re.findall(r"ballooned: (0x[0-9a-f]+)-(0x[0-9a-f]+)$", text, re.M)]
    t.expect(printed == runs[:MOST_RUNS], f"sysrq prints {printed[:5]}..., not {runs[:5]}...")
    pages, number, more = map(int, re.search(
        r"ballooned: (\d+) frames of 4K in (\d+) runs, (\d+) more", text).groups())
    t.expect((pages, number, more) == (sum(last - first + 1 for first, last in runs),
                                       len(runs), len(runs) - len(printed)),
             f"sysrq counts {pages} frames, {number} runs and {more} more")


def round_trip(guest):
    return guest.set_target(guest.boot_kb - BALLOON) + guest.set_target(guest.boot_kb)


def check_counts(t):
    numbers = t.guest.statistics()
    for name in numbers:
        if name.endswith("_tried"):
            what = name.removesuffix("tried")
            parts = [numbers[what + result] for result in ("done", "short", "failed")]
            t.expect(numbers[name] == sum(parts), f"{name} is not the sum of {parts}")
    for name in ("release_2m_done", "populate_2m_done", "release_4k_done", "lock_longest_us",
                 "inflate_hypercall_us", "deflate_hypercall_us", "inflate_bookkeeping_us"):
        t.expect(numbers[name] > 0, f"{name} is 0")
    t.note(", ".join(f"{name} {numbers[name]}" for name in numbers if name.endswith("_us")))
    rows = [line.split() for line in t.guest.run(f"cat {DEBUGFS}/latency").out.splitlines()]
    t.expect(rows[0][0] == "below_us" and all(len(row) == len(rows[0]) for row in rows),
             f"latency: {rows}")
    batches = sum(numbers[f"release_{size}_tried"] for size in ("2m", "4k"))
    column = rows[0].index("inflate_hypercall")
    timed = sum(int(row[column]) for row in rows[1:])
    t.expect(timed == batches, f"{batches} batches, but {timed} timed")


class Tracing:
    """All events on, for as long as it is entered."""

    def __init__(self, guest):
        self.guest = guest
        self.events = 0

    def __enter__(self):
        self.guest.run(f"echo >{TRACING}/trace; echo 1 >{EVENTS}/enable")

    def __exit__(self, *_):
        out = self.guest.run(f"echo 0 >{EVENTS}/enable; cat {TRACING}/per_cpu/cpu*/stats").out
        self.events += sum(int(n) for n in re.findall(r"^(?:entries|overrun): (\d+)", out, re.M))


class Reading:
    """All of debugfs is read in a loop meanwhile."""

    def __init__(self, guest):
        self.guest = guest
        self.reads = 0

    def __enter__(self):
        self.guest.run(f"touch /tmp/go; (n=0; while [ -e /tmp/go ]; do cat {DEBUGFS}/* "
                       ">/dev/null || break; n=$((n+1)); done; echo $n >/tmp/reads) "
                       ">/dev/null 2>&1 &")

    def __exit__(self, *_):
        self.guest.run("rm /tmp/go; until [ -s /tmp/reads ]; do usleep 50000; done")
        self.reads += int(self.guest.run("cat /tmp/reads; rm /tmp/reads").out)


def check_cost(t):
    """Rounds of all kinds alternate: emulated time drifts. No verdict on the time."""
    guest = t.guest
    tracing, reading = Tracing(guest), Reading(guest)
    times = {"alone": [], "traced": [], "read": []}
    for _ in range(ROUNDS):
        times["alone"].append(round_trip(guest))
        with tracing:
            times["traced"].append(round_trip(guest))
        with reading:
            times["read"].append(round_trip(guest))
    alone, traced, read = (statistics.median(times[name]) for name in times)
    t.note(f"round trip {alone:.3f} s; with all events on {traced:.3f} s, "
           f"{traced / alone:.2f} times, with {tracing.events // ROUNDS} events each; while "
           f"debugfs is read {read:.3f} s, {read / alone:.2f} times, "
           f"{reading.reads // ROUNDS} readings each")
    wanted = [f"xen_hugeballoon_{event}: " for event in
              ("target", "inflate", "deflate", "release", "populate", "step", "why")]
    for text in (*wanted, "requester=host asker=host"):
        guest.run(f"grep -q '{text}' {TRACING}/trace")
    t.expect(reading.reads > 0, "nothing was read")


def run(t):
    guest = t.guest
    guest.insmod("coalesce=0")
    texts = documents()
    compare_names(t, texts)
    fields = compare_fields(t, texts)
    compare_stats(t, texts)
    check_examples(t, fields)

    check_cost(t)
    guest.set_target(guest.boot_kb - BALLOON - ODD_KB)
    guest.run(f"insmod {BORROWER} count={LENT_KB // 4}")
    t.expect(guest.number("huge_kb") > 0 and guest.number("base_kb") > 0 and
             guest.number("foreign_used_kb") >= LENT_KB, f"not all queues: {guest.books()}")
    check_sysrq(t, check_bitmap(t))
    guest.run("rmmod xhb_borrow")
    check_bitmap(t)
    check_counts(t)
    guest.set_target(guest.boot_kb)
    guest.rmmod()
    # The key was let go, or it could not be had again.
    guest.insmod()
    press_x(guest, "ballooned: .* runs")
