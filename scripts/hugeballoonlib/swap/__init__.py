# SPDX-License-Identifier: GPL-2.0
"""What scripts/hugeballoon-swapd is made of: swap areas (areas.py), the kernel's calls
(kernel.py), one piece of memory brought back (piece.py), what outlives a daemon that dies
(record.py), the daemon (daemon.py)."""
