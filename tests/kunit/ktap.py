# SPDX-License-Identifier: GPL-2.0
"""
Strict reading of KUnit results in a kernel's log.

Whatever is not there counts as failed, by its name: a suite that should have
run, a case that its suite announced, the end. So does what should not be there:
a kernel warning, a skipped case that nobody expected to be skipped. Of data races
only those count that are the module's.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import races  # noqa: E402

BEGIN = "xhb: begin"
END = "xhb: end"

TIMESTAMP = re.compile(r"^\[ *(\d+\.\d+)\](?:\[[^]]*\])? ")
RESULT = re.compile(r"^(not ok|ok) (\d+) (?:- )?(.*?)( # SKIP.*)?$")
SUBTEST = re.compile(r"^# Subtest: (\S+)$")
PLAN = re.compile(r"^1\.\.(\d+)$")
TROUBLE = re.compile(
    r"^(WARNING: |BUG: |Oops: |Kernel panic |INFO: |kernel BUG at |"
    r"general protection|divide error|stack segment|invalid opcode|"
    r"Out of memory: |watchdog: |kmemleak: \d+ new|unreferenced object|"
    r".*: page allocation failure|list_(add|del) corruption)")
# kmemleak tells who has allocated what was leaked.
LEAKER = re.compile(r"^\[<\S+>\] \w")


class Case:
    """A case or a suite: what is known of it."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.skipped = 0
        self.problems = []
        self.begin = None
        self.end = None


class Reader:
    """Takes a log line by line; `cases` and `problems` hold the outcome."""

    def __init__(self):
        self.suites = {}
        self.problems = []
        self.begun = False
        self.ended = False
        self.suite = None
        self.plan = None
        self.seen = 0
        self.bad_parameters = []
        self.story = []
        self.last = ""
        self.time = 0.0
        self.race = None
        self.others_races = 0

    def line(self, text):
        text = text.rstrip("\r\n")
        found = TIMESTAMP.match(text)
        if found:
            self.time = float(found.group(1))
            text = text[found.end():]
        if text.strip():
            self.last = text
        stripped = text.strip()
        if self.race:
            self.race.line(stripped)
            if self.race.ended:
                self._race_ends()
        if stripped == BEGIN:
            self.begun = True
        elif stripped == END:
            self.ended = True
        elif races.BEGIN.match(stripped):
            self._race_ends()
            self.race = races.Race(stripped)
        elif TROUBLE.match(stripped):
            self.problem("kernel: " + stripped)
        elif LEAKER.match(stripped):
            self._leaked_by(stripped)
        else:
            self._structure(len(text) - len(text.lstrip()), stripped)

    def problem(self, what):
        place = self.suite.problems if self.suite else self.problems
        place.append(what)

    def _leaked_by(self, function):
        place = self.suite.problems if self.suite else self.problems
        if place:
            place[-1] += "\n  " + function

    def _race_ends(self):
        if self.race and self.race.ours:
            self.problem(f"kernel: {self.race}")
        elif self.race:
            self.others_races += 1
        self.race = None

    def _structure(self, indent, text):
        if indent == 4 and SUBTEST.match(text):
            self._begin(SUBTEST.match(text).group(1))
        elif indent == 4 and PLAN.match(text):
            self.plan = int(PLAN.match(text).group(1))
        elif RESULT.match(text) and indent in (0, 4, 8):
            result = RESULT.match(text).groups()
            (self._suite_result, self._case_result,
             self._parameter_result)[indent // 4](*result)
        elif self.suite:
            self.story.append(text)

    def _begin(self, name):
        if self.suite:
            self._unfinished()
        if name in self.suites:
            self.problems.append(f"{name} ran twice")
        self.suite = self.suites[name] = Case(name)
        self.suite.begin = self.time
        self.plan = None
        self.seen = 0
        self.story = []

    def _parameter_result(self, verdict, _number, name, _skip):
        if verdict != "ok":
            self.bad_parameters.append(name)

    def _case_result(self, verdict, number, name, skip):
        if not self.suite:
            self.problems.append(f"{name} belongs to no suite")
            return
        self.seen += 1
        if int(number) != self.seen:
            self.suite.problems.append(
                f"{name} is number {number}, expected {self.seen}")
        if verdict != "ok" or self.bad_parameters:
            with_what = ", ".join(self.bad_parameters)
            self.suite.problems.append("\n".join(
                [name + (f" with {with_what}" if with_what else "")] +
                self.story[-40:]))
        elif skip:
            self.suite.skipped += 1
        else:
            self.suite.passed += 1
        self.story = []
        self.bad_parameters = []

    def _suite_result(self, verdict, _number, name, _skip):
        if not self.suite or name != self.suite.name:
            self.problems.append(f"{name} ended, but had not begun")
            return
        suite = self.suite
        suite.end = self.time
        if self.plan is None:
            suite.problems.append("no plan")
        elif self.plan != self.seen or not self.seen:
            suite.problems.append(f"{self.seen} of {self.plan} cases ran")
        if verdict != "ok" and not suite.problems:
            suite.problems.append("failed, but none of its cases did")
        self.suite = None

    def _unfinished(self):
        self.suite.problems.append(
            f"did not finish: {self.seen} of {self.plan} cases, then: "
            f"{self.last}")
        self.suite = None

    def finish(self, expected, may_skip=()):
        """The log is at its end; adds what is missing."""
        self._race_ends()
        if self.suite:
            self._unfinished()
        if not self.begun:
            self.problems.append("the guest never started the tests; last: " +
                                 (self.last or "nothing at all"))
        elif not self.ended:
            self.problems.append("the guest did not get to the end; last: " +
                                 self.last)
        for name in expected:
            suite = self.suites.setdefault(name, Case(name))
            if suite.begin is None:
                suite.problems.append("did not run")
            if suite.skipped and name not in may_skip:
                suite.problems.append(f"{suite.skipped} cases skipped")
        for name in sorted(set(self.suites) - set(expected)):
            self.problems.append(f"{name} is not known to be a suite")

    def report(self):
        """Prints all, returns the number of failures."""
        failed = 0
        for suite in sorted(self.suites.values(), key=lambda s: s.name):
            failed += len(suite.problems)
            took = (suite.end - suite.begin) if suite.end else 0.0
            skipped = f", {suite.skipped} skipped" if suite.skipped else ""
            print(f"{'not ok' if suite.problems else 'ok'} {suite.name}: "
                  f"{suite.passed} passed{skipped}, {took:.1f} s")
            for problem in suite.problems:
                print("    " + problem.replace("\n", "\n        "))
        for problem in self.problems:
            print("not ok " + problem)
        if self.others_races:
            print(f"# {self.others_races} data races of the kernel itself")
        return failed + len(self.problems)

    def passed(self):
        return sum(suite.passed for suite in self.suites.values())
