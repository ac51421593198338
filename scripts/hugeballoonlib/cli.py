# SPDX-License-Identifier: GPL-2.0
"""The command line, and how each command ends."""

import argparse
import os
import re
import signal
import sys

from . import VERSION, blockmap, bugreport, heal, resize, stats, top, watch
from .driver import Driver
from .errors import FAILED, INTERRUPTED, TERMINATED, USAGE, Terminated, ToolError
from .status import StatusView
from .terminal import Terminal

# Sizes like -64M are no options; no option begins with a digit.
MINUS = "minus "
PATIENCE_S = 10
EXITS = ("exit status: 0 done, 1 failed, 2 usage, 3 target not reached, "
         "130 interrupted; more in hugeballoon(8)")


class Parser(argparse.ArgumentParser):
    """One line for an error, as for all others."""

    def error(self, message):
        self.exit(USAGE, f"{self.prog}: {message.replace(MINUS, '-')} "
                  f"(see {self.prog.split()[0]} --help)\n")


def seconds(text):
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError
    return value


def count(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def parser():
    # As it is called, wherever it stands.
    whole = Parser(prog="hugeballoon", allow_abbrev=False, epilog=EXITS,
                   description="See and set the size of this Xen guest.")
    whole.add_argument("--version", action="version", version=f"hugeballoon {VERSION}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name, text):
        return commands.add_parser(name, help=text, description=text.capitalize(),
                                   allow_abbrev=False)

    def add_interval(command):
        command.add_argument("--interval", type=seconds, default=1, metavar="SECONDS",
                             help="between two looks (1)")
        command.add_argument("--count", type=count, metavar="N",
                             help="end after so many looks")

    def add_patience(command):
        command.add_argument("--timeout", type=seconds, metavar="SECONDS",
                             help="wait no longer")
        command.add_argument("--patience", type=seconds, default=PATIENCE_S,
                             metavar="SECONDS", help="wait so long while nothing "
                             f"moves and the driver says why ({PATIENCE_S})")

    add("status", "show where the balloon is, and what it waits for")
    command = add("set", "set the guest's size, and wait until it has it")
    command.add_argument("size", metavar="SIZE", help="in KiB, or with K, M, G or T; "
                         "with + or -, from the target")
    command.add_argument("--no-wait", dest="wait", action="store_false",
                         help="only set the target")
    add_patience(command)
    add_interval(add("watch", "print size, queues and rates, line by line"))
    add_interval(add("top", "show the block map and rates, live; q ends it"))
    command = add("map", "show how Xen backs each 2M block of memory")
    command.add_argument("--full", action="store_true", help="a character for each block")
    command.add_argument("--svg", metavar="FILE", help="write a picture instead")
    add_patience(add("heal", "give the guest its 2M pages back, in one pass"))
    command = add("stats", "print all numbers")
    command.add_argument("--json", action="store_true", help="for programs")
    command = add("bugreport", "write a file with what a maintainer needs")
    command.add_argument("--text", action="store_true", help="text, not tar.gz")
    command.add_argument("-o", "--output", metavar="FILE", help="its name; - for stdout")
    return whole


COMMANDS = {
    "status": lambda driver, terminal, options: StatusView(driver, terminal).run(),
    "set": resize.run,
    "watch": watch.run,
    "top": top.run,
    "map": blockmap.run,
    "heal": heal.run,
    "stats": lambda driver, terminal, options: stats.run(driver, terminal, options.json),
    "bugreport": bugreport.run,
}


def interrupted(*_):
    # Whoever hits the keys twice is to see the answer to the first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def terminated(*_):
    raise Terminated


def listen():
    """Signals end a command as conclude() says."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, terminated)
    # A shell that starts it in the background may have had it ignored.
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupted)


def main(arguments=None):
    listen()
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser().parse_args([re.sub(r"^-(?=[\d.])", MINUS, a) for a in arguments])
    if getattr(options, "size", None):
        options.size = options.size.replace(MINUS, "-")
    terminal = Terminal()
    return conclude("hugeballoon", terminal,
                    lambda: COMMANDS[options.command](Driver(), terminal, options))


def conclude(program, terminal, command):
    """The exit status; if it goes wrong, one line on stderr."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except ToolError as error:
        return end(program, terminal, str(error), error.code)
    except KeyboardInterrupt:
        return end(program, terminal, "interrupted", INTERRUPTED)
    except Terminated:
        return end(program, terminal, "terminated", TERMINATED)
    except OSError as error:
        # All others are explained where they come from.
        return end(program, terminal, f"cannot write: {os.strerror(error.errno)}", FAILED)


def end(program, terminal, complaint, code):
    """One line for the user."""
    try:
        # It takes the place of the bar, and comes after what was written before.
        terminal.clear()
        sys.stdout.flush()
    except OSError:
        # That may be just what the complaint is about. Python writes what is left once more
        # at its end, and would have a complaint and a status of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    print(f"{program}: {complaint}", file=sys.stderr)
    return code
