# SPDX-License-Identifier: GPL-2.0
"""A kernel that has the driver built in balloons by it from boot on: what its guest has
to do without at boot is in 2M pages, and comes back."""

from bedlib.balloon import MODULE

GUEST_KERNEL = "in-tree"
# Its kernel takes minutes to build, once for each version of the driver.
RELEASE = True
MEMORY = 512
MOST = 1024
GUEST = {"memory": MEMORY, "maxmem": MOST,
         "cmdline": "tmem.selfballooning=0 xen_hugeballoon.coalesce=0"}
KINDS = ("pvh", "pv")
MB = 1024
# Of what is given at boot: the ends of ranges, and what has no 2M block free.
SCATTERED_KB = 8 * MB


def run(t):
    guest = t.guest
    guest.lent_at_boot_kb = guest.number("foreign_used_kb")
    t.expect("took over from the built-in balloon driver" in guest.run("dmesg").out,
             "it has not taken over")
    t.expect(not guest.builtin_thread_runs(), "the built-in driver's thread runs")
    t.expect(guest.run("cat /sys/module/xen_hugeballoon/parameters/coalesce").out.strip() ==
             "0", "the command line has not set a parameter")
    huge, base = guest.number("huge_kb"), guest.number("base_kb")
    t.note(f"at boot {huge} KiB are ballooned in 2M pages and {base} in 4K pages")
    t.expect(huge + base >= (MOST - MEMORY - 16) * MB and base <= SCATTERED_KB,
             "what was given at boot is not in 2M pages")
    guest.check_conservation()

    # Loaded as a module it finds nothing to take over.
    result = guest.run(f"insmod {MODULE}", check=False)
    t.expect(result.status, "a second one was loaded")
    told = guest.host_target_kb()
    for megabytes in (MOST, MEMORY - 128, MEMORY):
        guest.mem_set(megabytes)
        guest.await_current(guest.boot_kb + megabytes * MB - told)
        guest.check_conservation()
    guest.start_load(250)
    t.bed.save(t.name)
    t.bed.restore(t.name)
    guest.end_load()
    guest.check_conservation()
