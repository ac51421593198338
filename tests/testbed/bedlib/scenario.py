# SPDX-License-Identifier: GPL-2.0
"""What a scenario is, and what it is given to work with.

A scenario is a file in tests/xen/ with a docstring that says which behaviour
it is about, and a function run(t). It says what it needs by

    GUEST = {"memory": 512}     options of the guest that t.guest will be
    KINDS = ("pvh", "pv")       runs once for each kind of guest; default: pvh. All
                                that run in a PVH guest do so in an HVM guest on request
    SHARES = True               the guest may be one that other scenarios had,
                                and others may have it next
    XEN = False                 needs no Xen
    KERNEL_MODULES = (...)      of the stock kernel, in the order to be loaded
    STOCK_KERNEL = True         its guest needs that for another reason
    XEN_OPTIONS = "..."         Xen boots with these as well
    DEBUG = True                its guest runs the debug kernel
    GUEST_KERNEL = "nofront"    its guest runs that kernel of scripts/kernel
    RELEASE = True              runs before a release only, or if it is asked for;
                                ("pv",): for those kinds of guests
    BY_NAME = True              runs only if it is asked for
    QUIET = True                no other bed is at work meanwhile, nor for guests with
                                several vCPUs
    DOM0_KERNEL = "dom0"        dom0 runs that kernel of scripts/kernel
    DOM0_TYPES = ("pv", "pvh")  runs once with each type of dom0; default: pv. With a
                                PVH dom0, which has to be booted for it, before a
                                release only
    HOST_NODES = 2              the host has so many NUMA nodes
    def files(): ...            more files for its guests: path -> contents
"""

import contextlib
import glob
import importlib.util
import os
import random
import time

from . import bed, checks, modules, paths
from .balloon import Balloon, Dom0Machine
from .errors import Failure


HOG = """
name = "hog"
type = "pv"
kernel = "/guest/vmlinux"
memory = 128
"""

# Kinds of guests that cannot run the debug kernel itself.
DEBUG_KERNELS = {"pv": "debug-pv"}

# Of names of scenarios.
DOM0_SUFFIXES = {"pv": "", "pvh": "-in-pvh-dom0"}


class Scenario:
    def __init__(self, name, module, kind, dom0_type):
        self.name = name
        self.kind = kind
        self.dom0_type = dom0_type
        self.run = module.run
        self.guest_options = getattr(module, "GUEST", None)
        self.shares = getattr(module, "SHARES", False)
        self.needs_xen = getattr(module, "XEN", True)
        self.kernel_modules = getattr(module, "KERNEL_MODULES", ())
        self.xen_options = getattr(module, "XEN_OPTIONS", "")
        self.debug = getattr(module, "DEBUG", False)
        self.guest_kernel = getattr(module, "GUEST_KERNEL", None) or (
            DEBUG_KERNELS.get(kind, "debug") if self.debug else None)
        self.dom0_kernel = getattr(module, "DOM0_KERNEL", None)
        self.host_memory = getattr(module, "HOST_MEMORY", bed.MEMORY)
        self.host_nodes = getattr(module, "HOST_NODES", 1)
        release = getattr(module, "RELEASE", ())
        self.release = release is True or kind in release or dom0_type == "pvh"
        self.by_name = getattr(module, "BY_NAME", False)
        self.quiet = getattr(module, "QUIET", False)
        self.files = getattr(module, "files", dict)
        self.kernel = None          # of guests, if not dom0's: "7.3"
        self.stock_kernel = bool(self.kernel_modules) or getattr(module, "STOCK_KERNEL", False)
        self.xen = None             # if not the default: "4.20"
        self.thorough = False       # for a release, time does not matter

    def names(self):
        """By which it can be asked for."""
        base = self.name.removesuffix(DOM0_SUFFIXES[self.dom0_type])
        return {self.name, base, base.removesuffix(f"-{self.kind}")}

    def chosen(self, names, releases=False):
        """By one of its names. Without any: if each change has to pass it, or releases."""
        if names:
            return bool(self.names() & set(names))
        return not self.by_name and (releases or not self.release)

    def any_kernel(self):
        """Whether it has a guest that can have any of Debian's kernels."""
        return bool(self.guest_options) and not self.guest_kernel and not self.stock_kernel

    def _vcpus(self):
        return (self.guest_options or {}).get("vcpus", 1)

    def wants_quiet(self):
        """Xen waits for all CPUs that run the guest, and so for the emulator to have
        run each: beside another bed that takes seconds, once in a while."""
        return self.quiet or self._vcpus() > 1

    def cpus(self):
        """Of the emulated machine: not each of them may run every guest."""
        return bed.MORE_CPUS if self._vcpus() > 1 else bed.CPUS

    def boot_needed(self):
        """Scenarios for which this is the same can share a boot of Xen."""
        return (self.xen_options, self.dom0_kernel, self.dom0_type, self.host_memory,
                self.host_nodes, self.cpus())


def _kinds(module, kind):
    """Those of guests that a scenario runs for; None for its only one."""
    kinds = getattr(module, "KINDS", (None,))
    if not kind:
        return kinds
    if getattr(module, "GUEST", None) is None:
        return ()
    if kind != "hvm":
        return [k for k in kinds if (k or "pvh") == kind]
    # An HVM guest can do all that a PVH guest can; of the kernel it is Debian's only.
    apt = not getattr(module, "GUEST_KERNEL", None) and not getattr(module, "DEBUG", False)
    return (kind,) if apt and {"pvh", kind, None} & set(kinds) else ()


