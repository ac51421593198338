/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Self-ballooning; see selfballoon.c.
 */
#ifndef XHB_SELFBALLOON_H
#define XHB_SELFBALLOON_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "xhb_pure.h"

struct xhb_balloon;
struct xhb_task;

/**
 * struct xhb_selfballoon - what the guest has asked of itself
 * @state: what was decided before; only touched by the worker, and by load and unload
 *	while it does not run, as all that has no other rule
 * @active: there is a request
 * @last: when an interval has begun, in jiffies
 * @returned: xhb_demand_returned() then
 * @hinted: when somebody was short of memory, in jiffies; written and read without a
 *	lock, by many at a time: who loses has just been heard
 * @hints: how often; counted up by anybody
 */
struct xhb_selfballoon {
	struct xhb_self_state state;
	bool active;
	unsigned long last;
	unsigned long returned;
	unsigned long hinted;
	atomic_long_t hints;
};

extern const struct xhb_task xhb_selfballoon_task;

void xhb_self_init(struct xhb_balloon *b);
void xhb_self_hint(struct xhb_balloon *b);
unsigned long xhb_self_hints(struct xhb_balloon *b);
unsigned int xhb_self_step(struct xhb_balloon *b);
void xhb_self_withdraw(struct xhb_balloon *b);

#endif /* XHB_SELFBALLOON_H */
