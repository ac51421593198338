# SPDX-License-Identifier: GPL-2.0
"""A guest that is healed keeps what it has cached of its files, whether it is healed in
the background or at once."""

import re

GUEST = {"memory": 1024}
KERNEL_MODULES = ("loop", "crc16", "crc32c_generic", "mbcache", "jbd2", "ext4")
RELEASE = True
MB = 1024
CACHE = 300
BALLOON = 256
# More than is free.
GIVEN = 700
# Of each hundred pages.
KEPT = 90
FILE = "/mnt/file"
# Of a pass in the background; a block is healed every ten milliseconds.
INTERVAL_MS = 10
DEADLINE = 240


def fill_cache(t):
    """A file without blocks, so that reading it needs no device."""
    t.guest.run("dd if=/dev/zero of=/tmp/disk bs=1M count=8 2>/dev/null; "
                "mke2fs -F /tmp/disk >/dev/null; mkdir -p /mnt; "
                "losetup /dev/loop0 /tmp/disk; mount -t ext4 /dev/loop0 /mnt; "
                f"truncate -s {CACHE}M {FILE}; sync; cat {FILE} >/dev/null", 120)
    pages = cached(t)
    t.expect(pages == CACHE * MB // 4, f"only {pages} pages are cached")
    return pages


def cached(t):
    out = t.guest.run(f"mbtool cached {FILE}").out
    return int(re.search(r"pages=(\d+)", out).group(1))


def shatter(t):
    t.guest.set_target(t.guest.boot_kb - BALLOON * MB)
    t.guest.set_target(t.guest.boot_kb)


def check(t, what, pages):
    kept = cached(t)
    t.note(f"{what}: {kept} of {pages} cached pages are left, "
           f"healed {t.guest.number('healed')}, {t.guest.machine.census()}")
    t.expect(kept * 100 >= pages * KEPT, f"{what}: {kept} of {pages} are left")


def run(t):
    guest = t.guest
    # All is in 4K pages, whatever is cached in it.
    shatter(t)
    guest.insmod(f"heal_interval_ms={INTERVAL_MS}")
    pages = fill_cache(t)
    free = guest.vmstat("nr_free_pages")
    before = guest.machine.census()
    t.note(f"{before}, {free * 4 // MB} MB free")
    guest.write("hugeballoon/heal", "1")
    # It has stopped when it has healed nothing for a while.
    guest.run("f=/sys/devices/system/xen_memory/xen_memory0/hugeballoon/healed; "
              "until new=$(cat $f); [ \"$new\" -gt 0 ] && [ \"$new\" = \"$old\" ]; "
              "do old=$new; sleep 5; done", DEADLINE)
    guest.write("hugeballoon/heal", "0")
    check(t, "background", pages)

    # Whatever there was is unknown after a restore, and all are visited again.
    t.bed.save(t.name)
    t.bed.restore(t.name)
    seconds = guest.heal(DEADLINE)
    t.note(f"now: {seconds:.1f} s")
    check(t, "now", pages)

    # What is cached is there to be given, without waiting for a file system.
    less = guest.boot_kb - GIVEN * MB
    seconds = guest.set_target(less, 60)
    t.note(f"gave {GIVEN} MB in {seconds:.1f} s, {cached(t)} of {pages} are left")
    guest.set_target(guest.boot_kb)
