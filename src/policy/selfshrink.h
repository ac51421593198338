/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When swapped-out memory may come back; see selfshrink.c.
 */
#ifndef XHB_SELFSHRINK_H
#define XHB_SELFSHRINK_H

#include <linux/types.h>

struct xhb_balloon;
struct xhb_task;

/**
 * struct xhb_selfshrink - whether what was swapped out may come back
 * @active: somebody looks; only touched by the worker, as all that has no other rule
 * @last: when an interval has begun, in jiffies
 * @swapped_out: xhb_demand_swapped_out() at the last look
 * @calm: looks in a row without any
 * @allowed: it may; written by the worker, read anywhere without a lock
 * @changed: told of it; set before the worker is started, or NULL
 */
struct xhb_selfshrink {
	bool active;
	unsigned long last;
	unsigned long swapped_out;
	unsigned long calm;
	bool allowed;
	void (*changed)(struct xhb_balloon *b);
};

extern const struct xhb_task xhb_selfshrink_task;

void xhb_selfshrink_init(struct xhb_balloon *b);
unsigned int xhb_selfshrink_step(struct xhb_balloon *b);

#endif /* XHB_SELFSHRINK_H */
