# SPDX-License-Identifier: GPL-2.0
"""The files of the balloon driver, and those of the kernel beside them."""

import errno
import os

from .errors import ToolError

DEVICE = "sys/devices/system/xen_memory/xen_memory0"
GROUP = DEVICE + "/hugeballoon"
SELF = DEVICE + "/selfballoon"
DEBUGFS = "sys/kernel/debug"
DEBUG = DEBUGFS + "/xen-hugeballoon"
MODULE = "sys/module/xen_hugeballoon"
LOG = "dev/kmsg"

NOT_LOADED = ("xen-hugeballoon is not loaded (modprobe xen-hugeballoon); "
              "Linux's own driver runs the balloon")


class Status:
    """The file of this name: where the balloon is on its way to the target."""

    def __init__(self, text):
        self.facts = dict(
            (name.strip(), value.strip()) for name, colon, value in
            (line.partition(":") for line in text.splitlines()) if colon)

    def number(self, name):
        """None for a fact that is not there, or is no number ("none")."""
        value = self.facts.get(name, "")
        return int(value) if value.isdigit() else None

    def _size(self, name):
        value = self.number(name)
        if value is None:
            raise ToolError(f"the driver's status does not tell {name}; "
                            "are module and tool of one version?")
        return value

    @property
    def target_kb(self):
        return self._size("target_kb")

    @property
    def actual_kb(self):
        return self._size("current_kb")

    @property
    def state(self):
        return self.facts.get("state", "unknown")

    @property
    def reason(self):
        return self.facts.get("reason", "unknown")

    @property
    def target_by(self):
        return self.facts.get("target_by", "unknown")

    @property
    def next_try_s(self):
        return self.number("next_try_s")

    @property
    def waits(self):
        """Neither at the target nor on its way there."""
        return self.state not in ("moving", "at target")

    @property
    def copied(self):
        return self.facts.get("being_copied") == "yes"


class Driver:
    """Everything that is read from and written to the system. HUGEBALLOON_ROOT
    stands for /, for tests."""

    def __init__(self, root=None):
        self.root = root or os.environ.get("HUGEBALLOON_ROOT") or "/"

    def path(self, name):
        return os.path.join(self.root, name)

    # One file

    def text(self, name):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as f:
                return f.read()
        except OSError as error:
            raise self._explained("read", name, error) from error

    def maybe(self, name):
        """Its text without the newline, or None if it cannot be read."""
        try:
            return self.text(name).strip()
        except ToolError:
            return None

    def _write(self, name, text):
        try:
            handle = os.open(self.path(name), os.O_WRONLY | os.O_TRUNC)
            try:
                os.write(handle, text.encode())
            finally:
                os.close(handle)
        except OSError as error:
            raise self._explained("write", name, error, text) from error

    def _explained(self, verb, name, error, text=None):
        path = self.path(name)
        why = os.strerror(error.errno)
        if error.errno in (errno.EACCES, errno.EPERM):
            return ToolError(f"cannot {verb} {path}: {why}; run it as root")
        if error.errno in (errno.ENOENT, errno.ENODEV):
            return self._missing(name, path)
        if text is not None:
            return ToolError(f"{path} refuses '{text}': {why}")
        return ToolError(f"cannot {verb} {path}: {why}")

    def _missing(self, name, path):
        if not os.path.isdir(self.path(DEVICE)):
            return ToolError(f"no {self.path(DEVICE)}: this is no Xen guest, or its "
                             "kernel has no balloon driver")
        if not self.loaded():
            return ToolError(NOT_LOADED)
        if name.startswith(DEBUG) and not os.path.isdir(self.path(DEBUG)):
            return ToolError(f"no {path}; mount -t debugfs none "
                             f"{self.path(DEBUGFS)}")
        return ToolError(f"no {path}; the module is older than the tool, or just "
                         "being unloaded")

    # The driver

    def loaded(self):
        return os.path.isdir(self.path(GROUP))

    def require_loaded(self):
        if not self.loaded():
            raise self._missing(GROUP, self.path(GROUP))

    def require_balloon(self):
        """Whichever driver runs it."""
        if not os.path.isdir(self.path(DEVICE)):
            raise self._missing(DEVICE, self.path(DEVICE))

    def version(self):
        return self.maybe(f"{MODULE}/version")

    def status(self):
        return Status(self.text(f"{GROUP}/status"))

    def file(self, name):
        """One of hugeballoon/, as text; None if there is none."""
        return self.maybe(f"{GROUP}/{name}")

    def number(self, name):
        """The same as a number; None if it is none."""
        text = self.file(name) or ""
        return int(text) if text.isdigit() else None

    def files(self):
        """All of hugeballoon/ that hold one value: name -> text."""
        return {name: self.file(name) for name in
                sorted(os.listdir(self.path(GROUP))) if name != "status"}

    def selfballoon(self):
        """All of selfballoon/: name -> text."""
        if not os.path.isdir(self.path(SELF)):
            return {}
        return {name: self.maybe(f"{SELF}/{name}") for name in
                sorted(os.listdir(self.path(SELF)))}

    def builtin(self, name):
        """One of the built-in driver's files, as a number; None if there is none."""
        text = self.maybe(f"{DEVICE}/{name}") or ""
        return int(text) if text.isdigit() else None

    def target_kb(self):
        return int(self.text(f"{DEVICE}/target_kb"))

    def set_target_kb(self, kb):
        self._write(f"{DEVICE}/target_kb", str(kb))

    def set_file(self, name, text):
        """One of hugeballoon/."""
        self._write(f"{GROUP}/{name}", text)

    def heal_now(self):
        self.set_file("heal", "now")

    def counters(self):
        """debugfs stats: name -> number. For root only."""
        pairs = (line.split() for line in self.text(f"{DEBUG}/stats").splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}

    def blocks(self):
        """debugfs blocks, as text. For root only."""
        return self.text(f"{DEBUG}/blocks")

    # The kernel

    def numbers_of(self, name):
        """A file in the form of /proc/meminfo or /proc/vmstat."""
        rows = (line.replace(":", " ").split() for line in
                (self.maybe(name) or "").splitlines())
        return {row[0]: int(row[1]) for row in rows
                if len(row) > 1 and row[1].isdigit()}
