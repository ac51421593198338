# SPDX-License-Identifier: GPL-2.0
"""Without free memory in the host balloon pages move but in PV guests. These
cannot, lose nothing by trying, and go on when there is memory again."""

GUEST = {"memory": 768}
KINDS = ("pvh", "pv")
RELEASE = True
MB = 1024


def run(t):
    guest = t.guest
    guest.insmod("enable_huge=0 coalesce=0")
    guest.start_load(100)
    # Each page takes others several times as long.
    guest.inflate_scattered(128 * MB if t.kind == "pvh" else 32 * MB)
    with t.no_host_memory():
        guest.compact()
        statistics = guest.statistics()
        t.note(f"{statistics['migrated']} moved, {statistics['not_migrated']} refused")
        if t.translated:
            t.expect(statistics["migrated"] > 1000, "nothing has moved")
            t.expect(statistics["not_migrated"] == 0, "Xen refused some")
        else:
            t.expect(statistics["not_migrated"] > 0, "nothing was refused")
        guest.check_conservation()
    if not t.translated:
        guest.compact()
        t.expect(guest.statistics()["migrated"] > statistics["migrated"],
                 "nothing moves any more")
    guest.end_load()
    guest.set_target(guest.boot_kb)
