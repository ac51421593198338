# SPDX-License-Identifier: GPL-2.0
"""The area that is being swapped off and on, in a file: whoever comes next swaps it on if
nobody did."""

import json
import os


class Record:
    def __init__(self, path):
        self.path = path

    def write(self, path, flags):
        # Names that are no text keep their bytes.
        text = json.dumps({"path": path, "flags": flags})
        with open(self.path + ".new", "w", encoding="ascii") as f:
            f.write(text)
        os.replace(self.path + ".new", self.path)

    def read(self):
        """(path, flags), or None."""
        try:
            with open(self.path, encoding="ascii") as f:
                found = json.load(f)
            return str(found["path"]), int(found["flags"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def clear(self):
        try:
            os.remove(self.path)
        except FileNotFoundError:
            pass
