# SPDX-License-Identifier: GPL-2.0
"""With frontswap_selfshrinking, what was swapped out to zram or into zswap comes back by
itself when memory is no longer short, and not before. No byte of it changes, the areas
are what they were, also after the helper was killed in the middle of it."""

from bedlib import modules, paths, python

# The word is read by the module: it has no parameter here.
GUEST = {"memory": 512, "cmdline": "tmem.selfshrink=1"}
RELEASE = True
STOCK_KERNEL = True
MB = 1024
# The memory of one process comes back as a whole.
SLEEPERS = 8
SLEEPER_MB = 15
HOG = 320
# What all of them have swapped out at least, and what is left of that in the end.
MUCH_KB = 50 * MB
NOTHING_KB = MB
SHRINK_SECONDS = 120
PRESSED_SECONDS = 8
KILLS = 3
RAM_DISK = "/brd.ko"
ZSWAP = "/sys/module/zswap/parameters"
SWAPD = "python3 /bin/hugeballoon-swapd"


def files():
    found = python.files(f"{paths.TOP}/scripts/hugeballoon-swapd", in_c=("_ctypes",))
    built = modules.of_kernel(("zsmalloc", "zram", "brd"))
    return {**found, **built}


class Helper:
    def __init__(self, t):
        self.t = t
        self.guest = t.guest

    def start(self):
        self.guest.run(f"mkdir -p /run; {SWAPD} --verbose >>/tmp/swapd.log 2>&1 & "
                       "echo $! >/tmp/swapd.pid; kill -0 $!")

    def kill(self):
        """With no time to tidy up, it and what it has started."""
        # What starts Python is the loader.
        self.guest.run("kill -9 $(cat /tmp/swapd.pid); pkill -9 ld-linux; "
                       "while pgrep ld-linux >/dev/null; do usleep 10000; done")

    def said(self):
        return self.guest.run("cat /tmp/swapd.log").out

    def forget(self):
        self.guest.run(": >/tmp/swapd.log")


class Swap:
    """Areas of one kind."""

    def __init__(self, guest, areas, flags, stored):
        self.guest = guest
        self.areas = areas
        self.flags = flags
        self.stored = stored

    def on(self):
        for area in self.areas:
            # Busybox has no priorities.
            self.guest.run(f"mkswap {area} >/dev/null; python3 -c 'import ctypes, sys; "
                           f"sys.exit(ctypes.CDLL(None).swapon(b\"{area}\", {self.flags}))'")

    def off(self):
        for area in self.areas:
            self.guest.run(f"swapoff {area}")

    def lines(self):
        """Names and priorities, in the kernel's order."""
        rows = self.guest.run("cat /proc/swaps").out.splitlines()[1:]
        return [(row.split()[0], row.split()[4]) for row in rows]

    def await_order(self, lines):
        """The one in which they were; a look later than the last memory comes back."""
        wanted = "\n".join(f"{name} {priority}" for name, priority in lines)
        self.guest.run(f"until [ \"$(awk 'NR > 1 {{ print $1, $5 }}' /proc/swaps)\" = "
                       f"'{wanted}' ]; do usleep 100000; done", SHRINK_SECONDS)

    def used_kb(self):
        rows = self.guest.run("cat /proc/swaps").out.splitlines()[1:]
        return sum(int(row.split()[3]) for row in rows)

    def stored_kb(self):
        return int(self.guest.run(self.stored).out) // MB

    def await_empty(self):
        self.guest.run("until [ $(awk 'NR > 1 { n += $4 } END { print n + 0 }' /proc/swaps) "
                       f"-le {NOTHING_KB} ]; do usleep 200000; done", SHRINK_SECONDS)


def zram(t):
    guest = t.guest
    guest.run("insmod /zsmalloc.ko; "
              "insmod /zram.ko num_devices=2; "
              "for n in 0 1; do echo 200M >/sys/block/zram$n/disksize; done")
    return Swap(guest, ("/dev/zram0", "/dev/zram1"), 0,
                "awk '{ n += $2 } END { print n }' /sys/block/zram*/mm_stat")


def zswap(t):
    guest = t.guest
    guest.run(f"insmod {RAM_DISK} rd_nr=1 rd_size={300 * MB}; "
              f"echo 40 >{ZSWAP}/max_pool_percent; echo 1 >{ZSWAP}/enabled")
    return Swap(guest, ("/dev/ram0",), 0x8007,
                "cat /sys/kernel/debug/zswap/pool_total_size")


