# SPDX-License-Identifier: GPL-2.0
"""What a guest does, and if it gets nowhere, why: as far as the host can tell."""

from ..units import size

AT_TARGET, MOVING, STUCK = "at target", "moving", "stuck"
RESTS, UNKNOWN = "rests", "unknown"
COLOURS = {AT_TARGET: "green", MOVING: "blue", STUCK: "red", RESTS: "grey"}

# Of xl list: a guest of which one of these is true does nothing.
FLAGS = (("d", "the domain is being destroyed"),
         ("c", "the domain has crashed"),
         ("s", "it is suspended, being saved or migrated"),
         ("p", "the domain is paused"))
# What xl appends to the name of a domain on its way.
MOVES = ("--incoming", "--migratedaway")
# Less is no use to anybody: xl info rounds down, and Xen keeps a little.
NO_MEMORY_KB = 2 << 10


def verdict(guest, before, free_kb):
    """(state, reason or None); before is the guest an interval ago, None for a guest
    that was not there, or was not looked at."""
    for flag, reason in FLAGS:
        if flag in guest.flags:
            return RESTS, reason
    if guest.name.endswith(MOVES):
        return RESTS, "it is being migrated"
    if guest.target_kb is None:
        return UNKNOWN, "there is no memory/target for it in xenstore"
    if not guest.gap_kb:
        return AT_TARGET, None
    if before is None or before.domid != guest.domid or \
            (before.size_kb, before.target_kb) != (guest.size_kb, guest.target_kb):
        return MOVING, None
    return STUCK, too_large(guest) if guest.gap_kb > 0 else too_small(guest, free_kb)


def own_words(guest):
    """What its driver says of a target that it does not get to, or None."""
    if guest.said.get("state") in ("at the floor", "stuck", "migrating", "lending"):
        return f"the guest says: {guest.said['state']}, {guest.said.get('reason', 'unknown')}"
    return None


def too_large(guest):
    if guest.node("control/feature-balloon") == 0:
        return "the guest says that it cannot be ballooned (control/feature-balloon)"
    if own_words(guest):
        return own_words(guest)
    if guest.active == 0:
        return "the guest says that it has stopped, so it is at its floor"
    if guest.active == 1:
        return "the guest says that it is on its way, but nothing comes"
    return ("the guest gives nothing and does not say why: it is at its floor, still "
            "boots, or has no balloon driver")


def too_small(guest, free_kb):
    """A guest that Xen refuses is as silent as one that does not ask."""
    if guest.limit_kb is not None and guest.target_kb > guest.limit_kb:
        return (f"the target is above what it was started with ({size(guest.limit_kb)}, "
                "memory/static-max)")
    if guest.xen and guest.xen["maxmem_kb"] < guest.wanted_kb:
        return (f"Xen lets it have {size(guest.xen['maxmem_kb'])}, less than its target; "
                "see xl mem-max")
    if free_kb < NO_MEMORY_KB:
        return "the host has no free memory"
    if free_kb < -guest.gap_kb:
        return f"the host has {size(free_kb)} left, it wants {size(-guest.gap_kb)}"
    if guest.node("control/feature-balloon") == 0:
        return "the guest says that it cannot be ballooned (control/feature-balloon)"
    if own_words(guest):
        return own_words(guest)
    if guest.active == 0:
        return "the guest says that it has stopped: it has all that it can use"
    if guest.xen:
        return ("the guest asks for nothing and does not say why: its own target may be "
                "lower, or it has no balloon driver")
    return ("the guest takes nothing and does not say why: Xen's maximum (xl mem-max; "
            "--p2m tells), its own target, or no balloon driver")
