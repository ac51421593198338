# SPDX-License-Identifier: GPL-2.0
"""build/bench/report.md and report.html, of whatever was measured."""

import os

from . import goals, results
from .document import Document
from .parts import ALL

TITLE = "xen-hugeballoon, measured"
RATIOS = ("Everything here ran on emulated CPUs. Emulated time means nothing by itself and "
          "drifts with what else the machine does, so rivals take turns in one boot, and "
          "only ratios mean anything; never compare seconds of two dates.")
# What happens on a quiet machine, too.
FEW = 0.1


def _overview(doc, found):
    rows = []
    for letter, part in ALL.items():
        mine = found[letter]
        rows.append([letter, part.TITLE, mine.date if mine else "not run",
                     f"{mine.seconds} s" if mine and mine.seconds else "-"])
    doc.table(["part", "what", "when", "took"], rows)
    missing = [letter for letter in ALL if not found[letter]]
    if missing:
        doc.paragraph(f"Not run, and so not in this report: {', '.join(missing)}.")


def _machines(doc, found):
    """On what; most often the same for all parts."""
    by_machine = {}
    for letter, mine in found.items():
        if mine and mine.machine:
            by_machine.setdefault(tuple(mine.machine.items()), []).append(letter)
    for machine, letters in by_machine.items():
        doc.paragraph(f"Parts {', '.join(letters)}:")
        doc.table(["what", "which"], [list(row) for row in machine])


def _goals(doc, found):
    rows = [*goals.of_speed(found.get("a")), *goals.of_feel(found.get("f"))]
    if rows:
        doc.heading("Goals")
        doc.paragraph("Out of reach is what the floor itself does not reach.")
        doc.table(["goal", "measured", "floor", "verdict"], rows)


def compose(folder=results.FOLDER):
    found = {letter: part.load(folder) if hasattr(part, "load") else
             results.load(letter, folder) for letter, part in ALL.items()}
    doc = Document(TITLE)
    doc.paragraph(RATIOS)
    _overview(doc, found)
    doc.heading("On what")
    _machines(doc, found)
    _goals(doc, found)
    for letter, part in ALL.items():
        mine = found[letter]
        if not mine:
            continue
        doc.heading(f"{letter}. {part.TITLE}")
        doc.paragraph(f"Measured {mine.date}.")
        restless, figures = mine.restless()
        if restless > figures * FEW:
            doc.paragraph(f"Of {figures} figures {restless} differ by more than half between "
                          "rounds: the machine was not quiet, and even the ratios here mean "
                          "little.")
        for note in mine.notes:
            doc.paragraph(note)
        part.tell(doc, mine)
    return doc


def write(folder=results.FOLDER):
    """Returns the paths of the two."""
    os.makedirs(folder, exist_ok=True)
    doc = compose(folder)
    for name, text in {"report.md": doc.markdown(), "report.html": doc.html(),
                       **doc.pictures()}.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    return [os.path.join(folder, f"report.{suffix}") for suffix in ("md", "html")]
