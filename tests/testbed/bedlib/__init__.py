# SPDX-License-Identifier: GPL-2.0
"""A machine with real Xen in it, for tests: QEMU, dom0, guests."""
