# SPDX-License-Identifier: GPL-2.0
"""What an emulated device writes into a guest's memory arrives there, also in pages
that gave their memory to others by compaction, and got new memory since."""

GUEST = {"memory": 768}
KINDS = ("hvm",)
RELEASE = True
MB = 1024
BALLOON = 32
MOVES = 1000
# All but what the guest itself needs.
SPARE = 150


def device_writes(t, when):
    """Its device model keeps memory mapped that it has used once."""
    free = int(t.guest.run("sed -n 's/^MemAvailable: *\\([0-9]*\\).*/\\1/p' "
                           "/proc/meminfo").out) // MB
    result = t.guest.run(f"mbtool emulated {free - SPARE}", 300, check=False)
    t.note(f"{when}: {result.out.strip()}{result.err.strip()}")
    t.expect(result.status == 0, f"{when}: not all has arrived: {result.out}{result.err}")


def run(t):
    guest = t.guest
    guest.insmod("enable_huge=0 coalesce=0")
    guest.inflate_scattered(BALLOON * MB)
    device_writes(t, "beside the balloon")
    before = guest.number("migrated")
    guest.compact()
    moved = guest.number("migrated") - before
    t.note(f"{moved} pages have moved")
    t.expect(moved >= MOVES, f"only {moved} pages have moved")
    guest.set_target(guest.boot_kb)
    device_writes(t, "with all memory")
