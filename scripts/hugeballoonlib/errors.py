# SPDX-License-Identifier: GPL-2.0
"""How a command can end."""

DONE = 0
FAILED = 1
USAGE = 2
NOT_REACHED = 3
INTERRUPTED = 130
TERMINATED = 143


class ToolError(Exception):
    """Ends the command; its text is the one line that the user gets."""

    code = FAILED


class UsageError(ToolError):
    """The command line asks for what makes no sense."""

    code = USAGE


class NotReached(ToolError):
    """What was asked for is under way, or waits, and has not come about."""

    code = NOT_REACHED


class Interrupted(ToolError):
    """By Ctrl-C, in a command that has something to say about that."""

    code = INTERRUPTED


class Terminated(BaseException):
    """By SIGTERM; passes all handlers but those that tidy up."""
