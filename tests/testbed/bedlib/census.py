# SPDX-License-Identifier: GPL-2.0
"""How a PVH or HVM guest's memory is mapped, counted from outside.

The nested page table is read out of the emulated machine's memory, because
neither the guest nor dom0 can see it. This is the only honest way to say that
a guest is backed by superpages.
"""

import re
import struct
from dataclasses import dataclass, field

PRESENT = 1
LARGE = 1 << 7
ADDRESS = 0x000ffffffffff000
CHUNK = 256 * 1024      # tables lie close together: read many at once


@dataclass
class Census:
    p1g: int = 0
    p2m: int = 0
    p4k: int = 0
    blocks: dict = field(default_factory=dict)  # number -> "2" or "4", if it has memory

    def __str__(self):
        return f"1G={self.p1g} 2M={self.p2m} 4K={self.p4k}"


def nested_table(dump, domid):
    """H_CR3 of the domain's first vCPU, from Xen's dump of all VMCBs."""
    section = re.search(rf">>> Domain {domid} <<<(.*?)(?:>>> Domain|\Z)", dump, re.S)
    found = section and re.search(r"H_CR3 = 0x([0-9a-f]+)", section.group(1))
    return int(found.group(1), 16) & ADDRESS if found else None


class Tables:
    def __init__(self, read_memory):
        self.read_memory = read_memory
        self.chunks = {}

    def entries(self, address):
        base = address - address % CHUNK
        if base not in self.chunks:
            self.chunks[base] = self.read_memory(base, CHUNK)
        return struct.unpack_from("<512Q", self.chunks[base], address - base)


def count(read_memory, root):
    """Walk the four-level table at root. The machine must stand still."""
    tables = Tables(read_memory)
    census = Census()

    def walk(address, level, frame):
        size = 512 ** (level - 1)
        for entry in tables.entries(address):
            if not entry & PRESENT:
                pass
            elif level == 1:
                census.p4k += 1
                census.blocks[frame // 512] = "4"
            elif level == 2 and entry & LARGE:
                census.p2m += 1
                census.blocks[frame // 512] = "2"
            elif level == 3 and entry & LARGE:
                census.p1g += 1
            else:
                walk(entry & ADDRESS, level - 1, frame)
            frame += size

    walk(root, 4, 0)
    return census