def swap_out(t, swap):
    """Programs that sleep, and one that has to have their memory."""
    guest = t.guest
    guest.run(f"cd /tmp; rm -f s.*; n=0; while [ $n -lt {SLEEPERS} ]; do "
              f"mbtool load {SLEEPER_MB} /tmp/s.$n small >/tmp/s.out.$n 2>&1 & "
              "echo $! >s.pid.$n; "
              "until grep -q filled s.$n 2>/dev/null; do usleep 20000; done; "
              "kill -STOP $(cat s.pid.$n); n=$((n + 1)); done", 120)
    guest.run(f"rm -f /tmp/hog.status; mbtool load {HOG} /tmp/hog.status small "
              ">/dev/null 2>&1 & echo $! >/tmp/hog.pid; "
              "until grep -q filled /tmp/hog.status 2>/dev/null; do usleep 50000; done", 120)
    t.expect(swap.used_kb() >= MUCH_KB, f"only {swap.used_kb()} KiB are swapped out")


def check_sleepers(t):
    """Each has all its pages as they were."""
    out = t.guest.run("cd /tmp; for pid in $(cat s.pid.*); do kill -TERM $pid; "
                      "kill -CONT $pid; while kill -0 $pid 2>/dev/null; do "
                      "usleep 20000; done; done; cat s.out.*", 120).out
    t.expect(out == f"load: ok pages={SLEEPER_MB * MB // 4}\n" * SLEEPERS, f"they say {out}")


def end_hog(t):
    t.guest.run("kill -9 $(cat /tmp/hog.pid)")


def comes_back(t, swap, helper):
    guest = t.guest
    before = swap.lines()
    helper.forget()
    swap_out(t, swap)
    guest.run(f"sleep {PRESSED_SECONDS}")
    t.expect("came back" not in helper.said(), f"under pressure: {helper.said()}")
    used, stored = swap.used_kb(), swap.stored_kb()
    end_hog(t)
    swap.await_empty()
    left = swap.stored_kb()
    t.note(f"{swap.areas[0]}: of {used} KiB swapped out in {stored} KiB, {swap.used_kb()} in "
           f"{left} are left, after {helper.said().count('came back')} parts")
    t.expect(left <= 2 * NOTHING_KB, f"{left} KiB are still stored")
    check_sleepers(t)
    guest.run("until [ ! -e /run/hugeballoon-swapd.json ]; do usleep 50000; done")
    swap.await_order(before)


def survives_kills(t, swap, helper):
    """Whenever it is killed, the areas are there again before long."""
    guest = t.guest
    before = swap.lines()
    swap_out(t, swap)
    end_hog(t)
    for _ in range(KILLS):
        if swap.used_kb() < MUCH_KB:
            # What it had in hand when it was killed came back all the same.
            check_sleepers(t)
            swap_out(t, swap)
            end_hog(t)
        guest.run("until [ -e /run/hugeballoon-swapd.json ]; do usleep 5000; done", 60)
        helper.kill()
        guest.run(f"{SWAPD} --restore")
        t.expect(sorted(swap.lines()) == sorted(before), f"areas are {swap.lines()}")
        t.expect(guest.run("ls /run").out.strip() == "", "the record stays")
        helper.start()
    swap.await_empty()
    check_sleepers(t)


def run(t):
    guest = t.guest
    guest.insmod()
    t.expect(guest.read("selfballoon/frontswap_selfshrinking") == "1",
             "the kernel's words have no effect")
    guest.write("selfballoon/selfballoon_interval", "1")
    helper = Helper(t)
    helper.start()
    for kind in (zram, zswap):
        swap = kind(t)
        swap.on()
        comes_back(t, swap, helper)
        swap.off()
    swap.on()
    survives_kills(t, swap, helper)
    guest.rmmod()
    # It waits for the module, and what is swapped out stays.
    guest.insmod()
    t.expect(guest.read("selfballoon/frontswap_room_kb") == "0", "at once, after a reload")
    guest.run("kill $(cat /tmp/swapd.pid); while kill -0 $(cat /tmp/swapd.pid) 2>/dev/null; "
              "do usleep 20000; done")
    t.expect("terminated" in helper.said(), f"it ended with {helper.said()}")
