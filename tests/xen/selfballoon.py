# SPDX-License-Identifier: GPL-2.0
"""With selfballooning an idle guest shrinks to what it needs and rests there, a program
that takes memory gets it before anybody is killed, and when it ends the host has it
again. The host's target is the most. Nothing of it is left after rmmod."""

from bedlib import idle

# The word is read by the module: it has no parameter here.
GUEST = {"memory": 768, "cmdline": "tmem.selfballooning=1"}
RELEASE = True
MB = 1024
NEED = 400
IDLE_SECONDS = 20
# One look in five seconds, and what other work there is.
RUNS = 8
# It rests a little above what it needs, and that itself changes a little.
NEAR_KB = 32 * MB


def knob(guest, name):
    return int(guest.read(f"selfballoon/{name}"))


def await_rest(guest, seconds=8, timeout=180):
    """Until the size has not changed for so long; the size."""
    guest.run(f"cd /sys/devices/system/xen_memory/xen_memory0; n=0; "
              f"while [ $n -lt {seconds} ]; do sleep 1; now=$(cat info/current_kb); "
              "if [ \"$now\" = \"$old\" ]; then n=$((n + 1)); else n=0; fi; "
              "old=$now; done", timeout)
    return guest.current_kb()


def await_at_most(guest, kb, timeout=120):
    guest.run(f"until [ $(cat /sys/devices/system/xen_memory/xen_memory0/info/current_kb) "
              f"-le {kb} ]; do usleep 200000; done", timeout)


def rests(t, rest):
    """At its default interval it costs next to nothing."""
    guest = t.guest
    guest.write("selfballoon/selfballoon_interval", "5")
    runs, _ = idle.watch(t, guest, IDLE_SECONDS, rest - 8 * MB)
    t.expect(runs <= RUNS, f"{runs} wake-ups in {IDLE_SECONDS} s")
    guest.write("target_kb", str(guest.boot_kb))
    guest.write("selfballoon/selfballoon_interval", "1")
    again = await_rest(guest)
    t.expect(abs(again - rest) <= NEAR_KB, f"it rests at {again} KiB, not at {rest}")


def keeps_to_host(t, rest):
    guest = t.guest
    most = rest + 40 * MB
    guest.write("target_kb", str(most))
    guest.start_load(100)
    guest.await_current(most)
    t.expect(guest.status("target_by") == "host", "it is not the host's target")
    guest.end_load()
    guest.write("target_kb", str(guest.boot_kb))
    await_at_most(guest, rest + NEAR_KB)


def run(t):
    guest = t.guest
    guest.insmod()
    t.expect(knob(guest, "selfballooning") == 1, "the kernel's words have no effect")
    guest.write("selfballoon/selfballoon_interval", "1")
    # In one piece the kernel would refuse it more than the guest has just now.
    guest.run("echo 1 >/proc/sys/vm/overcommit_memory")
    rest = await_rest(guest)
    t.note(f"idle: {rest} of {guest.boot_kb} KiB, of the balloon "
           f"{guest.number('huge_kb')} KiB in 2M pages")
    t.expect(rest < guest.boot_kb - NEED * MB, f"it keeps {rest} KiB")
    t.expect(guest.status("target_by") == "self", "it is not its own target")
    t.expect(guest.number("base_kb") <= 2 * MB, "it gives more than 2M pages")
    rests(t, rest)

    guest.start_load(NEED)
    grown = guest.current_kb()
    t.note(f"a program of {NEED} MB: {grown} KiB, relieved "
           f"{guest.statistics()['relieved']} pages")
    t.expect(grown >= rest + (NEED - 100) * MB, f"it has {grown} KiB")
    guest.end_load()
    # What came in an emergency stays for a minute.
    await_at_most(guest, rest + NEAR_KB, 240)
    keeps_to_host(t, rest)

    t.bed.save(t.name)
    t.bed.restore(t.name)
    t.expect(knob(guest, "selfballooning") == 1, "off after a restore")
    await_at_most(guest, rest + NEAR_KB)
    guest.check_conservation()

    guest.rmmod()
    guest.await_current(guest.boot_kb)
    guest.check_conservation()
    # The word again, and it is unloaded while it is at work.
    guest.insmod("selfballoon_interval=1")
    t.expect(knob(guest, "selfballoon_interval") == 1, "the parameter has no effect")
    await_at_most(guest, guest.boot_kb - 20 * MB)
    guest.rmmod()
    guest.await_current(guest.boot_kb)
