# SPDX-License-Identifier: GPL-2.0
"""
All deliberate defects, room by room.
"""
import of_blocks
import of_pages
import of_policy
import of_upper
import of_xen

DEFECTS = of_xen.DEFECTS + of_pages.DEFECTS + of_blocks.DEFECTS + of_policy.DEFECTS + of_upper.DEFECTS
