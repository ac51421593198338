# SPDX-License-Identifier: GPL-2.0
"""A guest that was made small, and in which a program then needs memory, takes some
back from its balloon instead of killing the program, if its user allows that.
"""

GUEST = {"memory": 1024}
SHARES = True
MB = 1024
# More than is left at the floor, less than the guest has.
NEED = 700


def run(t):
    guest = t.guest
    guest.insmod("deflate_on_oom=always")
    # In one piece the kernel would refuse it more than the guest has just now.
    guest.run("echo 1 >/proc/sys/vm/overcommit_memory")
    # Through sysfs: xl mem-set would lower the domain's maximum, too.
    guest.write("target_kb", "0")
    guest.await_status("state", "at the floor")
    small = guest.current_kb()
    t.expect(small < guest.boot_kb - NEED * MB // 2, f"it still has {small} KiB")
    guest.start_load(NEED)
    t.note(f"{small} KiB, then a program of {NEED} MB: {guest.current_kb()} KiB, "
           f"relieved {guest.statistics()['relieved']} pages, "
           f"target by {guest.status('target_by')}")
    guest.end_load()
    t.expect(guest.statistics()["relieved"] > 0, "nothing was taken back")
    t.expect(guest.status("target_by") == "pressure", "pressure does not hold it")
    guest.check_conservation()
    guest.set_target(guest.boot_kb)
