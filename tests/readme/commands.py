# SPDX-License-Identifier: GPL-2.0
"""
Where each command of README is executed, in the order in which that is done, and what
shows that it has done what README says.
"""
import json
from dataclasses import dataclass

ROOT = "root"       # a clean Debian, in a clean clone; every time
LONG = "long"       # the same, but tests and benchmarks of their own; if all is asked for
IN_GUEST = "guest"  # on real Xen, in a guest
IN_DOM0 = "dom0"    # there, for this guest
ELSEWHERE = "elsewhere"     # nowhere for itself


@dataclass(frozen=True)
class Command:
    """A command that README has, word for word.

    put: (words in README, what a reader puts there). before, after: shell commands; the
    latter succeed if it did what README says, and find what it said in $SAID. In a root
    they have $KVER, the kernel whose headers are there, $VERSION, and $NEEDS, the
    packages that its row says it needs; in a guest and dom0 $DOMAIN. shows: README has
    what it prints. why: for what is executed elsewhere, or with other words.
    """
    text: str
    where: str
    put: tuple = ()
    before: str = ":"
    after: str = ":"
    folder: str = "/"
    shows: bool = False
    why: str = ""

    def executed(self):
        text = self.text
        for words, instead in self.put:
            text = text.replace(words, instead)
        return text


XEN_MEMORY = "/sys/devices/system/xen_memory/xen_memory0"
DRIVER = f"{XEN_MEMORY}/hugeballoon"
SHRINKING = f"{XEN_MEMORY}/selfballoon/frontswap_selfshrinking"
NAME = "xen-hugeballoon"
INSTALLED = f"modinfo -k $KVER {NAME}"
GONE = f"! {INSTALLED} && ! command -v hugeballoon && ! test -e /var/lib/dkms/{NAME}"
# A short one, in a guest of whichever kind is asked for.
SCENARIO = ("SCENARIO=name", "SCENARIO=target-from-sysfs")
NO_UNAME = "in there the running kernel is another one"


def in_terminal(text, until, key):
    """For what somebody watches until it shows this, and then presses a key."""
    wanted = {"command": ["sh", "-c", text], "steps": [[until, key]]}
    return text, f"in-terminal '{json.dumps(wanted)}'"


def ended(status):
    """The same has ended so."""
    return f"grep '^{{\"status\": {status}, ' $SAID"


