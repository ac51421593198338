# SPDX-License-Identifier: GPL-2.0
"""A guest with two NUMA nodes, each of them tied to one of the host's, gives memory of
both and gets it back: to the guest and to Xen each node has then what it had, also
after pages have moved."""

import re

HOST_NODES = 2
GUEST = {"memory": 1024, "vcpus": 2, "timeout": 300, "vnuma": [
    ["pnode=0", "size=512", "vcpus=0", "vdistances=10,20"],
    ["pnode=1", "size=512", "vcpus=1", "vdistances=20,10"]]}
KINDS = ("hvm",)
RELEASE = True
MB = 1024
BALLOON = 128
# Xen takes some pages of the domain's own from wherever it likes.
SLACK_PAGES = 64
# Each step waits for the device model, and that for a CPU of the emulated machine.
SECONDS = 240


def kernels(guest):
    """Memory of each node, as the guest's kernel counts it."""
    out = guest.run("cat /sys/devices/system/node/node*/meminfo").out
    return [int(kb) for kb in re.findall(r"MemTotal: +(\d+) kB", out)]


def asked(t):
    """What Xen prints of the guest's nodes."""
    start = t.bed.console.size()
    t.bed.dom0.run("xl debug-keys u")
    domain = rf"Domain {t.guest.machine.domid} \(total: \d+\):\n"
    # What follows the last node's memory is another domain, or nothing.
    text = t.bed.console.wait_for(rf"{domain}(.*\n)+?.*guest physical layout:\n(.*\n){{4}}",
                                  start, 30)
    return text[re.search(domain, text).end():]


def hosts(t):
    """Pages that the domain has of each of the host's nodes."""
    return [int(n) for n in re.findall(r"Node \d+: (\d+)\n", asked(t))]


def tell(t, when):
    kernel, host = kernels(t.guest), hosts(t)
    t.note(f"{when}: the guest's nodes have {kernel} KiB, of the host's there are {host} "
           "pages")
    return kernel, host


def run(t):
    guest = t.guest
    for line in asked(t).splitlines()[:8]:
        t.note(line)
    kernel, host = tell(t, "at boot")
    t.expect(len(kernel) == 2, f"the guest has {len(kernel)} nodes")
    t.expect(min(host) > 0.9 * sum(host) / 2, f"{host} pages are of the host's nodes")
    guest.insmod()
    for huge in ("1", "0"):
        guest.write("hugeballoon/enable_huge", huge)
        guest.set_target(guest.boot_kb - BALLOON * MB, SECONDS)
        less, host_less = tell(t, f"with {guest.books()}")
        t.expect(sum(kernel) - sum(less) == BALLOON * MB,
                 f"the nodes have {sum(kernel) - sum(less)} KiB less")
        for given, freed in zip((m - n for m, n in zip(kernel, less)),
                                (m - n for m, n in zip(host, host_less))):
            t.expect(given > 0, "one node has given nothing")
            t.expect(abs(given // 4 - freed) <= SLACK_PAGES,
                     f"a node gave {given} KiB, and the host's has {freed} pages less")
        guest.compact()
        guest.set_target(guest.boot_kb, SECONDS)
        again, host_again = tell(t, "with all memory")
        t.expect(again == kernel, f"the nodes had {kernel} KiB, they have {again}")
        t.expect(all(abs(m - n) <= SLACK_PAGES for m, n in zip(host, host_again)),
                 f"of the host's nodes there were {host} pages, and are {host_again}")
