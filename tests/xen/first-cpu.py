# SPDX-License-Identifier: GPL-2.0
"""The emulator's first CPU loses its flags to a race with all others, which ends
guests that have it: it is not given to any (NESTED_CPUS in bedlib/bed.py).

With dom0 doing nothing but what the race needs, on another CPU, a guest that may have
the first one dies within ten seconds.
"""

GUEST = {"memory": 300}
# About the emulator, not about the driver.
RELEASE = True
MB = 1024
AMOUNT = 100
ROUNDS = 5


def run(t):
    t.bed.dom0.run("xl vcpu-pin Domain-0 all 1; fpustorm & echo $! >/tmp/storm")
    try:
        t.guest.insmod()
        for _ in range(ROUNDS):
            t.guest.set_target(t.guest.boot_kb - AMOUNT * MB)
            t.guest.set_target(t.guest.boot_kb)
        t.create("-second", memory=GUEST["memory"])
    finally:
        t.bed.dom0.run("kill $(cat /tmp/storm); xl vcpu-pin Domain-0 all all")
