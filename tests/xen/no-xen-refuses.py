# SPDX-License-Identifier: GPL-2.0
"""On a kernel without Xen insmod fails, with one line that says why."""

import re

from bedlib import modules, plain
from bedlib.balloon import MODULE

XEN = False
SCRIPT = f"""
dmesg -c >/dev/null
insmod {MODULE} 2>/dev/null && echo loaded || echo refused
dmesg
echo end
"""


def run(t):
    lines = plain.run(t.name, SCRIPT, modules.files(), modules.kver()).splitlines()
    t.expect(lines and lines[-1] == "end", f"the guest said only {lines}")
    t.expect(lines[0] == "refused", "insmod succeeds without Xen")
    # Debian's kernel remarks on every module that it has not built itself.
    # Busybox's insmod tries twice, with both system calls that there are.
    said = {re.sub(r"^\[ *\d+\.\d+\] ", "", line) for line in lines[1:-1]
            if "xen_hugeballoon: " in line and
            "taints kernel" not in line and "tainting kernel" not in line}
    t.expect(len(said) == 1 and "Xen" in said.pop(), f"the kernel log has {lines}")
