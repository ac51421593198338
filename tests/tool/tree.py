# SPDX-License-Identifier: GPL-2.0
"""A tree of files that stands for those of a guest, and a driver that changes them."""

import contextlib
import os
import shutil
import tempfile
import threading

DEVICE = "sys/devices/system/xen_memory/xen_memory0"
GROUP = DEVICE + "/hugeballoon"
SELF = DEVICE + "/selfballoon"
DEBUG = "sys/kernel/debug/xen-hugeballoon"
MODULE = "sys/module/xen_hugeballoon"
LOG = "dev/kmsg"

MB = 1024
TOTAL = 1024 * MB
STEP_S = 0.01

FACTS = {
    "target_kb": str(TOTAL), "target_by": "host", "current_kb": str(TOTAL),
    "state": "at target", "reason": "none", "since_s": "7", "next_try_s": "none",
    "being_copied": "no",
}
FILES = {
    "huge_kb": "0", "base_kb": "0", "isolated_kb": "0", "foreign_used_kb": "16",
    "move_method": "gmfn-move", "coalesced": "12", "collapsed": "3",
    "migrated": "44", "split": "5", "healed": "40", "unmovable_kb": "8192",
    "enable_huge": "1", "hugepage_effort": "evacuate", "coalesce": "1",
    "coalesce_interval_ms": "250", "coalesce_batch": "4", "heal": "0",
    "heal_interval_ms": "250", "floor_kb": "0",
    "lost_kb": "0", "deflate_on_oom": "self",
}
SELF_FILES = {"selfballooning": "0", "selfballoon_interval": "5"}
COUNTERS = {"hypercalls": 100, "hypercall_us": 5000, "released_2m": 7,
            "released_4k": 8, "populated_2m": 9, "populated_4k": 10, "healed": 40,
            "relieved": 512}
MEMINFO = ("MemTotal:        1000000 kB\nMemFree:          300000 kB\n"
           "MemAvailable:     600000 kB\nBuffers:           10000 kB\n"
           "Cached:           200000 kB\n")
VMSTAT = ("nr_free_pages 75000\npswpin 10\npswpout 20\npgfault 5000\n"
          "pgmajfault 50\nballoon_migrate 44\n")
BLOCKS_HEAD = "# 2: a 2M page, 4: 4K pages, -: ballooned out, ?: unknown\n"


def block_lines(chars, a_line=64):
    """As debugfs writes them."""
    return BLOCKS_HEAD + "".join(
        f"{start << 21:#014x} {chars[start:start + a_line]}\n"
        for start in range(0, len(chars), a_line))


class Tree:
    """A guest of 1 GiB at its target."""

    def __init__(self, loaded=True):
        self.root = tempfile.mkdtemp(prefix="hugeballoon-test.")
        # Others than root are to look into it, too.
        os.chmod(self.root, 0o755)
        self.facts = dict(FACTS)
        for name, text in (("target_kb", TOTAL), ("info/current_kb", TOTAL),
                           ("info/low_kb", 0), ("info/high_kb", 0),
                           ("retry_count", 1), ("max_retry_count", 0),
                           ("uevent", ""), ("power/control", "auto")):
            self.put(f"{DEVICE}/{name}", f"{text}\n")
        self.put("proc/meminfo", MEMINFO)
        self.put("proc/vmstat", VMSTAT)
        self.put("sys/hypervisor/guest_type", "PVH\n")
        self.put(LOG, "")
        if loaded:
            self.load()

    def load(self):
        for name, text in FILES.items():
            self.put(f"{GROUP}/{name}", text + "\n")
        for name, text in SELF_FILES.items():
            self.put(f"{SELF}/{name}", text + "\n")
        self.set_facts()
        self.put(f"{MODULE}/version", "0.1\n")
        self.put(f"{DEBUG}/stats", "".join(f"{k} {v}\n" for k, v in COUNTERS.items()))
        self.put(f"{DEBUG}/blocks", block_lines("2" * 256 + "4" * 64 + "-" * 128 + "?" * 64))

    def unload(self):
        """A folder goes as a whole, not file by file."""
        for folder in (GROUP, SELF, DEBUG, MODULE):
            os.rename(self.path(folder), self.path("gone"))
            shutil.rmtree(self.path("gone"))

    def path(self, name):
        return os.path.join(self.root, name)

    def put(self, name, text):
        """At once: who reads it gets the old text, or the new one."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.replace(path + ".new", path)

    def get(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return f.read().strip()

    def refuse(self, name):
        """A file of the real kernel takes its place, which answers EINVAL."""
        os.remove(self.path(name))
        os.symlink("/proc/self/oom_score_adj", self.path(name))

    def set_facts(self, **facts):
        self.facts.update({name: str(value) for name, value in facts.items()})
        self.put(f"{GROUP}/status",
                 "".join(f"{name}: {value}\n" for name, value in self.facts.items()))

    def say(self, text, seconds=12.5):
        """In the kernel log, which only grows."""
        with open(self.path(LOG), "a", encoding="utf-8") as f:
            f.write(f"6,900,{int(seconds * 1e6)},-;{text}\n")

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)


class Engine(threading.Thread):
    """A driver in a tree: what is asked for happens, step by step."""

    def __init__(self, tree, step_kb=32 * MB, stops_at=None):
        super().__init__(daemon=True)
        self.tree = tree
        self.step_kb = step_kb
        # (KiB, state, reason): there it gets no further.
        self.stops_at = stops_at
        self.size = TOTAL
        self.heals = None       # blocks of a pass, and what is said at its end
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(STEP_S):
            self.resize()
            self.heal()

    def resize(self):
        target = self.tree.get(f"{DEVICE}/target_kb")
        if not target:
            return      # it is just being written
        target = int(target)
        step = max(-self.step_kb, min(self.step_kb, target - self.size))
        state, reason = ("moving", "giving memory to Xen") if step else \
            ("at target", "none")
        if step and self.stops_at and self.size == self.stops_at[0]:
            step, state, reason = 0, *self.stops_at[1:]
        self.size += step
        self.tree.put(f"{GROUP}/huge_kb", f"{max(TOTAL - self.size, 0)}\n")
        self.tree.set_facts(target_kb=target, current_kb=self.size, state=state,
                            reason=reason, next_try_s=4 if state == "stuck" else "none")

    def heal(self):
        if not self.heals or self.tree.get(f"{GROUP}/heal") != "now":
            return
        blocks, said = self.heals
        if blocks:
            healed = int(self.tree.get(f"{GROUP}/healed")) + 1
            self.tree.put(f"{GROUP}/healed", f"{healed}\n")
            self.heals = (blocks - 1, said)
            return
        self.tree.say(f"xen_hugeballoon: {said}")
        self.tree.put(f"{GROUP}/heal", "0\n")

    def end(self):
        self.ended.set()
        self.join()


@contextlib.contextmanager
def engine(tree, heals=None, **options):
    """While it runs."""
    thread = Engine(tree, **options)
    thread.heals = heals
    thread.start()
    try:
        yield thread
    finally:
        thread.end()
