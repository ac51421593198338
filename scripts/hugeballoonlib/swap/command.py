# SPDX-License-Identifier: GPL-2.0
"""The command line of hugeballoon-swapd."""

from .. import VERSION
from ..cli import Parser, conclude, listen
from ..errors import DONE
from ..terminal import Terminal
from .daemon import Daemon
from .kernel import Kernel
from .piece import restore
from .record import Record

RECORD = "/run/hugeballoon-swapd.json"
EXITS = ("exit status: 0 restored, 1 failed, 2 usage, 130 interrupted, 143 terminated; "
         "more in hugeballoon-swapd(8)")


def parser():
    whole = Parser(prog="hugeballoon-swapd", allow_abbrev=False, epilog=EXITS,
                   description="Bring swapped-out memory back when it is no longer short, "
                   "as xen-hugeballoon says.")
    whole.add_argument("--restore", action="store_true", help="only swap on what a daemon "
                       "that was killed has left off")
    whole.add_argument("--record", default=RECORD, metavar="FILE",
                       help=f"where that is noted ({RECORD})")
    whole.add_argument("--verbose", action="store_true", help="print each part")
    whole.add_argument("--version", action="version",
                       version=f"hugeballoon-swapd {VERSION}")
    return whole


def run(options):
    kernel, record = Kernel(), Record(options.record)
    if options.restore:
        restore(kernel, record)
    else:
        Daemon(kernel, record, options.verbose).run()
    return DONE


def main(arguments=None):
    listen()
    options = parser().parse_args(arguments)
    return conclude("hugeballoon-swapd", Terminal(), lambda: run(options))
