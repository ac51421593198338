# SPDX-License-Identifier: GPL-2.0
"""The report of make bench: what it makes of results, without Xen."""

import os
import re
import shutil
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

from tool import TOP

sys.path.insert(0, os.path.join(TOP, "tests", "testbed"))

from bedlib import pictures  # noqa: E402
from benchlib import goals, report, results, rivals  # noqa: E402
from benchlib.document import Document  # noqa: E402
from benchlib.parts import ALL  # noqa: E402

MACHINE = {"Xen": "4.17.7", "QEMU": "7.2", "CPU": "a <fast> one & more", "kernel": "6.1"}


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="bench-test.")
        self.addCleanup(shutil.rmtree, self.folder)

    def part(self, letter, *samples, notes=()):
        """Saves results: (values, labels) of each."""
        found = results.Results(letter, self.folder)
        found.machine = MACHINE
        for note in notes:
            found.note(note)
        for values, labels in samples:
            for value in values:
                found.add(value, **labels)
        found.save(61.4, "2026-11-29 01:00")
        return found

    def speed(self, **medians):
        """Results of part a: seconds by driver, for PVH and giving."""
        return self.part("a", *(([seconds, seconds * 0.9, seconds * 1.2],
                                 {"guest": "pvh", "driver": driver, "mb": 512,
                                  "direction": "give"})
                                for driver, seconds in medians.items()))

    def markdown(self):
        return report.compose(self.folder).markdown()

    def row(self, pattern):
        """The cells of the only line of a table that matches."""
        lines = [line for line in self.markdown().splitlines()
                 if line.startswith("|") and re.search(pattern, line)]
        self.assertEqual(len(lines), 1, lines)
        return [cell.strip() for cell in lines[0].strip("|").split("|")]


class Results(ReportTest):
    def test_as_saved(self):
        self.part("a", ([3, 1, 2, 9], {"mb": 64, "driver": "x"}), notes=["so it was"] * 2)
        found = results.load("a", self.folder)
        self.assertEqual(found.figure(driver="x", mb=64), results.Figure(2.5, 1, 9, 4))
        self.assertEqual((found.date, found.seconds, found.notes, found.machine),
                         ("2026-11-29 01:00", 61, ["so it was"], MACHINE))
        self.assertEqual(found.total(driver="x", mb=64), 15)

    def test_labels(self):
        found = self.part("a", ([1], {"mb": 64, "driver": "x"}), ([1], {"mb": 8, "driver": "x"}),
                          ([1], {"mb": 2, "driver": "y"}))
        self.assertEqual(found.different("mb", driver="x"), [64, 8])
        self.assertIsNone(found.figure(driver="x"))
        self.assertIsNone(found.median(driver="y", mb=64))

    def test_ratio_round_by_round(self):
        """The machine was half as fast in the second round, and then broke off."""
        found = self.part("a", ([1, 3, 9], {"driver": "x"}), ([2, 4, 1], {"driver": "y"}),
                          ([5, 8], {"driver": "z"}))
        x, y, z, none = ({"driver": name} for name in ("x", "y", "z", "none"))
        self.assertEqual(found.ratio(x, y), 0.75)
        self.assertEqual(found.ratio(z, y), 2.25)
        self.assertIsNone(found.ratio(x, none))

    def test_none(self):
        self.assertIsNone(results.load("a", self.folder))

    def test_kept(self):
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            sys.stdout, shown = nowhere, sys.stdout
            try:
                results.keep("heal", "words\nof it", self.folder)
            finally:
                sys.stdout = shown
        self.assertIn("### make bench-heal\n", self.markdown())
        self.assertIn("```\nwords\nof it\n```", self.markdown())
        self.assertIn("Not run: make bench-fragmentation,", self.markdown())


