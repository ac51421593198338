# SPDX-License-Identifier: GPL-2.0
# The driver's sources by room, from the bottom up: a file uses what is in its own
# room and in those above it in this list. Kbuild, the Kbuild of the unit tests
# and lint take their lists from here.

xhb-pure := policy/pure/backoff policy/pure/floor policy/pure/pace
xhb-xen := xen/hypercall xen/translated xen/pv xen/move xen/kind
xhb-pages := pages/blocks pages/queues pages/transfer pages/migrate pages/alloc \
	pages/evacuate
xhb-policy := policy/worker policy/inflate policy/deflate pages/foreign \
	policy/heal policy/coalesce
xhb-front := front/knobs front/sysfs front/debugfs front/xenstore
xhb-takeover-parts := takeover/builtin takeover/redirect takeover/adopt \
	takeover/resume takeover/files
xhb-takeover := takeover/takeover
xhb-module := main

# Used by all of them.
xhb-everywhere := compat trace

xhb-testable := $(xhb-pure) $(xhb-xen) $(xhb-pages) $(xhb-policy) \
	$(xhb-front) $(xhb-takeover-parts) $(xhb-takeover) compat
xhb-all := $(xhb-testable) trace $(xhb-module)
