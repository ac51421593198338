# SPDX-License-Identifier: GPL-2.0
"""A restored guest has no 2M p2m entry. A healer that is on starts by itself, and
gives it all that its unmovable memory allows."""

GUEST = {"memory": 512}
MB = 1024
LOAD = 150
ENTRIES = 185
BLOCKS = 255
SELF_START_SECONDS = 60


def run(t):
    guest = t.guest
    guest.insmod("heal=1 heal_interval_ms=50")
    guest.start_load(LOAD)
    # There is nothing else to take note of until all is known.
    guest.heal()
    t.bed.save(t.name)
    t.bed.restore(t.name)
    restored = guest.machine.census()
    healed = guest.number("healed")
    # By itself.
    guest.await_file("hugeballoon/healed", healed + 10, SELF_START_SECONDS)
    seconds = guest.heal()
    after = guest.machine.census()
    unmovable = guest.number("unmovable_kb") // (2 * MB)
    t.note(f"restored: {restored}, healed in {seconds:.1f} s: {after}; "
           f"{unmovable} blocks are unmovable, which allows {BLOCKS - unmovable}")
    t.expect(restored.p2m < 10, f"{restored.p2m} 2M entries after restoring")
    t.expect(after.p2m >= ENTRIES, f"only {after.p2m} 2M entries")
    guest.end_load()
