# SPDX-License-Identifier: GPL-2.0
"""The module in dom0 itself, beside the toolstack that needs foreign pages."""

MB = 1024


def run(t):
    dom0 = t.use_dom0()
    dom0.insmod()
    try:
        t.expect(not dom0.builtin_thread_runs(), "the built-in thread still runs")
        dom0.set_target(dom0.boot_kb - 64 * MB)
        dom0.check_conservation()
        # Building a guest maps its pages through foreign ones.
        t.create("-guest", memory=256)
        dom0.set_target(dom0.boot_kb)
    finally:
        dom0.rmmod()
    t.expect(dom0.builtin_thread_runs(), "the built-in driver's thread is not back")