def load_all(kind=None):
    """Every scenario, in the order in which they run. With a kind those with a guest of
    it; for HVM also those for PVH guests, but in HVM guests."""
    found = []
    for path in sorted(glob.glob(os.path.join(paths.SCENARIOS, "*.py"))):
        base = os.path.basename(path)[:-len(".py")]
        spec = importlib.util.spec_from_file_location(base.replace("-", "_"), path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found += [Scenario((f"{base}-{k}" if k else base) + DOM0_SUFFIXES[dom0_type],
                           module, k or "pvh", dom0_type)
                  for k in _kinds(module, kind)
                  for dom0_type in getattr(module, "DOM0_TYPES", ("pv",))]
    # Those that share a guest one after the other, and those that share a boot.
    return sorted(found, key=lambda s: (s.dom0_kernel or "", s.dom0_type, s.host_memory,
                                        s.host_nodes, s.xen_options, not s.shares,
                                        s.kind if s.shares else "",
                                        s.guest_options["memory"] if s.shares else 0))


def fitting(kind=None, kernel=None, debug=None):
    """Those that can run in such guests. A kernel is one that is not the stock one. With
    @debug those on the debug kernel, or the others."""
    return [s for s in load_all(kind) if debug in (None, s.debug) and
            (s.any_kernel() or not kernel)]


def start_guest(bed, scenario, suffix="", **options):
    """A guest with the modules in it; returns its balloon."""
    options.setdefault("kind", scenario.kind)
    files = modules.files()
    if scenario.guest_kernel:
        files = modules.own_files(scenario.guest_kernel)
        options.setdefault("kernel", modules.own_kernel(scenario.guest_kernel))
    elif scenario.kernel:
        files = modules.series_files(scenario.kernel)
        # Firmware wants it as it is in the package.
        image = "vmlinuz" if options["kind"] == "hvm" else "vmlinux"
        options.setdefault("kernel", f"{modules.series_kernel(scenario.kernel)}/{image}")
    wanted = modules.of_kernel(scenario.kernel_modules)
    name = f"shared-{scenario.kind}" if scenario.shares else scenario.name
    files = {**files, **wanted, **scenario.files()}
    balloon = Balloon(bed.create(name + suffix, files=files, **options))
    for path in wanted:
        balloon.run(f"insmod {path}")
    return balloon


class Context:
    """Given to run(t). Everything in it raises when it does not succeed."""

    def __init__(self, bed, scenario, guest, note):
        self.bed = bed              # None for a scenario without Xen
        self.scenario = scenario
        self.name = scenario.name
        self.kind = scenario.kind
        self.translated = scenario.kind != "pv"
        self.guest = guest
        self.note = note            # prints a line for the reader
        self.balloons = [guest] if guest else []
        self._random = None

    @property
    def random(self):
        """Different in every run; SEED= repeats one, and the log says which it was."""
        if not self._random:
            seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(1 << 32))
            self.note(f"SEED={seed}")
            self._random = random.Random(int(seed))
        return self._random

    @property
    def cpus_can_go(self):
        """The debug kernel warns, and so ends, when one leaves a PV guest: it is not in
        the page tables that switch_mm_irqs_off() of 6.1 expects."""
        return not (self.scenario.debug and self.kind == "pv")

    def expect(self, condition, message):
        if not condition:
            raise Failure(message)

    def create(self, suffix, **options):
        """One more guest."""
        balloon = start_guest(self.bed, self.scenario, suffix, **options)
        self.balloons.append(balloon)
        return balloon

    def destroy(self, balloon):
        """The end of a guest that create() has made."""
        self.bed.destroy(balloon.name)
        self.balloons.remove(balloon)

    def use_dom0(self):
        """dom0's own balloon; the module is put there."""
        kernel = self.scenario.dom0_kernel
        files = modules.own_files(kernel) if kernel else modules.files()
        for path, data in files.items():
            self.bed.dom0.put(data, path)
        balloon = Balloon(Dom0Machine(self.bed))
        self.balloons.append(balloon)
        return balloon

    @contextlib.contextmanager
    def no_host_memory(self):
        """A domain that never runs holds all memory."""
        self.bed.dom0.put(HOG.encode(), "/tmp/hog.cfg")
        self.bed.dom0.run("xl create -p /tmp/hog.cfg")
        try:
            # A guest that gives memory may go on with that for a while.
            self.bed.dom0.run("until takemem $(xl domid hog) >/dev/null && "
                              "[ $(xl info free_memory) -le 1 ]; do :; done", 120)
            yield
        finally:
            self.bed.dom0.run("xl destroy hog")

    def violations(self):
        """What the scenario has broken without noticing."""
        broken = []
        for balloon in self.balloons:
            if self.bed.alive(balloon.machine.domid):
                broken += checks.violations(balloon)
            else:
                broken.append(f"{balloon.name} has died")
        return broken


def run_others(t, names):
    """Other scenarios in this one's guest, one after the other. Each leaves it with the
    built-in driver and all its memory."""
    others = {scenario.name: scenario for scenario in load_all()}
    for name in names:
        begin = time.monotonic()
        others[name].run(t)
        if t.guest.module_loaded():
            t.guest.rmmod()
        t.guest.check_conservation()
        t.note(f"{name} passes, {time.monotonic() - begin:.0f} s")
