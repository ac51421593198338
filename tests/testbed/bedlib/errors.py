# SPDX-License-Identifier: GPL-2.0
"""What can go wrong on the testbed, as far as callers tell it apart."""


class BedError(Exception):
    """The testbed, not the command it was given, failed."""


class Timeout(BedError):
    """Silence until the deadline."""


class GuestDied(BedError):
    """The guest is gone, or has crashed."""

    def __init__(self, guest, why):
        super().__init__(f"{guest}: {why}")
        self.guest = guest


class CommandFailed(BedError):
    """A command that had to succeed did not."""

    def __init__(self, where, command, result):
        super().__init__(
            f"{where}: {command!r} exited with {result.status}: "
            f"{(result.err or result.out).strip()}")
        self.result = result


class Failure(Exception):
    """What a scenario tests is not so."""
