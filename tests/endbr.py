#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Which functions of a module may be called through a pointer, and do not begin with
ENDBR: where indirect branches are tracked (IBT), such a call ends in a fault. QEMU does
not emulate that, so it is read from the file. An exit status of 0 means that there are
some that may, and all have it.

usage: tests/endbr.py MODULE.ko
"""
import struct
import sys

ENDBR = b"\xf3\x0f\x1e\xfa"
SHT_SYMTAB, SHT_RELA, SHT_NOBITS = 2, 4, 8
SHF_ALLOC, SHF_EXECINSTR = 2, 4
STT_FUNC, STT_SECTION = 2, 3
R_64, R_PC32, R_32, R_32S = 1, 2, 10, 11
# A displacement is from the end of its field.
FIELD = 4
# The kernel goes by these to find code and to change it, not to call it.
NO_POINTERS = (".ibt_endbr_seal", "__mcount_loc", "__patchable_function_entries", "__bug_table",
               "__ex_table", "__jump_table", ".orc_", ".altinstr", ".parainstructions",
               ".retpoline_sites", ".return_sites", ".call_sites", ".smp_locks",
               ".static_call", ".note")


class Section:
    def __init__(self, image, fields):
        (self.name_at, self.type, self.flags, _, self.at, self.size, self.link, self.info,
         _, self.entry) = fields
        self.data = b"" if self.type == SHT_NOBITS else image[self.at:self.at + self.size]
        self.name = ""


def is_lea(code, at):
    """Not a call or a jump, to what stands in another section: "lea" of an address."""
    return code[at - 2:at - 1] == b"\x8d" and code[at - 1] & 0xc7 == 5


def text_at(data, start):
    return data[start:data.index(b"\0", start)].decode()


def sections_of(image):
    if image[:5] != b"\x7fELF\x02":
        raise SystemExit("endbr: no ELF file of 64 bits")
    table, = struct.unpack_from("<Q", image, 0x28)
    size, count, names = struct.unpack_from("<HHH", image, 0x3a)
    found = [Section(image, struct.unpack_from("<IIQQQQIIQQ", image, table + i * size))
             for i in range(count)]
    for section in found:
        section.name = text_at(found[names].data, section.name_at)
    return found


class Module:
    def __init__(self, image):
        self.sections = sections_of(image)
        self.symbols = []       # (section, offset, type), by number
        self.functions = {}     # (section, offset) -> name
        for table in self.sections:
            if table.type == SHT_SYMTAB:
                self._read_symbols(table)

    def _read_symbols(self, table):
        names = self.sections[table.link].data
        for name, info, _, section, value, _ in struct.iter_unpack("<IBBHQQ", table.data):
            self.symbols.append((section, value, info & 15))
            # Those of static calls are changed, and jumped to.
            if info & 15 == STT_FUNC and not text_at(names, name).startswith("__SCT__"):
                self.functions[section, value] = text_at(names, name)

    def _targets(self, relocations):
        """The functions that a section has the addresses of."""
        holder = self.sections[relocations.info]
        code = holder.data if holder.flags & SHF_EXECINSTR else b""
        for at, info, addend in struct.iter_unpack("<QQq", relocations.data):
            section, value, kind = self.symbols[info >> 32]
            how = info & 0xffffffff
            if how == R_PC32 and is_lea(code, at):
                addend += FIELD
            elif how not in (R_64, R_32, R_32S):
                continue
            if kind in (STT_FUNC, STT_SECTION) and \
                    (section, value + addend) in self.functions:
                yield section, value + addend

    def _of_sections(self, wanted):
        found = set()
        for relocations in self.sections:
            if relocations.type == SHT_RELA and wanted(self.sections[relocations.info]):
                found.update(self._targets(relocations))
        return found

    def _begins_well(self, place):
        section, offset = place
        return self.sections[section].data[offset:offset + len(ENDBR)] == ENDBR

    def look(self):
        """(how many have their address taken, which of them have no ENDBR)"""
        pointed = self._of_sections(lambda section: section.flags & SHF_ALLOC and
                                    not section.name.startswith(NO_POINTERS))
        return len(pointed), sorted(self.functions[place] for place in pointed
                                    if not self._begins_well(place))


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with open(sys.argv[1], "rb") as f:
        count, wrong = Module(f.read()).look()
    for name in wrong:
        print(f"{name} has its address taken, and no ENDBR")
    print(f"{count} functions have their address taken")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