class Report(ReportTest):
    def test_nothing_was_run(self):
        text = self.markdown()
        self.assertIn(f"Not run, and so not in this report: {', '.join(ALL)}.", text)
        self.assertNotIn("\n## a.", text)
        self.assertNotIn("## Goals", text)

    def test_what_was_run(self):
        self.speed(**{rivals.BUILTIN: 1, rivals.OURS: 0.4})
        text = self.markdown()
        self.assertEqual(self.row(r"^\| a "), ["a", "Inflate and deflate", "2026-11-29 01:00",
                                              "61 s"])
        others = ", ".join(letter for letter in ALL if letter != "a")
        self.assertIn(f"Not run, and so not in this report: {others}.", text)
        self.assertIn("## a. Inflate and deflate\n\nMeasured 2026-11-29 01:00.", text)
        self.assertIn("only ratios mean anything", text)
        for what, which in MACHINE.items():
            self.assertIn(f"| {what} | {which} |", text)

    def test_notes(self):
        self.part("a", notes=["Memory for guests of 6144 MB only."])
        self.assertIn("\nMemory for guests of 6144 MB only.\n", self.markdown())

    def test_restless(self):
        self.part("b", ([1, 1.4], {"step": "x"}), ([1], {"step": "y"}))
        self.assertNotIn("not quiet", self.markdown())
        self.part("b", ([1, 1.6], {"step": "x"}), ([1, 1.1], {"step": "z"}))
        self.assertIn("Of 2 figures 1 differ by more than half", self.markdown())

    def test_ratios(self):
        self.speed(**{rivals.BUILTIN: 1, rivals.OURS: 0.4, rivals.FLOOR_2M: 0.32,
                      rivals.FLOOR_4K: 0.5})
        self.assertEqual(self.row(r"^\| 512 MB \| this driver \|"),
                         ["512 MB", "this driver", "0.400 s", "0.360 s to 0.480 s", "3",
                          "2.50", "1.25"])
        self.assertEqual(self.row(r"^\| 512 MB \| built-in \|")[5:], ["1.00", "2.00"])
        self.assertEqual(self.row(r"^\| 512 MB \| floor \|")[6], "-")

    def test_both_files(self):
        self.speed(**{rivals.BUILTIN: 1, rivals.OURS: 0.4})
        self.part("c", notes=["fewer <is> more"])
        paths = report.write(self.folder)
        self.assertEqual([os.path.basename(path) for path in paths],
                         ["report.md", "report.html"])
        with open(paths[0], encoding="utf-8") as f:
            for name in re.findall(r"!\[.*\]\((.*)\)", f.read()):
                ElementTree.parse(os.path.join(self.folder, name))
        with open(paths[1], encoding="utf-8") as f:
            page = f.read()
        self.assertIn("<svg", page)
        # In one piece, and what came from outside is text.
        self.assertIsNone(re.search(r"\b(src|href)=", page))
        self.assertIn("a &lt;fast&gt; one &amp; more", page)
        self.assertIn("fewer &lt;is&gt; more", page)

    def test_all_parts_tell(self):
        """A part of which nothing was found out is no reason to have no report."""
        for letter in ALL:
            self.part(letter)
        text = self.markdown()
        for letter in set(ALL) - {"g"}:
            self.assertIn(f"## {letter}. ", text)

    def test_steps(self):
        self.part("b", *(([seconds], {"guest": "pv", "driver": "floor", "direction": "take",
                                      "step": step})
                         for step, seconds in (("hypercall", 0.25), ("bookkeeping", 0.5))))
        self.assertEqual(self.row(r"^\| floor "),
                         ["floor", "-", "-", "0.250 s", "0.500 s", "-", "-"])

    def test_feeling(self):
        self.part("f", *(([value], {"driver": rivals.OURS, "during": "healing",
                                    "figure": name})
                         for name, value in (("writes", 500), ("elapsed_us", 2e6),
                                             ("p999_us", 1500), ("slowest_us", 30000))))
        self.assertEqual(self.row(r"^\| healing "),
                         ["healing", "this driver", "250", "1.50 ms (1.50 to 1.50)",
                          "30.00 ms (30.00 to 30.00)"])

    def test_conditions(self):
        self.part("e", *(([seconds], {"driver": rivals.OURS, "vcpus": vcpus,
                                      "direction": "give"})
                         for vcpus, seconds in ((1, 2.0), (4, 3.0))))
        self.assertEqual(self.row(r"^\| 4 vCPUs "),
                         ["4 vCPUs", "this driver", "give", "3.000 s", "3.000 s to 3.000 s",
                          "1.50"])

    def test_beside(self):
        self.part("i", *(([took], {"driver": rivals.OURS, "program": program, "what": "heal"})
                         for program, took in (("stopped", 0.5), ("busy", 2.0))))
        self.assertEqual(self.row(r"^\| this driver "),
                         ["this driver", "heal", "0.500 s", "2.000 s", "4.00"])


