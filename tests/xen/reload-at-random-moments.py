# SPDX-License-Identifier: GPL-2.0
"""insmod and rmmod while the target is being changed, again and again: seven times, twenty
before a release; on the debug kernel, which takes eight seconds for each, four and ten.

One script in the guest, because the way to the guest takes longer than most
of the moments that matter.
"""

from bedlib.balloon import MODULE, XEN_MEMORY
from bedlib.memory import total_kb

GUEST = {"memory": 512}
SHARES = True
KINDS = ("pvh", "pv")
RELEASE = ("pvh",)
MB = 1024
LONGEST_US = 400000


def rounds(t):
    if t.scenario.debug:
        return 10 if t.scenario.thorough else 4
    return 20 if t.scenario.thorough else 7


def script(t, boot_kb):
    lines = ["fail() { echo \"$*\"; exit 1; }"]
    for number in range(rounds(t)):
        for action in (f"insmod {MODULE}", "rmmod xen_hugeballoon"):
            target = boot_kb - t.random.randrange(200 * MB)
            lines += [f"echo {target} >{XEN_MEMORY}/target_kb || fail {number}: target",
                      f"usleep {t.random.randrange(LONGEST_US)}",
                      f"{action} || fail {number}: {action}"]
    return "\n".join(lines + [f"echo {boot_kb} >{XEN_MEMORY}/target_kb"]) + "\n"


def run(t):
    guest = t.guest
    total, pages = total_kb(guest), guest.pages()
    guest.machine.put(script(t, guest.boot_kb).encode(), "/reload.sh")
    result = guest.run("sh /reload.sh", timeout=240, check=False)
    t.expect(result.status == 0, f"{result.out}{result.err}")

    t.expect(guest.builtin_thread_runs(), "the built-in driver's thread is not back")
    guest.await_current(guest.boot_kb, timeout=120)
    guest.settle()
    t.expect(guest.pages() == pages, f"{pages} pages before, {guest.pages()} after")
    t.expect(total_kb(guest) == total,
             f"MemTotal was {total} before, is {total_kb(guest)}")
