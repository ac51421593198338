# SPDX-License-Identifier: GPL-2.0
"""This driver beside the built-in one, in one boot of Xen.

Emulated time means nothing by itself and drifts with what else the host does,
so rounds of both drivers alternate and only ratios of medians are meant. Each
driver has a guest of its own: what the built-in one does to a guest's p2m lasts,
and would slow down the other.
"""

import contextlib
import re
import statistics
from dataclasses import dataclass, field

MB = 1024
AMOUNT_KB = 256 * MB
TRACING = "/sys/kernel/tracing"
TRACE_KB = 16384
# A function's hit is a hypercall, or as many as its first argument says.
PER_CALL = ("xenmem_reservation_decrease", "xenmem_reservation_increase")
PER_PAGE = ("__xenmem_reservation_va_mapping_reset",
            "__xenmem_reservation_va_mapping_update")


@dataclass
class Times:
    """Seconds, of each round: the guest gives memory away, and takes it again."""
    give: list = field(default_factory=list)
    take: list = field(default_factory=list)

    def medians(self):
        return statistics.median(self.give), statistics.median(self.take)


def round_trip(balloon, times):
    times.give.append(balloon.set_target(balloon.boot_kb - AMOUNT_KB))
    times.take.append(balloon.set_target(balloon.boot_kb))


@contextlib.contextmanager
def resting(balloons):
    """These guests do nothing meanwhile; see Bed.paused()."""
    with contextlib.ExitStack() as stack:
        for balloon in balloons:
            stack.enter_context(balloon.machine.bed.paused(balloon.name))
        yield


def alternate(pairs, rounds):
    """Time rounds of each (balloon, times) in turn, while the others rest."""
    for _ in range(rounds):
        for balloon, times in pairs:
            with resting(other for other, _ in pairs if other is not balloon):
                round_trip(balloon, times)


def start_counting(balloon):
    """Count the built-in driver's hypercalls, with probes on its helpers."""
    commands = []
    for name in PER_CALL + PER_PAGE:
        argument = " pages=%di:u64" if name in PER_PAGE else ""
        commands += [
            f"echo 'p:xhb/{name} {name}{argument}' >>{TRACING}/kprobe_events",
            f"echo 'hist:keys=common_type:vals={'pages' if argument else 'hitcount'}' "
            f">{TRACING}/events/xhb/{name}/trigger"]
    balloon.run(" && ".join(commands))


def stop_counting(balloon):
    """The number of hypercalls since start_counting()."""
    calls = 0
    for name in PER_CALL + PER_PAGE:
        histogram = balloon.run(f"cat {TRACING}/events/xhb/{name}/hist").out
        value = "pages" if name in PER_PAGE else "hitcount"
        found = re.search(rf"^\{{.*\}}.*\b{value}: +(\d+)", histogram, re.M)
        calls += int(found.group(1)) if found else 0
        balloon.run(f"echo '!hist:keys=common_type' >{TRACING}/events/xhb/{name}/trigger; "
                    f"echo '-:xhb/{name}' >>{TRACING}/kprobe_events")
    return calls


def hypercalls_builtin(balloon):
    start_counting(balloon)
    round_trip(balloon, Times())
    return stop_counting(balloon)


def hypercalls_ours(balloon):
    """(number, seconds spent in them while the guest gives)."""
    before = balloon.statistics()
    balloon.set_target(balloon.boot_kb - AMOUNT_KB)
    given = balloon.statistics()
    balloon.set_target(balloon.boot_kb)
    after = balloon.statistics()
    return (after["hypercalls"] - before["hypercalls"],
            (given["hypercall_us"] - before["hypercall_us"]) / 1e6)


class InXen:
    """Time that the built-in driver spends in its helpers, as the tracer saw it."""

    def __init__(self, balloon):
        self.balloon = balloon

    def restart(self):
        self.balloon.run(f"echo >{TRACING}/trace")

    def seconds(self):
        return float(self.balloon.run(
            "awk '{ for (i = 2; i <= NF; i++) if ($i == \"us\") sum += $(i - 1) } "
            f"END {{ print sum + 0 }}' {TRACING}/trace").out) / 1e6


@contextlib.contextmanager
def timed(balloon):
    names = "\\n".join(PER_CALL + PER_PAGE)
    # In PV guests it may be a call for each page.
    balloon.run(f"echo {TRACE_KB} >{TRACING}/buffer_size_kb && printf '{names}\\n' >{TRACING}/set_ftrace_filter && "
                f"echo function_graph >{TRACING}/current_tracer")
    yield InXen(balloon)
    balloon.run(f"echo nop >{TRACING}/current_tracer; echo >{TRACING}/set_ftrace_filter")
