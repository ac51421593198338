# SPDX-License-Identifier: GPL-2.0
"""Every writable file of hugeballoon/ refuses nonsense and keeps its value."""

GUEST = {"memory": 512}
SHARES = True
RELEASE = True
NONSENSE = {
    "enable_huge": ("2", "-1", "yes please", "\n", "1garbage", "0.5"),
    "hugepage_effort": ("hard", "freee", "fre", "1", "\n"),
    "coalesce": ("2", "-1", "on", "\n"),
    "coalesce_interval_ms": ("0", "9", "3600001", "1s", "-1"),
    "coalesce_batch": ("0", "65", "many"),
    "heal": ("2", "-1", "later", "nowhere", "\n"),
    "heal_interval_ms": ("0", "3600001", "fast"),
    "floor_kb": ("garbage", "12abc", "-1", "99999999999999999999999"),
}
SENSE = {
    "enable_huge": ("0", "1"),
    "hugepage_effort": ("free", "compact", "evacuate"),
    "coalesce": ("0", "1"),
    "coalesce_interval_ms": ("10", "3600000"),
    "coalesce_batch": ("64", "1"),
    "heal_interval_ms": ("3600000", "1"),
    "heal": ("1", "0"),
    "floor_kb": ("65536", "0"),
}


def run(t):
    guest = t.guest
    guest.insmod()
    for name, texts in NONSENSE.items():
        before = guest.read(f"hugeballoon/{name}")
        guest.refuses(f"hugeballoon/{name}", texts)
        t.expect(guest.read(f"hugeballoon/{name}") == before, f"{name} has changed")
    for name, texts in SENSE.items():
        for text in texts:
            guest.write(f"hugeballoon/{name}", text + "\n")
            read = guest.read(f"hugeballoon/{name}")
            t.expect(read == text, f"{name}: wrote {text}, read {read}")