WITHOUT_XEN = (
    Command("make", ROOT, after=f"test -e {NAME}.ko"),
    Command("make install", ROOT, after=INSTALLED),
    Command("modinfo", ROOT, (("modinfo", INSTALLED),), after="grep '^version:' $SAID",
            why=NO_UNAME),
    Command("modprobe", ROOT, (("modprobe", f"modprobe -n -v -S $KVER {NAME}"),),
            after=f"grep '^insmod .*/{NAME}.ko' $SAID", why=NO_UNAME),
    Command("make KVER=...", ROOT, (("...", "$KVER"),), before="make clean",
            after=f"test -e {NAME}.ko"),
    Command("make install KDIR=...", ROOT,
            (("make", "env -u KVER make"), ("...", "/lib/modules/$KVER/build")),
            before=f"rm /lib/modules/$KVER/*/{NAME}.ko && depmod $KVER && ! {INSTALLED}",
            after=INSTALLED, why="KVER says which kernel runs"),
    Command("make install-tool", ROOT, after="hugeballoon --version"),
    Command("systemctl enable --now hugeballoon-swapd", ROOT,
            (("--now ", ""),),
            after="systemctl is-enabled hugeballoon-swapd && "
            "systemd-analyze verify hugeballoon-swapd.service",
            why="no systemd runs in there; the scenario swap-comes-back has the daemon"),
    Command("hugeballoon-swapd", ELSEWHERE, why="as a service, see the command before"),
    Command("make dkms", ROOT, after=f"dkms status {NAME} | grep installed"),
    Command("make uninstall", ROOT, after=GONE),
    Command("dpkg-buildpackage -us -uc", ROOT,
            before="apt-get install -y -qq --no-install-recommends $NEEDS",
            after=f"ls ../{NAME}-dkms_*.deb ../{NAME}-tools_*.deb"),
    Command("git archive --prefix=xen-hugeballoon-VERSION/ "
            "-o ~/rpmbuild/SOURCES/xen-hugeballoon-VERSION.tar.gz HEAD", ROOT,
            (("VERSION", "$VERSION"),), before="mkdir -p ~/rpmbuild/SOURCES && "
            "echo '%_sysconfdir /etc' >~/.rpmmacros"),
    Command("rpmbuild -bb packaging/xen-hugeballoon.spec", ROOT,
            (("rpmbuild", "rpmbuild --nodeps"),),
            after=f"ls ~/rpmbuild/RPMS/noarch/{NAME}-dkms-*.rpm "
            f"~/rpmbuild/RPMS/noarch/{NAME}-tools-*.rpm",
            why="Debian's rpm knows none of Debian's packages"),
    Command("scripts/place-in-kernel", ROOT, (("place-in-kernel", "place-in-kernel /tmp/linux"),),
            before="mkdir -p /tmp/linux/drivers/xen && "
            "echo endmenu >/tmp/linux/drivers/xen/Kconfig && touch /tmp/linux/drivers/xen/Makefile",
            after="test -e /tmp/linux/drivers/xen/hugeballoon/Kbuild"),
    Command("make help", ROOT, after="grep '^check-readme ' $SAID"),
    Command("make lint", ROOT),
    Command("make check-build", ROOT),
    Command("make check-tool", ROOT),
    Command("make bench-day", ROOT),
    Command("tests/testbed/bed --help", ROOT, after="grep '^usage: ' $SAID"),
    Command("make demo", LONG, shows=True),
    Command("make check-xen SCENARIO=name", LONG, (SCENARIO,)),
    Command("make check-xen KERNEL=7.3 SCENARIO=name", LONG, (SCENARIO,)),
    Command("make check-xen XEN=4.20 SCENARIO=name", LONG, (SCENARIO,)),
    Command("make check-xen KIND=hvm SCENARIO=name", LONG, (SCENARIO,)),
    Command("make check-xen KERNEL=7.3", ELSEWHERE, why="with SCENARIO="),
    Command("make check-xen XEN=4.20", ELSEWHERE, why="with SCENARIO="),
    Command("make check-xen KIND=hvm", ELSEWHERE, why="with SCENARIO="),
    Command("make matrix", ELSEWHERE, why="with SCENARIOS=, for hours are too long"),
    Command("make matrix ALL=1", ELSEWHERE, why="the same"),
    Command('make matrix SCENARIOS="..."', LONG, (("...", "target-from-sysfs"),)),
    Command("make check-kunit", LONG),
    Command("make coverage", LONG),
    Command("make check", LONG),
    Command("make check-all MINUTES=60", ELSEWHERE, why="is what executes these, among others"),
    Command("make check-debug", LONG),
    Command("make check-kcsan", LONG),
    Command("make check-cfi", LONG),
    Command("make check-compile", LONG),
    Command("make check-compile ALL=1", LONG),
    Command("make check-source", LONG),
    Command("make check-packages", LONG),
    Command("make check-harness", LONG),
    Command("make check-mutants", LONG),
    Command("make check-readme", ELSEWHERE, why="is what executes these"),
    Command("make check-readme ALL=1", ELSEWHERE, why="is what executes these"),
    Command("make soak MINUTES=60", LONG, (("60", "1"),)),
    Command("make soak MINUTES=60 DEBUG=1", LONG, (("60", "1"),)),
    Command("make soak MINUTES=60 SEED=n", LONG, (("60", "1"), ("=n", "=1"))),
    Command("make bench", LONG),
    Command('make bench PART="a c"', LONG),
    Command("make bench-gate", LONG),
    Command("make bench-fragmentation", LONG),
    Command("make bench-heal", LONG),
    Command("make bench-hosts", LONG),
    Command("make bench-overcommit", LONG),
)

