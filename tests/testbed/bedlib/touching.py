# SPDX-License-Identifier: GPL-2.0
"""A program in a guest that writes to its memory and times each write: what a program
feels of what the balloon does."""

import re

STATUS = "/tmp/touch.status"
PID = "/tmp/touch.pid"


def start(guest, megabytes):
    guest.run(f"mbtool touch {megabytes} {STATUS} & echo $! >{PID}; "
              f"until [ -s {STATUS} ]; do usleep 50000; done", 120)


def report(guest):
    """What the writes since the last report took, by the names that mbtool gives."""
    out = guest.run(f"rm {STATUS}; kill -USR1 $(cat {PID}); "
                    f"until [ -s {STATUS} ]; do usleep 10000; done; cat {STATUS}").out
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", out)}


def pause(guest):
    guest.run(f"kill -STOP $(cat {PID})")


def resume(guest):
    guest.run(f"kill -CONT $(cat {PID})")


def end(guest):
    guest.run(f"kill $(cat {PID}); while kill -0 $(cat {PID}) 2>/dev/null; "
              "do usleep 20000; done")
