# SPDX-License-Identifier: GPL-2.0
"""dom0 lends its balloon pages to the mappings that its toolstack and its backends
make, while its target moves and while the module comes and goes."""

DOM0_KERNEL = "dom0"
DOM0_TYPES = ("pv", "pvh")
# Its kernel takes minutes to build, once, and it takes minutes itself.
RELEASE = True
KERNEL_MODULES = ("xen-gntalloc",)
MB = 1024
GUESTS = 10
KINDS_OF_GUESTS = ("pvh", "pv")
SHARED = 64
PAGE_KB = 4
AMOUNT = 48 * MB
MOVER = """
while [ -e /tmp/moving ]; do
  for kb in {low} {high}; do
    mbtool settarget $kb 20000 >/dev/null; echo >>/tmp/moved
  done
done; touch /tmp/at-rest
"""


class Mover:
    """dom0's target goes up and down all the time."""

    def __init__(self, dom0):
        self.dom0 = dom0

    def __enter__(self):
        script = MOVER.format(low=self.dom0.boot_kb - AMOUNT, high=self.dom0.boot_kb)
        self.dom0.bed.dom0.put(script.encode(), "/tmp/mover")
        self.dom0.run("rm -f /tmp/at-rest /tmp/moved; touch /tmp/moving; "
                      "sh /tmp/mover >/dev/null 2>&1 &")
        return self

    def __exit__(self, *_):
        self.dom0.run("rm -f /tmp/moving; until [ -e /tmp/at-rest ]; do usleep 100000; done")
        self.moves = len(self.dom0.run("cat /tmp/moved").out.splitlines())


class Mapping:
    """Pages that a guest has granted, mapped by a program in dom0."""

    STATUS = "/tmp/gntmap.status"

    def __init__(self, dom0, guest, grants):
        self.dom0 = dom0
        self.command = f"gntmap {guest.machine.domid} {self.STATUS} {grants}"

    def _await(self, command, state):
        self.dom0.run(f"rm -f {self.STATUS}; {command}; until grep -q . {self.STATUS}; do "
                      f"usleep 20000; done 2>/dev/null; grep -qx '{state}' {self.STATUS}")

    def begin(self):
        self._await(f"{self.command} >/tmp/gntmap.out 2>&1 & echo $! >/tmp/gntmap.pid",
                    "mapped")

    def end(self):
        self._await("kill $(cat /tmp/gntmap.pid)", "ok")


def used(dom0):
    return dom0.number("foreign_used_kb")


def guests_come_and_go(t, dom0):
    most = kept = 0
    for number in range(GUESTS):
        guest = t.create(f"-{number}", kind=KINDS_OF_GUESTS[number % 2], memory=128)
        guest.run("echo the console works >/dev/hvc0")
        dom0.run(f"until grep -q 'the console works' /var/log/xen/console/guest-{guest.name}"
                 ".log; do usleep 50000; done", 30)
        most = max(most, used(dom0))
        t.destroy(guest)
        kept = max(kept, dom0.number("foreign_kb"))
    return most, kept


def grants_while_module_changes(t, dom0, guest):
    guest.run(f"mbtool share 0 {SHARED} /tmp/share.status >/tmp/share.out 2>&1 & "
              "until grep -q . /tmp/share.status; do usleep 20000; done 2>/dev/null")
    mapping = Mapping(dom0, guest, guest.run("cat /tmp/share.status").out.strip())
    # Begun and ended under each driver, and begun under one and ended under the other.
    mapping.begin()
    t.expect(used(dom0) >= SHARED * PAGE_KB, f"only {used(dom0)} KiB are lent")
    mapping.end()
    mapping.begin()
    dom0.rmmod()
    mapping.end()
    mapping.begin()
    dom0.insmod()
    mapping.end()


def run(t):
    dom0 = t.use_dom0()
    dom0.insmod()
    before = used(dom0)
    with Mover(dom0) as mover:
        most, kept = guests_come_and_go(t, dom0)
    t.note(f"{GUESTS} guests: up to {most - before} KiB lent, {kept} kept; "
           f"{mover.moves} targets of dom0 met meanwhile")
    t.expect(most > before and kept, "no page was lent, or none came back")
    t.expect(used(dom0) == before, f"{used(dom0)} KiB are lent, {before} at the beginning")

    guest = t.create("-shares", kind="pv", memory=128)
    with Mover(dom0) as mover:
        for _ in range(3):
            grants_while_module_changes(t, dom0, guest)
            guest.run("kill $(pidof mbtool)")
    t.note(f"{mover.moves} targets of dom0 met while the module came and went")
    t.destroy(guest)
    dom0.set_target(dom0.boot_kb)
    dom0.check_conservation()
    dom0.rmmod()
