# SPDX-License-Identifier: GPL-2.0
"""
What a deliberate defect is.
"""
import collections


class Defect(collections.namedtuple("Defect", "file name old new first")):
    """
    In `file`, below src/, `old`, which is there once, becomes `new`. `first` are the
    files of suites that should notice, without their "_kunit.c".
    """

    def title(self):
        return f"{self.file}: {self.name}"


def of(file, first, *entries):
    """Defects of one file; an entry has name, old, new, and maybe other suites."""
    return tuple(Defect(file, name, old, new, tuple((more or (first,))[0].split()))
                 for name, old, new, *more in entries)
