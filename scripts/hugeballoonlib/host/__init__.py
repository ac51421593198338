# SPDX-License-Identifier: GPL-2.0
"""What scripts/hugeballoon-host is made of: Xen's tools (xen.py), what they tell of a
guest (guests.py), what that means (judge.py), and the commands."""
