# SPDX-License-Identifier: GPL-2.0
# The driver's sources by room, from the bottom up, inside a room too: a file uses
# those that come before it here. Kbuild, the Kbuild of the unit tests and lint
# take their lists from here.

xhb-pure := policy/pure/backoff policy/pure/effective policy/pure/floor policy/pure/pace \
	policy/pure/selfballoon policy/pure/selfshrink policy/pure/stepsize
xhb-xen := xen/hypercall xen/stray xen/runs xen/translated xen/pv xen/move xen/logdirty xen/kind
xhb-pages := pages/counters pages/timing pages/chunks pages/bitmap pages/blocks pages/op pages/account \
	pages/nodes pages/queues pages/copied pages/transfer pages/handover pages/arrivals pages/spare pages/demand \
	pages/alloc pages/reconcile pages/migrate pages/choose pages/keep \
	pages/evacuate pages/foreign pages/grow pages/places pages/pages
xhb-policy := policy/worker policy/target policy/arrive policy/progress \
	policy/batch policy/inflate policy/deflate policy/resize policy/selfballoon \
	policy/pressure policy/selfshrink policy/grow policy/trim policy/coalesce \
	policy/defrag policy/heal policy/tasks
xhb-front := front/device front/status front/report front/knobs front/bootline front/sysfs \
	front/debugfs front/sysrq front/xenstore front/announce
xhb-takeover := takeover/symbol takeover/builtin takeover/redirect \
	takeover/adopt takeover/online takeover/resume takeover/files takeover/takeover
xhb-module := main

# Used by all of them.
xhb-everywhere := compat compat_memory trace

xhb-testable := $(xhb-pure) $(xhb-xen) $(xhb-pages) $(xhb-policy) \
	$(xhb-front) $(xhb-takeover) compat compat_memory
xhb-all := $(xhb-testable) trace $(xhb-module)
