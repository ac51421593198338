# SPDX-License-Identifier: GPL-2.0
"""What scripts/hugeballoon is made of: the files of the driver (driver.py), and a
module for each command."""

VERSION = "0.1"
