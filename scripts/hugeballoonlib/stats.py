# SPDX-License-Identifier: GPL-2.0
"""The command stats: all numbers, for people and for programs."""

import json

from . import memory
from .driver import DEBUG
from .errors import DONE, ToolError

# Grows when something is taken away or means something else, not for more.
SCHEMA = 1


def _value(text):
    """Of a fact or file: a number where it is one, nothing for "none"."""
    if text is None or text == "none":
        return None
    return int(text) if text.isdigit() else text


def _values(texts):
    return {name: _value(text) for name, text in texts.items()}


def gather(driver):
    driver.require_loaded()
    status = driver.status()
    try:
        counters = driver.counters()
    except ToolError:
        counters = None
    return {
        "schema": SCHEMA,
        "version": driver.version(),
        "memory": memory.words(driver, status.actual_kb),
        "status": _values(status.facts),
        "files": _values(driver.files()),
        "selfballoon": _values(driver.selfballoon()),
        "counters": counters,
    }


def run(driver, terminal, as_json):
    found = gather(driver)
    if as_json:
        terminal.line(json.dumps(found, indent=2))
        return DONE
    for group in ("memory", "status", "files", "selfballoon", "counters"):
        terminal.line(terminal.paint("bold", f"# {group}"))
        if found[group] is None:
            terminal.line(f"# not readable: {driver.path(DEBUG)}/stats; run it as root, "
                          "with debugfs mounted")
            continue
        for name, value in found[group].items():
            terminal.line(f"{name} {'none' if value is None else value}")
    return DONE
