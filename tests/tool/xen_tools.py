# SPDX-License-Identifier: GPL-2.0
"""Programs that stand for Xen's own: each prints a file, as xl did in dom0."""

import json
import os
import stat

HEAD = "Name                                        ID   Mem VCPUs\tState\tTime(s)\n"
# Prints what it was asked for, and for xl list the next of several texts if there are.
XL = """#!/bin/sh
cd "${0%/*}/said" || exit 9
echo "$*" >>asked
said=$*
if [ "$said" = list ]; then
	looks=$(grep -cx list asked)
	[ ! -e "list.$looks" ] || said=list.$looks
fi
[ ! -e "$said.fails" ] || { cat "$said.fails" >&2; exit 1; }
[ -e "$said" ] || { echo "xl: unexpected: $said" >&2; exit 7; }
exec cat "$said"
"""
STORE = """#!/bin/sh
cd "${0%/*}/said" || exit 9
[ "$*" = "-f /local/domain" ] || exit 7
exec cat store
"""
# As Xen 4.17 prints it on debug key q, shortened; %s is what comes before the key.
LOG = """(XEN) Xen version 4.17.6 (Debian 4.17.6-1+deb12u1)
(XEN) General information for domain 9:
(XEN)     nr_pages=1 xenheap_pages=1 shared_pages=0 paged_pages=0 dirty_cpus={{}} max_pages=2
(XEN) 'q' pressed -> dumping domain info (now = 83145632012)
(XEN) General information for domain 0:
(XEN)     refcnt=3 dying=0 pause_count=0
(XEN)     nr_pages=512000 xenheap_pages=2 shared_pages=0 paged_pages=0 dirty_cpus={{0}} max_pages=512000
(XEN) Memory pages belonging to domain 0:
(XEN)     DomPage list too long to display
(XEN) General information for domain 1:
(XEN)     refcnt=3 dying=0 pause_count=0
(XEN)     nr_pages={pages} xenheap_pages=3 shared_pages=0 paged_pages=0 dirty_cpus={{}} max_pages={most}
(XEN) Memory pages belonging to domain 1:
(XEN)     DomPage list too long to display
(XEN)     PoD entries=0 cachesize=0
"""


class Xen:
    """A host with dom0 and one guest of 512 MB, at rest."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(f"{folder}/said")
        for name, text in (("xl", XL), ("xenstore-ls", STORE)):
            with open(f"{folder}/{name}", "w") as f:
                f.write(text)
            os.chmod(f.name, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP)
        self.nodes = {(0, "memory/target"): "2048000", (0, "memory/static-max"): "2048000",
                      (1, "memory/target"): "524288", (1, "memory/static-max"): "524288",
                      (1, "memory/videoram"): "0", (1, "control/shutdown"): ""}
        self.says("info free_memory", "3500\n")
        self.says("list -l", json.dumps(
            [{"domid": 0, "config": {"c_info": {"type": "pv", "name": "Domain-0"}}},
             {"domid": 1, "config": {"c_info": {"type": "pvh", "name": "guest"}}}]))
        self.says("debug-keys q", "")
        self.counts()
        self.sizes(512)
        self.store()

    def says(self, command, text):
        with open(f"{self.folder}/said/{command}", "w") as f:
            f.write(text)

    def fails(self, command, text):
        self.says(f"{command}.fails", text)

    def sizes(self, *sizes, name="guest", flags="-b----"):
        """The guest's, in MiB, one for each look."""
        for number, mib in enumerate(sizes, 1):
            text = (f"{HEAD}{'Domain-0':40}{0:5}{2000:6}{2:6}     r-----{41.3:8.1f}\n"
                    f"{name:40}{1:5}{mib:6}{1:6}     {flags}{9.7:8.1f}\n")
            self.says("list" if len(sizes) == 1 else f"list.{number}", text)

    def set(self, name, value):
        """A node of the guest, or none."""
        if value is None:
            del self.nodes[1, name]
        else:
            self.nodes[1, name] = value
        self.store()

    def store(self):
        self.says("store", "".join(
            f'/local/domain/{domid} = ""\n/local/domain/{domid}/{name} = "{value}"\n'
            for (domid, name), value in self.nodes.items()))

    def counts(self, pages=131072, most=131328):
        self.says("dmesg", LOG.format(pages=pages, most=most))

    def asked(self):
        with open(f"{self.folder}/said/asked") as f:
            return f.read().splitlines()
