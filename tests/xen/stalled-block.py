# SPDX-License-Identifier: GPL-2.0
"""Blocks with locked pages are left alone. While one that was being emptied when its
page was locked waits without end, targets are reached, the guest is saved and restored,
and rmmod says what it waits for."""

import shlex

from bedlib.balloon import STALLER

MEMORY = 384
GUEST = {"memory": MEMORY}
# Nothing is emptied for a PV guest.
KINDS = ("pvh",)
RELEASE = True
MB = 1024
DEADLINE = 30
# Left free as a whole by the file that fills the rest.
SPARE_BLOCKS = 8
BLOCKS_LEAST = 100
PARAMETERS = "/sys/module/xhb_stall/parameters"
PARAMETER = f"{PARAMETERS}/locked"
LOADED = "grep -q '^xen_hugeballoon ' /proc/modules"
RMMOD_RUNS = "kill -0 $(cat /tmp/rmmod.pid) 2>/dev/null"
EMPTYING = "dmesg | grep -c 'being emptied'"
# Who waits for a page's lock to empty a block, and how often he ever slept.
STALLS = ("for s in $(grep -lE 'folio_(lock|wait_bit)' "
          "$(grep -l alloc_contig_range /proc/[0-9]*/stack) /dev/null); do p=${s%/stack}; "
          "echo $(cat $p/comm) $p $(grep ^voluntary $p/status); done 2>/dev/null")


def await_in_guest(t, condition, what):
    """Polling it from here would slow the guest down."""
    script = shlex.quote(f"until {condition}; do usleep 100000; done")
    result = t.guest.run(f"timeout {DEADLINE} sh -c {script}", 2 * DEADLINE, check=False)
    t.expect(result.status == 0, f"not within {DEADLINE} s: {what}")


def stalls(guest):
    return set(guest.run(STALLS, check=False).out.splitlines())


def make_blocks_stall(t, late):
    """No 2M block that could be had is free, and nearly all have a page that is locked,
    or will be when somebody empties them."""
    guest = t.guest
    # Who waits for a locked page waits longer than the kernel likes; and nobody
    # but the balloon is to do so.
    guest.run("echo 0 >/proc/sys/kernel/hung_task_timeout_secs; "
              "echo 0 >/proc/sys/vm/compaction_proactiveness")
    size = 2 * (guest.free_blocks() - SPARE_BLOCKS)
    guest.run(f"insmod {STALLER} mb={size} late={late}")
    blocks, locked = (int(guest.run(f"cat {PARAMETERS}/{name}").out)
                      for name in ("blocks", "locked"))
    t.note(f"{size} MB, {blocks} blocks, {locked} pages are locked, "
           f"{guest.free_blocks()} free 2M blocks")
    t.expect(blocks >= BLOCKS_LEAST, f"only {blocks} blocks")


def check_left_alone(t):
    """Nobody waits for a page that was locked all the time."""
    guest = t.guest
    make_blocks_stall(t, 0)
    guest.insmod()
    reach(t, MEMORY - 64)
    guest.run("sleep 2")
    stall = stalls(guest)
    t.expect(not stall, f"stalled: {stall}")
    guest.rmmod()
    guest.run("rmmod xhb_stall")
    guest.mem_set(MEMORY)
    guest.await_current(guest.boot_kb)


def await_stall(t):
    await_in_guest(t, f'[ -n "$({STALLS})" ]', "a block waits for a locked page")
    stall = stalls(t.guest)
    t.note(f"{'; '.join(stall)} is stalled")
    t.guest.run("sleep 1")
    check_stalled(t, stall)
    return stall


def check_stalled(t, stall):
    """It has not moved since, or what was seen in between proves nothing."""
    now = stalls(t.guest)
    t.expect(stall & now, f"stalled was {stall}, now {now}")


def reach(t, megabytes, seconds=DEADLINE):
    """Through the toolstack, which tells a restored guest the same target."""
    t.guest.mem_set(megabytes)
    took = t.guest.await_current(t.guest.boot_kb - (MEMORY - megabytes) * MB, seconds)
    t.note(f"{megabytes} MB reached, {took:.1f} s, {t.guest.books()}")


def unload(t, stall):
    """rmmod waits for the stalled block, says so, and ends when it can."""
    guest = t.guest
    said = int(guest.run(EMPTYING, check=False).out)
    guest.run("rmmod xen_hugeballoon >/tmp/rmmod.out 2>&1 & echo $! >/tmp/rmmod.pid")
    await_in_guest(t, f"[ $({EMPTYING}) -gt {said} ]",
                   "rmmod says that it waits for a block that is being emptied")
    t.note(guest.run("dmesg | grep 'being emptied' | tail -1").out.strip())
    guest.run("sleep 2")
    t.expect(guest.run(f"{LOADED} && {RMMOD_RUNS}", check=False).status == 0,
             "rmmod has not waited")
    check_stalled(t, stall)
    guest.run(f"echo 0 >{PARAMETER}")
    await_in_guest(t, f"! {LOADED} && ! {RMMOD_RUNS}", "rmmod ends after the stall")
    failure = guest.run("cat /tmp/rmmod.out").out.strip()
    t.expect(not failure, failure)
    t.expect(not stalls(guest), "a block is still being emptied")


def run(t):
    guest = t.guest
    check_left_alone(t)
    make_blocks_stall(t, 1)
    guest.insmod()
    guest.mem_set(MEMORY - 64)
    stall = await_stall(t)
    reach(t, MEMORY - 64)
    reach(t, MEMORY - 128)
    reach(t, MEMORY - 96)
    guest.check_conservation()
    check_stalled(t, stall)

    t.bed.save(t.name)
    t.bed.restore(t.name)
    check_stalled(t, stall)
    guest.check_conservation()
    reach(t, MEMORY - 128)
    check_stalled(t, stall)

    unload(t, stall)
    guest.check_conservation()
    guest.run("rmmod xhb_stall")
    guest.mem_set(MEMORY)
    guest.await_current(guest.boot_kb)
