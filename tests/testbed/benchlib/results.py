# SPDX-License-Identifier: GPL-2.0
"""What was measured, in build/bench/: a file for each part, with its date."""

import json
import os
import statistics
import time
from dataclasses import dataclass

from bedlib import paths

# Of a quiet machine the slowest round is hardly slower than the fastest.
RESTLESS = 1.5
FOLDER = os.path.join(paths.BUILD, "bench")


@dataclass
class Figure:
    """Of the same thing measured several times."""
    median: float
    lowest: float
    highest: float
    rounds: int

    @classmethod
    def of(cls, values):
        return cls(statistics.median(values), min(values), max(values), len(values))


class Results:
    """Values of one part, each list of them under its labels."""

    def __init__(self, part, folder=FOLDER):
        self.part = part
        self.path = os.path.join(folder, f"{part}.json")
        self.date = ""
        self.seconds = 0
        self.machine = {}
        self.notes = []
        self.samples = {}

    def add(self, value, **labels):
        self.samples.setdefault(self._key(labels), []).append(value)

    @staticmethod
    def _key(labels):
        return tuple(sorted(labels.items()))

    def _values(self, labels):
        """In the order of the rounds."""
        return self.samples.get(self._key(labels), [])

    def note(self, text):
        """A sentence for the report."""
        if text not in self.notes:
            self.notes.append(text)

    def figure(self, **labels):
        """The Figure under exactly these labels, or None."""
        values = self._values(labels)
        return Figure.of(values) if values else None

    def median(self, **labels):
        figure = self.figure(**labels)
        return figure.median if figure else None

    def ratio(self, over, under):
        """Of what is under the labels @over to what is under @under: the median over the
        rounds, each by itself, for a machine becomes slower and faster. Or None."""
        ratios = [first / second for first, second
                  in zip(self._values(over), self._values(under)) if first and second]
        return statistics.median(ratios) if ratios else None

    def restless(self):
        """(how many figures differ by more than half between rounds, of how many)."""
        figures = [Figure.of(values) for values in self.samples.values() if len(values) > 1]
        return (sum(figure.highest > RESTLESS * figure.lowest for figure in figures),
                len(figures))

    def total(self, **labels):
        """The sum of all that was added under these labels."""
        return sum(self._values(labels))

    def different(self, label, **labels):
        """Values of a label among the samples that have these others, in their order."""
        found = {}
        for key in self.samples:
            key = dict(key)
            if label in key and all(key.get(name) == value
                                    for name, value in labels.items()):
                found[key[label]] = True
        return list(found)

    def save(self, seconds, date=None):
        self.date = date or time.strftime("%Y-%m-%d %H:%M")
        self.seconds = round(seconds)
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        data = {"date": self.date, "seconds": self.seconds, "machine": self.machine,
                "notes": self.notes,
                "samples": [{"labels": dict(key), "values": values}
                            for key, values in self.samples.items()]}
        with open(self.path + ".new", "w", encoding="utf-8") as f:
            json.dump(data, f, indent=1)
        os.rename(self.path + ".new", self.path)


def load(part, folder=FOLDER):
    """Results of a part as they were saved, or None if it was not run."""
    results = Results(part, folder)
    try:
        with open(results.path, encoding="utf-8") as f:
            data = json.load(f)
    except FileNotFoundError:
        return None
    results.date, results.seconds = data["date"], data["seconds"]
    results.machine, results.notes = data["machine"], data["notes"]
    for sample in data["samples"]:
        for value in sample["values"]:
            results.add(value, **sample["labels"])
    return results


def kept_path(name, folder=FOLDER):
    return os.path.join(folder, f"bench-{name}.txt")


def keep(name, text, folder=FOLDER):
    """Print what another measurement has to say, and keep it for the report."""
    print(text)
    os.makedirs(folder, exist_ok=True)
    with open(kept_path(name, folder), "w", encoding="utf-8") as f:
        f.write(text + "\n")