ON_XEN = (
    Command("insmod xen-hugeballoon.ko", IN_GUEST, after=f"test -d {DRIVER}"),
    Command("dmesg | tail -1", IN_GUEST),
    Command("insmod", ELSEWHERE, why="with the module's name"),
    Command("hugeballoon set SIZE", IN_GUEST, (("SIZE", "-64M"),),
            after="grep ' reached in ' $SAID"),
    Command("hugeballoon set SIZE --no-wait", IN_GUEST, (("SIZE", "-32M"),)),
    Command("hugeballoon set SIZE --timeout SECONDS", IN_GUEST,
            (("SIZE", "+64M"), ("SECONDS", "50")), after="grep ' reached in ' $SAID"),
    Command("hugeballoon watch", IN_GUEST, (in_terminal("hugeballoon watch", "at target", "\3"),),
            before="mkdir -p /dev/pts && mount -t devpts none /dev/pts",
            after=ended(130), why="Ctrl-C ends it"),
    Command("hugeballoon top", IN_GUEST, (in_terminal("hugeballoon top", "ballooned out", "q"),),
            after=ended(0), why="q ends it"),
    Command("hugeballoon map", IN_GUEST, after="grep 'A character is' $SAID"),
    Command("hugeballoon map --svg FILE", IN_GUEST, (("FILE", "/tmp/map.svg"),),
            after="grep '^<svg ' /tmp/map.svg"),
    Command("hugeballoon stats", IN_GUEST, after="grep hypercalls $SAID"),
    Command("hugeballoon stats --json", IN_GUEST, after="grep '\"schema\": 1' $SAID"),
    Command("hugeballoon bugreport", IN_GUEST, folder="/tmp", after="ls hugeballoon-*.tar.gz"),
    Command(f"echo 1 > {SHRINKING}", IN_GUEST,
            after=f"grep -x 1 {SHRINKING} && echo 0 >{SHRINKING}"),
    Command(f"echo now > {DRIVER}/heal", IN_GUEST),
    Command("cat heal", IN_GUEST, folder=DRIVER,
            after="until [ $(cat heal) != now ]; do usleep 50000; done; "
            "dmesg | grep 'healing done: '"),
    Command("hugeballoon heal", IN_GUEST, after="grep 'healing done: ' $SAID"),
    Command("echo 1", IN_GUEST, (("1", f"1 > {DRIVER}/heal"),),
            after=f"grep -x 1 {DRIVER}/heal && echo 0 >{DRIVER}/heal"),
    Command("tests/hardware/superpages", IN_GUEST,
            (("superpages", "superpages --memory 8 --rounds 1 --seconds 0.1"),),
            after="grep 'dTLB misses' $SAID"),
    Command("echo x >/proc/sysrq-trigger", IN_GUEST,
            after="until dmesg | grep 'ballooned: .* runs'; do usleep 50000; done"),
    Command("xl mem-set", IN_DOM0, (("mem-set", "mem-set $DOMAIN 448m"),)),
    Command("hugeballoon-host", IN_DOM0, after="grep $DOMAIN $SAID"),
    Command("hugeballoon-host --json", IN_DOM0, after="grep '\"guests\"' $SAID"),
    Command("hugeballoon-host show DOMAIN", IN_DOM0, (("DOMAIN", "$DOMAIN"),)),
    Command("hugeballoon-host watch", IN_DOM0,
            (in_terminal("hugeballoon-host watch", "at target", "\3"),),
            after=ended(130), why="Ctrl-C ends it"),
    Command("xl mem-max", IN_DOM0, (("mem-max", "mem-max $DOMAIN 512"),)),
    Command("hugeballoon status", IN_GUEST, shows=True),
    Command("hugeballoon", ELSEWHERE, why="with its commands"),
    Command("xl save", IN_DOM0, (("save", "save $DOMAIN /save/$DOMAIN"),)),
    Command("rmmod xen-hugeballoon", IN_GUEST, after=f"! test -d {DRIVER}"),
    Command("rmmod", ELSEWHERE, why="with the module's name"),
)

COMMANDS = {command.text: command for command in (*WITHOUT_XEN, *ON_XEN)}
PROGRAMS = {text.split()[0] for text in COMMANDS}
# Several words that are none, and the block of files.
NO_COMMANDS = {"at target", "at the floor", "virsh dommemstat",
               "Makefile Kbuild Kconfig dkms.conf       dkms.conf has the version"}
