# SPDX-License-Identifier: GPL-2.0
"""README beside the table of its commands, and what it shows beside what is printed."""
import os
import re

from commands import COMMANDS, ELSEWHERE, NO_COMMANDS, PROGRAMS
from reader import Reader, shape


def read(top):
    """README's commands."""
    with open(os.path.join(top, "README.md"), encoding="utf-8") as f:
        return Reader(f.read(), top, PROGRAMS)


def differences(readme):
    """What only one of both has, and what looks like a command and is none."""
    for text, found in readme.found.items():
        command = COMMANDS.get(text)
        if not command:
            yield f"README.md:{found.line}: nothing executes {text}"
        elif bool(found.output) != command.shows:
            yield f"README.md:{found.line}: what {text} prints is not compared, or not shown"
    for text, command in COMMANDS.items():
        if text not in readme.found:
            yield f"README.md: {text} is not there, but in tests/readme/commands.py"
        for words, _ in command.put:
            if words not in text:
                yield f"tests/readme/commands.py: {text} has no {words}"
        if command.where == ELSEWHERE and not command.why:
            yield f"tests/readme/commands.py: why is {text} not executed?"
    for line, text in readme.odd:
        if text not in NO_COMMANDS:
            yield f"README.md:{line}: is {text} a command? See tests/readme/commands.py"
    for text in NO_COMMANDS - {text for _, text in readme.odd}:
        yield f"README.md: {text} is not there, but in tests/readme/commands.py"


def not_as_shown(found, said):
    """Lines, or words of a comment in quotes, that README shows and nothing has printed.
    Numbers may be others."""
    missing = [part for text in re.findall(r'"([^"]+)"', found.comment)
               for part in text.split("...") if part not in said]
    shown = [shape(line) for line in found.output if line]
    printed = [shape(line) for line in said.splitlines() if line.strip()]
    if shown and shown[0] in printed:
        printed = printed[printed.index(shown[0]):]
    if shown and shown != printed:
        missing += [f"{line} (README)" for line in shown if line not in printed]
        missing += [f"{line} (printed)" for line in printed if line not in shown]
        missing = missing or ["the same lines in another order"]
    return missing
