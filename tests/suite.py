# SPDX-License-Identifier: GPL-2.0
"""Runs the unittest files of a directory, and ends with how many passed and failed."""
import sys
import unittest


class Report(unittest.TextTestResult):
    """Counts what has passed, too; silence is no success."""

    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main(directory):
    """With names on the command line (set_test, set_test.Waiting) only those."""
    sys.path.insert(0, directory)
    loader = unittest.TestLoader()
    names = sys.argv[1:]
    suite = loader.loadTestsFromNames(names) if names else \
        loader.discover(directory, pattern="*_test.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2,
                                     resultclass=Report).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"{result.passed} passed, {failed} failed")
    return 1 if failed or not result.passed else 0
