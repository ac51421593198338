# SPDX-License-Identifier: GPL-2.0
"""The command line of hugeballoon-host, and its three commands."""

import json
import sys
import textwrap
import time

from .. import VERSION
from ..cli import Parser, conclude, count, listen, seconds
from ..errors import DONE, NOT_REACHED, ToolError
from ..terminal import Terminal
from ..units import size
from . import judge
from .guests import Sample, number

# Grows when something is taken away or means something else, not for more.
SCHEMA = 1
INTERVAL_S = 2
HEADER = (f"{'name':20}{'id':>5} {'type':4}{'size':>11}{'target':>11}{'limit':>11} "
          "state")
EXITS = ("exit status: 0 done, 1 failed, 2 usage, 3 a guest is stuck, "
         "130 interrupted; more in hugeballoon-host(8)")


def parser():
    whole = Parser(prog="hugeballoon-host", allow_abbrev=False, epilog=EXITS,
                   description="See which guests of this host follow their targets. "
                   "Without a command: list.")
    whole.add_argument("--version", action="version",
                       version=f"hugeballoon-host {VERSION}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name, text):
        command = commands.add_parser(name, help=text, description=text.capitalize(),
                                      allow_abbrev=False)
        command.add_argument("--interval", type=seconds, default=INTERVAL_S,
                             metavar="SECONDS", help="between two looks; who has not "
                             f"moved in it is stuck ({INTERVAL_S})")
        command.add_argument("--json", action="store_true", help="for programs")
        return command

    def add_p2m(command):
        command.add_argument("--p2m", action="store_true", help="ask Xen for exact "
                             "counts by its debug key q, which prints all domains on "
                             "its console")

    add_p2m(add("list", "a line for each guest"))
    command = add("show", "all that the host knows of one guest")
    command.add_argument("domain", metavar="DOMAIN", help="its name or number")
    add_p2m(command)
    command = add("watch", "the list again and again")
    command.add_argument("--count", type=count, metavar="N", help="end after so many")
    return whole


class Judged:
    """A sample, with the verdict on each guest."""

    def __init__(self, before, sample):
        self.sample = sample
        self.verdicts = {}
        for guest in sample.guests:
            earlier = before and before.find(str(guest.domid))
            self.verdicts[guest.domid] = judge.verdict(guest, earlier, sample.free_kb)

    def state(self, guest):
        return self.verdicts[guest.domid][0]

    def reason(self, guest):
        return self.verdicts[guest.domid][1]

    def code(self, guests):
        stuck = any(self.state(guest) == judge.STUCK for guest in guests)
        return NOT_REACHED if stuck else DONE


def look(options, chosen):
    """Twice, an interval apart, but only if one of the chosen guests is not where it
    should be: all others need no proof."""
    first = Sample(options.p2m)
    judged = Judged(None, first)
    if all(judged.state(guest) != judge.MOVING for guest in chosen(first)):
        return judged
    time.sleep(options.interval)
    return Judged(first, Sample(options.p2m))


def as_dict(judged, guest):
    return {
        "name": guest.name, "domid": guest.domid, "type": guest.kind,
        "flags": guest.flags, "size_kb": guest.size_kb, "target_kb": guest.target_kb,
        "static_max_kb": guest.node("memory/static-max"),
        "hotplug_max_kb": guest.node("memory/hotplug-max"),
        "videoram_kb": guest.node("memory/videoram"),
        "feature_balloon": guest.node("control/feature-balloon"),
        "balloon_active": guest.active, "xen": guest.xen,
        "meminfo_total_kb": guest.node("data/meminfo_total"),
        "meminfo_free_kb": guest.node("data/meminfo_free"), "said": guest.said,
        "state": judged.state(guest), "reason": judged.reason(guest),
    }


def as_json(judged, guests, indent=2):
    return json.dumps({"schema": SCHEMA, "version": VERSION,
                       "free_kb": judged.sample.free_kb,
                       "guests": [as_dict(judged, guest) for guest in guests]},
                      indent=indent)


def known(kb):
    return "-" if kb is None else size(kb)


def rows(terminal, judged):
    """In 80 columns; what does not fit there comes below."""
    yield terminal.paint("bold", HEADER)
    for guest in judged.sample.guests:
        state, reason = judged.verdicts[guest.domid]
        name = guest.name if len(guest.name) <= 19 else guest.name[:16] + "..."
        yield (f"{name:20}{guest.domid:5} {guest.kind or '-':4}{size(guest.size_kb):>11}"
               f"{known(guest.target_kb):>11}{known(guest.limit_kb):>11} "
               f"{terminal.paint(judge.COLOURS.get(state), state)}")
        if state in (judge.STUCK, judge.UNKNOWN) or guest.flags.strip("-rb"):
            yield from textwrap.wrap(reason, 74, initial_indent="    ",
                                     subsequent_indent="    ")
    yield f"The host has {size(judged.sample.free_kb)} left."


def run_list(terminal, options):
    judged = look(options, lambda sample: sample.guests)
    if options.json:
        terminal.line(as_json(judged, judged.sample.guests))
    else:
        for line in rows(terminal, judged):
            terminal.line(line)
    return judged.code(judged.sample.guests)


def run_show(terminal, options):
    def chosen(sample):
        guest = sample.find(options.domain)
        if not guest:
            raise ToolError(f"there is no domain {options.domain}; see xl list")
        return [guest]

    judged = look(options, chosen)
    [guest] = chosen(judged.sample)
    if options.json:
        terminal.line(as_json(judged, [guest]))
    else:
        for label, text, colour in facts(judged, guest):
            for line in textwrap.wrap(text, 66):
                terminal.line(f"{label:13}{terminal.paint(colour, line)}")
                label = ""
    return judged.code([guest])


def facts(judged, guest):
    """(label, text, colour), of what is known."""
    state, reason = judged.verdicts[guest.domid]
    yield "domain", f"{guest.name}, number {guest.domid}, {guest.kind or 'unknown'}", None
    yield "target", known(guest.target_kb), None
    gap = guest.gap_kb
    yield "size", size(guest.size_kb) + \
        (f", {size(abs(gap))} to {'give' if gap > 0 else 'take'}" if gap else ""), None
    yield "state", state, judge.COLOURS.get(state)
    if reason:
        yield "reason", reason, None
    for label, name in (("started with", "static-max"), ("may grow to", "hotplug-max"),
                        ("video", "videoram")):
        if guest.node(f"memory/{name}") is not None:
            yield label, size(guest.node(f"memory/{name}")), None
    if guest.xen:
        yield "Xen counts", (f"{guest.xen['size_kb']} KiB, and lets it have "
                             f"{guest.xen['maxmem_kb']} KiB"), None
        if guest.xen["pod_entries"] is not None:
            yield "on demand", (f"{guest.xen['pod_entries']} entries of its p2m, out of "
                                f"{size(guest.xen['pod_cache_kb'])}"), None
    told = {None: "says nothing of it", 0: "is not on its way", 1: "is on its way"}
    feature = {None: "does not say", 0: "cannot", 1: "can"}
    yield "the guest", (f"{told.get(guest.active, 'talks nonsense')}; "
                        f"{feature.get(guest.node('control/feature-balloon'), 'can')} "
                        "be ballooned"), None
    yield from said(guest)
    yield "host", f"{size(judged.sample.free_kb)} left", None


def said(guest):
    """The same, of what its driver tells of itself."""
    free, total = guest.node("data/meminfo_free"), guest.node("data/meminfo_total")
    if free is not None and total is not None:
        yield "it says", f"{size(free)} of {size(total)} could be free", None
    if "state" in guest.said:
        yield "it says", (f"{guest.said['state']}; target by "
                          f"{guest.said.get('target_by', 'unknown')}"), None
    if guest.said.get("reason", "none") != "none":
        yield "it says", guest.said["reason"], None
    floor = number(guest.said.get("floor_kb"))
    if floor is not None:
        yield "its floor", size(floor), None


def run_watch(terminal, options):
    """The first list comes after an interval: before that nobody can be stuck."""
    before, lists = Sample(), 0
    while options.count is None or lists < options.count:
        time.sleep(options.interval)
        sample = Sample()
        judged = Judged(before, sample)
        if options.json:
            terminal.line(as_json(judged, sample.guests, indent=None))
        else:
            terminal.line(f"# {time.strftime('%H:%M:%S')}")
            for line in rows(terminal, judged):
                terminal.line(line)
        before = sample
        lists += 1
    return DONE


COMMANDS = {"list": run_list, "show": run_show, "watch": run_watch}


def main(arguments=None):
    listen()
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    # Options of list may stand alone; those of the whole are no command's.
    if all(a not in (*COMMANDS, "-h", "--help", "--version") for a in arguments) and \
            (not arguments or arguments[0].startswith("-")):
        arguments = ["list", *arguments]
    options = parser().parse_args(arguments)
    terminal = Terminal()
    return conclude("hugeballoon-host", terminal,
                    lambda: COMMANDS[options.command](terminal, options))
