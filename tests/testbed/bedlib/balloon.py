# SPDX-License-Identifier: GPL-2.0
"""The balloon of one machine, a guest or dom0, whichever driver runs it."""

import contextlib
import re
import shlex
import time

from . import checks
from .errors import CommandFailed, Failure

XEN_MEMORY = "/sys/devices/system/xen_memory/xen_memory0"
MODULE = "/xen-hugeballoon.ko"
BORROWER = "/xhb-borrow.ko"
STALLER = "/xhb-stall.ko"
FLOOR = "/xhb-floor.ko"
DEBUGFS = "/sys/kernel/debug/xen-hugeballoon"
PAGE_KB = 4
# The domain's pages and current_kb are not read at one moment. What goes to Xen and
# comes back at once, as in healing, may be away at one of them; what stays is wrong.
LOOKS = 5


class Dom0Machine:
    """dom0 with the interface of a guest."""

    name = "dom0"
    domid = 0

    def __init__(self, bed):
        self.bed = bed

    def run(self, command, timeout=60, check=True):
        return self.bed.dom0.run(command, timeout, check)

    def put(self, data, path):
        self.bed.dom0.put(data, path)

    def pages(self):
        return self.bed.pages(self.domid)


class Balloon:
    def __init__(self, machine):
        self.machine = machine
        self.patience = 1           # with each command, times the usual
        self.name = machine.name
        self.bed = machine.bed
        if machine.domid:
            self._await_booted()
        self.boot_pages, self.boot_kb = self.settle()
        self.total_kb = self.boot_kb + self.builtin_ballooned_kb()
        self.lent_at_boot_kb = None
        self.load_pages = 0         # of the load that runs, or has run
        self.parameters = ""        # of the module, beside those a test asks for
        self.boot_complaints = checks.complaints(machine)

    def run(self, command, timeout=60, check=True):
        return self.machine.run(command, timeout * self.patience, check)

    def pages(self):
        return self.machine.pages()

    # Files

    def read(self, name):
        return self.run(f"cat {XEN_MEMORY}/{name}").out.strip()

    def current_kb(self):
        return int(self.read("info/current_kb"))

    def target_kb(self):
        return int(self.read("target_kb"))

    def host_target_kb(self):
        """What its toolstack tells the guest, in xenstore."""
        path = f"/local/domain/{self.machine.domid}/memory/target"
        return int(self.bed.dom0.run(f"xenstore-read {path}").out)

    def number(self, name):
        return int(self.read(f"hugeballoon/{name}"))

    def _try_to_write(self, writes):
        """One write(2) for each (name, text); the answers, "" for success."""
        script = "; ".join(f"mbtool write {XEN_MEMORY}/{name} {shlex.quote(text)} || :"
                           f"; echo ," for name, text in writes)
        out = self.run(script).out
        return [answer.strip() for answer in out.split(",")[:len(writes)]]

    def refusal(self, name, text):
        """Why writing this fails, as errno's name; "" if it does not."""
        [error] = self._try_to_write([(name, text)])
        return error

    def write(self, name, text):
        error = self.refusal(name, text)
        if error:
            raise Failure(f"{name} refuses {text!r}: {error}")

    def status(self, fact):
        """What the file status says of this fact."""
        return re.search(rf"^{fact}: (.*)$", self.read("hugeballoon/status"),
                         re.M).group(1)

    def await_status(self, fact, value, timeout=60):
        self.run(f"until grep -q '^{fact}: {value}$' {XEN_MEMORY}/hugeballoon/status; "
                 "do usleep 200000; done", timeout)

    def refuses(self, name, texts):
        """Writing any of these must fail, with an error that says why."""
        for text, error in zip(texts, self._try_to_write([(name, t) for t in texts])):
            if not error:
                raise Failure(f"{name} accepts {text!r}")
            if error not in ("EINVAL", "ERANGE"):
                raise Failure(f"{name}, {text!r}: {error}")

    def builtin_ballooned_kb(self):
        return sum(int(kb) for kb in
                   self.run(f"cd {XEN_MEMORY}/info; cat low_kb high_kb").out.split())

    # The module

    def module_loaded(self):
        return self.run(f"test -d {XEN_MEMORY}/hugeballoon", check=False).status == 0

    def insmod(self, parameters=""):
        self.run(f"insmod {MODULE} {parameters} {self.parameters}".strip())
        # Some kernels borrow pages at boot, and only this module tells.
        if self.lent_at_boot_kb is None:
            self.lent_at_boot_kb = self.number("foreign_used_kb")

    def refuses_insmod(self, module=MODULE):
        """It must fail and change nothing; returns what the kernel says of it."""
        before = self.settle()
        lines = self.run("dmesg").out.count("\n")
        if self.run(f"insmod {module}", check=False).status == 0:
            raise Failure(f"{self.name}: {module} is not refused")
        if self.module_loaded() or not self.builtin_thread_runs():
            raise Failure(f"{self.name}: {module} is refused, but has taken over")
        after = self.settle()
        if after != before:
            raise Failure(f"{self.name}: {before} before {module} is refused, then {after}")
        return self.run(f"dmesg | tail -n +{lines + 1}").out

    def rmmod(self):
        self.run("rmmod xen_hugeballoon")

    def builtin_thread_runs(self):
        """Kernel threads have no command line, so ps shows them in brackets."""
        return "[xen-balloon]" in self.run("ps").out

    def statistics(self):
        """The module's counters in debugfs."""
        return self._numbers(f"cat {DEBUGFS}/stats")

    def _numbers(self, command):
        """What it prints: a name and a number in each line."""
        return {name: int(value) for name, value in
                (line.split() for line in self.run(command).out.splitlines())}

    def books(self):
        """Where all memory is, in KiB; by the module at one moment."""
        return self._numbers(f"cat {DEBUGFS}/places 2>/dev/null || {{ cd {XEN_MEMORY}/info; "
                             "echo current_kb $(cat current_kb); "
                             "echo ballooned_kb $(($(cat low_kb) + $(cat high_kb))); }")

    def check_sum(self):
        """Rule 2, by the numbers of whichever driver runs; by those of the built-in one,
        which does not count what it lends, only while nothing moves."""
        books = self.books()
        total = self.total_kb
        if "huge_kb" in books:
            # Not known if something else than insmod() has loaded it.
            total += self.lent_at_boot_kb or 0
            # What Xen has lost is neither in a queue nor of use, but counted.
            total += books.pop("lost_kb")
        if sum(books.values()) != total:
            raise Failure(f"{self.name}: {books} adds up to {sum(books.values())}, "
                          f"not to {total} as at boot")

    def vmstat(self, name):
        return int(self.run(f"grep '^{name} ' /proc/vmstat").out.split()[1])

    def free_blocks(self):
        """Free 2M blocks, those in larger ones included."""
        zones = [line.split() for line in self.run("cat /proc/buddyinfo").out.splitlines()]
        return sum(int(count) << (order - 9) for zone in zones
                   for order, count in enumerate(zone[4:]) if order >= 9)

    def await_file(self, name, at_least, timeout=120):
        """Until the file shows so large a number."""
        self.run(f"until [ $(cat {XEN_MEMORY}/{name}) -ge {at_least} ]; "
                 "do usleep 100000; done", timeout)

    def heal(self, timeout=120):
        """One full pass; returns the seconds."""
        begin = time.monotonic()
        self.write("hugeballoon/heal", "now")
        self.await_healed(timeout)
        return time.monotonic() - begin

    def await_healed(self, timeout=120):
        """Until the pass has ended."""
        self.run(f"while [ $(cat {XEN_MEMORY}/hugeballoon/heal) = now ]; "
                 "do usleep 50000; done", timeout)

    # Changing the target

    def mem_set(self, megabytes):
        self.bed.dom0.run(f"xl mem-set {self.machine.domid} {megabytes}m")

    def host_asks(self, full, less=0):
        """Of a guest that was started with so many MB, for so many of them."""
        self.mem_set(full - less)
        self.await_current(self.boot_kb - less * 1024)
        self.check_conservation()

    def set_target(self, kb, timeout=60):
        """Through sysfs; waits until it is reached, returns the seconds."""
        return self._reach("settarget", kb, timeout)

    def await_current(self, kb, timeout=60):
        return self._reach("await", kb, timeout)

    def _reach(self, command, kb, timeout):
        result = self.run(f"mbtool {command} {kb} {timeout * 1000}",
                          timeout + 30, check=False)
        found = re.fullmatch(r"us=(\d+) current_kb=(\d+)\s*", result.out)
        if not found:
            raise CommandFailed(self.name, f"mbtool {command} {kb}", result)
        if result.status:
            raise Failure(f"{self.name}: current is {found.group(2)} KiB, "
                          f"not {kb}, after {timeout} s")
        return int(found.group(1)) / 1e6

    def _await_booted(self, timeout=60):
        """A guest may start with more than it is to have. The built-in driver gives
        the rest away, and sleeps for seconds when it finds no page for a moment."""
        host = self.host_target_kb()
        # Which becomes the driver's own some time after boot, less what a guest that is
        # not PV has of its maximum for other things than memory.
        self.run(f"until current=$(cat {XEN_MEMORY}/info/current_kb); "
                 f"[ $current -le {host} ] && "
                 f"[ $current -le $(cat {XEN_MEMORY}/target_kb) ]; "
                 "do usleep 100000; done", timeout)

    def _status(self):
        """What the module says of itself, if it is loaded."""
        return self.run(f"cat {XEN_MEMORY}/hugeballoon/status", check=False).out

    def settle(self, timeout=60):
        """Wait until nothing moves; (the domain's pages, current_kb) then."""
        deadline = time.monotonic() + timeout
        while True:
            before = self.pages()[0]
            result = self.run(f"mbtool quiet {timeout * 1000}", timeout + 30, check=False)
            if result.status == 0 and self.pages()[0] == before:
                return before, int(result.out)
            if result.status or time.monotonic() > deadline:
                raise Failure(f"{self.name}: not quiet within {timeout} s, has "
                              f"{before} pages {result.out}{result.err}{self._status()}")

    def reset(self, megabytes):
        """As after boot, with the built-in driver and all memory."""
        self.mem_set(megabytes)
        self.await_current(self.boot_kb)
        if self.module_loaded():
            self.rmmod()
        self.check_conservation()

    def check_conservation(self):
        """current_kb has moved as the domain's page count in Xen has."""
        for _ in range(LOOKS):
            pages, current = self.settle()
            if current - self.boot_kb == (pages - self.boot_pages) * PAGE_KB:
                break
        else:
            raise Failure(
                f"{self.name}: current_kb went from {self.boot_kb} to {current}, "
                f"but the domain's pages from {self.boot_pages} to {pages}")
        self.check_sum()

    def inflate_scattered(self, kb):
        """With enable_huge=0: the balloon's pages lie all over free memory."""
        # Half of it becomes gaps, of which there should be some to spare.
        self.run(f"rm -f /tmp/scatter; mbtool scatter {3 * kb // 1024} /tmp/scatter & "
                 "echo $! >/tmp/scatter.pid; "
                 "until [ -s /tmp/scatter ]; do usleep 50000; done", 240)
        self.set_target(self.boot_kb - kb)
        self.run("pid=$(cat /tmp/scatter.pid); kill $pid; "
                 "while kill -0 $pid 2>/dev/null; do usleep 50000; done")

    @contextlib.contextmanager
    def recorded(self, points):
        """Adds (seconds, KiB) for the guest's size every now and then."""
        self.run("mbtool record 10 /tmp/sizes >/dev/null 2>&1 & echo $! >/tmp/record.pid; "
                 "until [ -s /tmp/sizes ]; do usleep 10000; done")
        yield
        text = self.run("kill $(cat /tmp/record.pid); cat /tmp/sizes").out
        points += [(int(us) / 1e6, int(kb)) for us, kb in
                   (line.split() for line in text.splitlines())]

    def compact(self):
        self.run("echo 1 >/proc/sys/vm/compact_memory", 120)

    # Memory load

    def start_load(self, megabytes, small=False, timeout=120):
        """A process that checks its own memory; see mbtool-load.c."""
        self._tell_load(
            f"mbtool load {megabytes} /tmp/load.status {'small' if small else ''} "
            ">/tmp/load.out 2>&1 & "
            "echo $! >/tmp/load.pid", "filled", timeout)

    def halve_load(self, timeout=60):
        self._tell_load("kill -USR1 $(cat /tmp/load.pid)", "halved", timeout)

    def _tell_load(self, command, state, timeout):
        """Notes how many it has then; the state may have been the same before."""
        out = self._await_load(f"rm -f /tmp/load.status; {command}", state, timeout)
        self.load_pages = int(re.search(r"pages=(\d+)", out).group(1))

    def end_load(self, timeout=120):
        """The load's verdict on its memory: it has all that it has not given back."""
        out = self._await_load("kill -TERM $(cat /tmp/load.pid)", "ok", timeout)
        if f"load: ok pages={self.load_pages}\n" not in out:
            raise Failure(f"{self.name}: the load should have {self.load_pages} pages: "
                          f"{out.strip()}")

    def _await_load(self, command, state, timeout):
        """Waits in the guest, for polling it from here would slow it down."""
        out = self.run(
            f"{command}; until grep -q '^{state} ' /tmp/load.status || "
            "! kill -0 $(cat /tmp/load.pid); do usleep 50000; done 2>/dev/null; "
            "cat /tmp/load.status /tmp/load.out", timeout).out
        if not out.startswith(f"{state} "):
            raise Failure(f"{self.name}: the load ended: {out.strip()}")
        return out
