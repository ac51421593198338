# SPDX-License-Identifier: GPL-2.0
"""Each command of the tool in a terminal of 80 columns, through a pipe, and for a user
who is not root, in a real guest."""

import json
import re
import shlex

from bedlib import paths, python

GUEST = {"memory": 512}
# The scenario readme has its commands, and tests/tool what it shows.
RELEASE = True
MB = 1024
BALLOON = 128 * MB
TOOL = ("python3", "/bin/hugeballoon")
NOBODY = 65534
COLOUR = re.compile(r"\033\[\d+m")
HELD_S = 120
# Those that change nothing, and what is to be seen.
LOOKS = (
    (["status"], [], "at target"),
    (["watch", "--count", "3", "--interval", "0.5"], [], "calls/s state"),
    (["top", "--interval", "0.5"], [["ballooned out", "q"]], "MiB/s"),
    (["map"], [], "A character is"),
    (["map", "--full"], [], "A character is 2.0 MiB."),
    (["stats"], [], "hypercalls "),
    (["stats", "--json"], [], '"schema": 1'),
    (["bugreport", "--text", "-o", "-"], [], "==> "),
    (["--help"], [], "exit status"),
)
COLOURED = ("status", "watch", "top", "map")
# What is data, or has lines of the guest's own files.
WIDE = ("bugreport", "stats")


def files():
    return python.files(f"{paths.TOP}/scripts/hugeballoon",
                        f"{paths.TOP}/tests/tool/in-terminal")


class Seen:
    """What somebody has seen of a command."""

    def __init__(self, t, words, found):
        self.t = t
        self.words = words
        self.status = found["status"]
        self.raw = found["output"]
        self.text = found["plain"]
        self.lines = [line for line in found["lines"] if line]
        self.widest = found["widest"]

    def expect(self, condition, what):
        self.t.expect(condition, f"{self.words}: {what}: {self.raw!r}")


class Guest:
    def __init__(self, t):
        self.t = t

    def terminal(self, words, steps=(), **more):
        wanted = {"command": [*TOOL, *words], "steps": list(steps), **more}
        out = self.t.guest.run(f"python3 /bin/in-terminal {shlex.quote(json.dumps(wanted))}",
                               HELD_S).out
        return Seen(self.t, words, json.loads(out))

    def pipe(self, words, status=0):
        result = self.t.guest.run(shlex.join([*TOOL, *words]), HELD_S, check=False)
        self.t.expect(result.status == status, f"{words}: {result}")
        self.t.expect("\033" not in result.out + result.err, f"{words}: {result.out!r}")
        return result


def looks(t, guest):
    for words, steps, wanted in LOOKS:
        seen = guest.terminal(words, steps)
        seen.expect(seen.status == 0 and wanted in seen.text, f"no {wanted}")
        seen.expect(seen.widest <= 80 or words[0] in WIDE, f"{seen.widest} columns")
        if words == ["status"]:
            seen.expect(len(seen.lines) < 24, "no screen")
            for line in seen.lines:
                t.note(line)
        if words[0] in COLOURED:
            seen.expect(COLOUR.search(seen.raw), "no colours")
            plain = guest.terminal(words, steps, environ={"NO_COLOR": "1"})
            plain.expect(plain.status == 0 and not COLOUR.search(plain.raw), "colours")
        piped = words + (["--count", "2"] if words[0] == "top" else [])
        out = guest.pipe(piped).out
        t.expect(wanted in out, f"{words}: no {wanted} in {out}")


def pictures(t, guest):
    guest.pipe(["map", "--svg", "/tmp/map.svg"])
    seen = guest.terminal(["map", "--svg", "-"])
    seen.expect(seen.text.startswith("<svg ") and not COLOUR.search(seen.raw), "no picture")
    t.guest.run("grep -q 'ballooned out: 128.0 MiB' /tmp/map.svg")


def moves(t, guest):
    """A bar in the terminal, one line in the end, and nothing is left of it."""
    boot = t.guest.boot_kb
    for size, kb in ((f"-{BALLOON}", boot - BALLOON), ("+64M", boot - BALLOON + 64 * MB),
                     ("-64M", boot - BALLOON)):
        seen = guest.terminal(["set", size])
        seen.expect(seen.status == 0 and len(seen.lines) == 1 and
                    re.search(r"MiB reached in [\d.]+ s$", seen.lines[0]), "no end")
        seen.expect("[#" in seen.text or "[." in seen.text, "no bar")
        seen.expect(seen.widest < 80, f"{seen.widest} columns")
        t.expect(t.guest.current_kb() == kb, f"{size}: {t.guest.current_kb()}, not {kb}")
    t.note(seen.lines[0])


def ends(t, guest):
    """What does not succeed: its one line, and its exit status."""
    seen = guest.terminal(["set", f"+{2 * BALLOON}", "--patience", "60"],
                          [["stuck: ", "\x03"]])
    seen.expect(seen.status == 130 and len(seen.lines) == 1 and
                "interrupted; the target stays" in seen.lines[0], "not interrupted")
    seen = guest.terminal(["set", f"{t.guest.boot_kb + BALLOON}", "--patience", "2"])
    seen.expect(seen.status == 3 and len(seen.lines) >= 1 and
                ": stuck, " in seen.lines[0], "reached?")
    t.note(seen.lines[0])
    for words in (["set", "lots"], ["sing"]):
        seen = guest.terminal(words)
        seen.expect(seen.status == 2 and len(seen.text.splitlines()) == 1, "no usage error")
    guest.pipe(["set", str(t.guest.boot_kb - BALLOON)])


def heals(t, guest):
    seen = guest.terminal(["heal"])
    seen.expect(seen.status == 0 and "healing done: " in seen.text, "not healed")
    seen.expect(seen.widest < 80 and len(seen.lines) == 2, f"{seen.widest} columns")
    guest.pipe(["heal"])


def as_somebody(t, guest):
    """Looks at what all may see, and is told what he lacks."""
    for words in (["status"], ["watch", "--count", "1", "--interval", "0.5"], ["stats"],
                  ["stats", "--json"], ["bugreport", "--text", "-o", "-"],
                  ["top", "--count", "1"]):
        seen = guest.terminal(words, user=NOBODY)
        seen.expect(seen.status == 0, "not for all")
    for words in (["set", "-64M"], ["map"], ["heal"]):
        seen = guest.terminal(words, user=NOBODY)
        seen.expect(seen.status == 1 and seen.text.rstrip().endswith("; run it as root"),
                    "does not say what it lacks")
        seen.expect(len(seen.text.splitlines()) == 1, "more than a line")
        t.note(seen.lines[0])
    t.expect(t.guest.target_kb() == t.guest.boot_kb - BALLOON, "the target has changed")


def run(t):
    guest = Guest(t)
    t.guest.run("mkdir -p /dev/pts && mount -t devpts none /dev/pts")
    t.guest.insmod()
    for part in (moves, looks, pictures, ends, heals, as_somebody):
        part(t, guest)
    t.guest.set_target(t.guest.boot_kb)