class Goals(ReportTest):
    def verdicts(self, found):
        return {row[0]: row[1:] for row in goals.of_speed(found)}

    def test_verdicts(self):
        found = self.verdicts(self.speed(**{rivals.BUILTIN: 1, rivals.OURS: 0.33,
                                            rivals.OURS_4K: 1.25, rivals.FLOOR_2M: 0.32,
                                            rivals.FLOOR_4K: 1.4, rivals.VIRTIO: 0.3}))
        self.assertEqual(found["PVH give, over its floor: at most 1.05"], ("1.03", "-", "met"))
        self.assertEqual(found["PVH give in 4K, times as fast as built-in: at least 1.00"],
                         ("0.80", "0.71", "out of reach"))
        self.assertEqual(found["PVH give, the largest size, times as fast as "
                               "virtio-balloon: at least 1.00"],
                         ("0.91", "0.94", "out of reach"))
        self.assertEqual(found["PV give, times as fast as built-in: at least 3.00"],
                         ("-", "-", "not measured"))
        # Of one size nobody can say whether it is flat.
        self.assertEqual(found["PVH give, time per GiB, largest over least: at most 1.10"],
                         ("-", "-", "not measured"))

    def test_the_worst_size_decides(self):
        found = self.part("a", *(
            ([seconds], {"guest": "pv", "driver": driver, "mb": mb, "direction": "take"})
            for driver, mb, seconds in ((rivals.BUILTIN, 512, 4), (rivals.OURS, 512, 1),
                                        (rivals.BUILTIN, 1024, 6), (rivals.OURS, 1024, 3),
                                        (rivals.BUILTIN, 64, 1), (rivals.OURS, 64, 1),
                                        (rivals.FLOOR_2M, 512, 1), (rivals.FLOOR_2M, 1024, 2))))
        found = self.verdicts(found)
        self.assertEqual(found["PV take, times as fast as built-in: at least 2.00"],
                         ("2.00", "3.00", "met"))
        self.assertEqual(found["PV take, time per GiB, largest over least: at most 1.10"],
                         ("1.50", "1.00", "missed"))

    def test_feeling(self):
        found = self.part("f", *(([value], {"driver": driver, "during": "balloon moves",
                                            "figure": "slowest_us"})
                                 for driver, value in ((rivals.OURS, 30), (rivals.BUILTIN, 20))))
        rows = {row[0]: row[1:] for row in goals.of_feel(found)}
        self.assertEqual(rows["a program's slowest write while the balloon moves, over "
                              "built-in: at most 1.00"], ("1.50", "-", "missed"))


class Rendering(unittest.TestCase):
    def test_tables(self):
        doc = Document("T")
        doc.table(["a", "b"], [["x|y", 1]])
        self.assertIn("| a | b |\n|---|---|\n| x\\|y | 1 |", doc.markdown())
        self.assertIn("<tr><td>x|y</td><td>1</td></tr>", doc.html())

    def test_bars(self):
        svg = ElementTree.fromstring(pictures.bars([("one", [1, 3]), ("two", [2, 0])],
                                                   ["p", "q"], "s"))
        space = "{http://www.w3.org/2000/svg}"
        rects = list(svg.iter(f"{space}rect"))[2:]
        self.assertEqual([float(rect.get("width")) for rect in rects],
                         [115.0, 345.0, 230.0, 0.0])
        # The second begins where the first ends.
        self.assertEqual(float(rects[1].get("x")) - float(rects[0].get("x")), 115.0)
        words = [text.text for text in svg.iter(f"{space}text")]
        self.assertEqual(words, ["p", "q", "one", "4 s", "two", "2 s"])
