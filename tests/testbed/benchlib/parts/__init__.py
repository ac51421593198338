# SPDX-License-Identifier: GPL-2.0
"""The parts of the benchmark, by their letters, in the order of the report.

Each has TITLE, measure(beds, progress, results), which adds what it finds, and
tell(doc, results), which says it in the report; WHAT is kept with the results, for what
is measured may change. One without measure() tells what other
programs have left, which its load(folder) finds.
"""

from . import beside, calls, conditions, feel, others, rest, speed, steps, superpages

ALL = {"a": speed, "b": steps, "c": calls, "d": superpages, "e": conditions,
       "f": feel, "g": others, "h": rest, "i": beside}
