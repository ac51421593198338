# SPDX-License-Identifier: GPL-2.0
"""What passed with which kernel, Xen and type of guest, as a table.

A cell is believed only if its scenarios all said "ok", the last line is the verdict
that goes with them, and the exit status is 0.
"""

import re
from dataclasses import dataclass, field

RESULT = re.compile(r"(not ok|ok) \d+ - (\S+)")


@dataclass
class Cell:
    kernel: str
    xen: str
    kind: str
    wanted: list                # names of scenarios
    passed: int = 0
    problems: list = field(default_factory=list)
    judged: bool = False        # or it has not been run

    def __str__(self):
        if not self.wanted:
            return "-"
        if not self.judged:
            return "not run"
        text = f"{self.passed} of {len(self.wanted)}"
        return f"**{text}**" if self.problems else text

    def failed(self):
        """So many that the verdict is never good if there was any problem."""
        return max(len(self.wanted) - self.passed, 1 if self.problems else 0)

    def judge(self, lines, status):
        """By what run-scenarios has printed, without line ends, and its exit status."""
        results = [found.groups() for found in map(RESULT.match, lines) if found]
        good = {name for word, name in results if word == "ok"}
        bad = [name for word, name in results if word != "ok"]
        self.passed = len((good - set(bad)) & set(self.wanted))
        self.problems = [f"{name} failed" for name in bad]
        self.problems += [f"{name} was not run" for name in self.wanted
                          if name not in good and name not in bad]
        verdict = lines[-1] if lines else "nothing"
        if verdict != f"{len(good)} passed, {len(bad)} failed":
            self.problems.append(f"it ended with: {verdict}")
        if bool(status) != bool(self.problems):
            self.problems.append(f"exit status {status}")
        self.judged = True


def _line(words):
    return "| " + " | ".join(words) + " |"


def table(cells, kernels, xens, kinds):
    """Markdown; kernels and xens are the full versions by series, and in order."""
    at = {(cell.kernel, cell.xen, cell.kind): cell for cell in cells}
    columns = [(x, kind) for x in xens for kind in kinds]
    lines = [_line(["Linux", *(f"Xen {x}, {kind.upper()}" for x, kind in columns)]),
             "|---" * (len(columns) + 1) + "|"]
    lines += [_line([kernel, *(str(at[kernel, x, kind]) for x, kind in columns)])
              for kernel in kernels]
    versions = [f"Linux {v}" for v in kernels.values()] + [f"Xen {v}" for v in xens.values()]
    problems = [f"- Linux {cell.kernel}, Xen {cell.xen}, {cell.kind.upper()}: {problem}"
                for cell in cells for problem in cell.problems]
    return "\n".join([*lines, "", ", ".join(versions) + "."] +
                     (["", *problems] if problems else []))


def verdict(cells):
    passed, failed = sum(c.passed for c in cells), sum(c.failed() for c in cells)
    # Nothing to run is no success either.
    return f"{passed} passed, {failed} failed", failed == 0 and passed > 0
