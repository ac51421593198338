# SPDX-License-Identifier: GPL-2.0
"""What the other measurements have said when they were run last."""

import os
import time

from bedlib import paths

from ..results import FOLDER, Results, kept_path

TITLE = "Fragmentation, healing, overcommit, hosts, a day"
# Of make bench-NAME; and its pictures.
NAMES = {"fragmentation": (), "heal": (),
         "overcommit": ("bench-overcommit-self-ballooning", "bench-overcommit-built-in",
                        "bench-overcommit-fixed"),
         "hosts": (), "day": ("bench-day",)}


def load(folder=FOLDER):
    """Results with the names of those that were run, or None."""
    results = Results("g", folder)
    dates = []
    for name in NAMES:
        if os.path.exists(kept_path(name, folder)):
            results.add(1, kept=name)
            dates.append(os.path.getmtime(kept_path(name, folder)))
    if not dates:
        return None
    results.date = time.strftime("%Y-%m-%d %H:%M", time.localtime(max(dates)))
    return results


def tell(doc, results):
    folder = os.path.dirname(results.path)
    present = results.different("kept")
    for name in present:
        path = kept_path(name, folder)
        doc.heading(f"make bench-{name}", 3)
        doc.paragraph("Run " + time.strftime("%Y-%m-%d %H:%M",
                                             time.localtime(os.path.getmtime(path))) + ".")
        with open(path, encoding="utf-8") as f:
            doc.verbatim(f.read().strip("\n"))
        for picture in NAMES[name]:
            svg = os.path.join(paths.BUILD, f"{picture}.svg")
            if os.path.exists(svg):
                with open(svg, encoding="utf-8") as f:
                    doc.picture(picture, f.read(), picture)
    missing = [f"make bench-{name}" for name in NAMES if name not in present]
    if missing:
        doc.paragraph(f"Not run: {', '.join(missing)}.")
