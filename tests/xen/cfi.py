# SPDX-License-Identifier: GPL-2.0
"""On a kernel that ends if a function is called through a pointer of another type, the
module does what other scenarios want of it, and all else that the kernel calls it for."""

from bedlib.balloon import DEBUGFS, XEN_MEMORY
from bedlib.scenario import run_others

GUEST_KERNEL = "cfi"
# Its kernel takes minutes to build, once.
RELEASE = True
MEMORY = 1024
GUEST = {"memory": MEMORY}
KINDS = ("pvh", "pv")
SCENARIOS = ("takeover-handback", "round-trip", "lent-pages")
# Much, so that little is left to be saved.
LESS = 640
EVENTS = "/sys/kernel/tracing/events/xen_hugeballoon"


def run(t):
    guest = t.guest
    t.expect(guest.run("grep -q __cfi_balloon_thread /proc/kallsyms",
                       check=False).status == 0, "a kernel without CFI")
    run_others(t, [f"{name}-{t.kind}" for name in SCENARIOS])

    # Events, files, a key of SysRq, and a device that is saved and restored.
    guest.insmod("coalesce=1")
    guest.run(f"echo 1 >{EVENTS}/enable")
    guest.host_asks(MEMORY, LESS)
    guest.run(f"cat {DEBUGFS}/* {XEN_MEMORY}/hugeballoon/* {XEN_MEMORY}/selfballoon/* "
              ">/dev/null; echo x >/proc/sysrq-trigger")
    t.bed.save(t.name)
    t.bed.restore(t.name)
    if t.translated:
        guest.heal()
    guest.host_asks(MEMORY)
    guest.rmmod()
