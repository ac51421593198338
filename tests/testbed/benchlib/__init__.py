# SPDX-License-Identifier: GPL-2.0
"""Measurements of all kinds, and the report that is made of them."""
