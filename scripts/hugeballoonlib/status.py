# SPDX-License-Identifier: GPL-2.0
"""The command status: one screen about where the balloon is."""

import textwrap

from . import memory
from .driver import NOT_LOADED
from .errors import DONE, ToolError
from .units import duration, size

LABEL = 12
BY = {"host": "the host or by hand", "self": "the guest by itself",
      "pressure": "memory pressure"}
TAKES_BACK = {"never": "takes nothing back",
              "self": "takes back what it gave by itself",
              "always": "takes back what it can, beyond the host's target too"}
STATES = {"at target": "green", "moving": "blue", "stuck": "red",
          "at the floor": "yellow", "migrating": "yellow", "lending": "yellow"}


def exact(kb):
    return "unknown" if kb is None else f"{size(kb)} ({kb} KiB)"


class StatusView:
    def __init__(self, driver, terminal):
        self.driver = driver
        self.terminal = terminal

    def show(self, label, text, colour=None):
        columns = max(self.terminal.size()[0], 40)
        lines = textwrap.wrap(text, columns - LABEL - 1) or [""]
        for number, line in enumerate(lines):
            head = label if number == 0 else ""
            self.terminal.line(f"{head:{LABEL}}" + self.terminal.paint(colour, line))

    def run(self):
        self.driver.require_balloon()
        if self.driver.loaded():
            self.loaded()
        else:
            self.builtin()
        return DONE

    # With the module

    def loaded(self):
        status = self.driver.status()
        self.way(status)
        self.queues()
        self.guest(status.actual_kb)
        self.workers()
        self.needs()
        self.show("migration", {
            "yes": "the guest is being copied to another host",
            "no": "the guest is not being copied",
        }.get(status.facts.get("being_copied"), "a PV guest cannot see one"))
        self.show("module", self.driver.version() or "of unknown version")

    def way(self, status):
        gap = status.actual_kb - status.target_kb
        left = f", {size(abs(gap))} to {'give' if gap > 0 else 'take'}" if gap else ""
        since = status.number("since_s")
        self.show("target", f"{exact(status.target_kb)}, set by "
                  f"{BY.get(status.target_by, status.target_by)}")
        self.show("actual", exact(status.actual_kb) + left)
        self.show("state", status.state +
                  (f", for {duration(since)}" if since is not None else ""),
                  STATES.get(status.state))
        if gap:
            self.show("reason", status.reason)
            self.show("next try", next_try(status))

    def queues(self):
        number = self.driver.number
        self.show("ballooned", f"{size(number('huge_kb') or 0)} in 2M pages, "
                  f"{size(number('base_kb') or 0)} in 4K pages")
        lent, moving = number("foreign_used_kb"), number("isolated_kb")
        kept = number("foreign_kb")
        self.show("", f"{size(lent or 0)} lent to grant and foreign mappings, "
                  + (f"{size(kept)} kept for them, " if kept else "")
                  + f"{size(moving or 0)} being moved")
        lost = number("lost_kb")
        if lost:
            self.show("lost", f"{size(lost)} until the guest is restarted; see "
                      "shadow_memory in xl.cfg(5)", "red")

    def guest(self, actual):
        words = memory.words(self.driver, actual)
        self.show("guest", ", ".join(
            f"{name} {size(words[name])}" for name in ("available", "usable", "unused")
            if name in words))
        floor = self.driver.number("floor_kb")
        if floor is not None:
            self.show("floor", exact(floor) if floor else
                      "computed from the guest's size (floor_kb is 0)")

    def workers(self):
        value = lambda name: self.driver.file(name) or "?"
        self.show("move", f"{value('move_method')}; {value('migrated')} pages moved")
        huge = (f"effort {value('hugepage_effort')}" if value("enable_huge") == "1" else
                "off, 4K pages only")
        self.show("huge pages", f"{huge}; {value('split')} split")
        pace = (f"on, up to {value('coalesce_batch')} 2M pages every "
                f"{value('coalesce_interval_ms')} ms"
                if value("coalesce") == "1" else "off")
        self.show("coalescer", f"{pace}; {value('coalesced')} made, "
                  f"{value('collapsed')} collapsed")
        heal = {"0": "off", "1": "in the background",
                "now": "a pass is under way"}.get(value("heal"), value("heal"))
        self.show("healer", f"{heal}; {value('healed')} blocks healed, "
                  f"{size(self.driver.number('unmovable_kb') or 0)} cannot be moved")

    def needs(self):
        """What the guest does by itself about the memory that it needs."""
        text = self.driver.file("deflate_on_oom")
        if text is not None:
            self.show("pressure", TAKES_BACK.get(text, text) + self.relieved())
        values = self.driver.selfballoon()
        if values:
            self.show("self", "self-ballooning is off"
                      if values["selfballooning"] == "0" else
                      f"self-ballooning every {values['selfballoon_interval']} s")

    def relieved(self):
        """For root only."""
        try:
            pages = self.driver.counters().get("relieved")
        except ToolError:
            return ""
        return "" if pages is None else f"; {size(pages * memory.PAGE_KB)} so far"

    # Without it

    def builtin(self):
        """What Linux's own driver tells: no reason, and no queues."""
        number = self.driver.builtin
        target, actual = number("target_kb"), number("info/current_kb")
        self.show("module", NOT_LOADED, "yellow")
        self.show("target", exact(target))
        self.show("actual", exact(actual))
        ballooned = [number(f"info/{name}_kb") or 0 for name in ("low", "high")]
        self.show("ballooned", f"{size(sum(ballooned))} in 4K pages")
        self.guest(actual)
        retries = [number(name) for name in ("retry_count", "max_retry_count")]
        if None not in retries and target != actual:
            self.show("tries", f"{retries[0]} of {retries[1] or 'any number'}")


def next_try(status):
    if status.next_try_s is None:
        return "not before something changes"
    return f"in {duration(status.next_try_s)}" if status.next_try_s else "now"
