/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the way to the target is just now; see progress.c.
 */
#ifndef XHB_PROGRESS_H
#define XHB_PROGRESS_H

#include <linux/types.h>

struct xhb_balloon;

/**
 * enum xhb_why - why the guest is not larger, or not smaller, than it is
 * @XHB_WHY_TARGET: it has the size that it should have
 * @XHB_WHY_GIVES: it gives memory to Xen
 * @XHB_WHY_EMPTIES: it empties a 2M block, to give that to Xen
 * @XHB_WHY_COPIED: it is being copied to another host, and waits with giving
 * @XHB_WHY_FLOOR: giving more would leave it too little
 * @XHB_WHY_NO_PAGE: it has no page to give
 * @XHB_WHY_REFUSED: Xen took nothing
 * @XHB_WHY_TAKES: it takes memory from Xen; those before are about giving
 * @XHB_WHY_MAXIMUM: Xen gives no more than the domain may have
 * @XHB_WHY_HOST: Xen has no memory to give
 * @XHB_WHY_FOREIGN: what it still lacks is kept for foreign mappings, or used by them
 * @XHB_WHY_EMPTY: the balloon is empty, and it has no other memory to grow by
 * @XHB_WHY_COUNT: number of reasons
 */
enum xhb_why {
	XHB_WHY_TARGET,
	XHB_WHY_GIVES,
	XHB_WHY_EMPTIES,
	XHB_WHY_COPIED,
	XHB_WHY_FLOOR,
	XHB_WHY_NO_PAGE,
	XHB_WHY_REFUSED,
	XHB_WHY_TAKES,
	XHB_WHY_MAXIMUM,
	XHB_WHY_HOST,
	XHB_WHY_FOREIGN,
	XHB_WHY_EMPTY,
	XHB_WHY_COUNT,
};

/**
 * enum xhb_state - what each reason comes down to
 * @XHB_STATE_TARGET: it has the size that it should have
 * @XHB_STATE_MOVING: it is on its way
 * @XHB_STATE_STUCK: it cannot get on, and tries again or waits for news
 * @XHB_STATE_FLOOR: it has given what it can
 * @XHB_STATE_MIGRATING: it waits until it has arrived on another host
 * @XHB_STATE_LENDING: it has what it can have while mappings use the rest
 * @XHB_STATE_COUNT: number of states
 */
enum xhb_state {
	XHB_STATE_TARGET,
	XHB_STATE_MOVING,
	XHB_STATE_STUCK,
	XHB_STATE_FLOOR,
	XHB_STATE_MIGRATING,
	XHB_STATE_LENDING,
	XHB_STATE_COUNT,
};

/**
 * struct xhb_progress - what the way to the target is just now
 * @why: an &enum xhb_why; written by the worker, as is all here, read without a
 *	lock
 * @since: when @why came to be, in jiffies
 * @changed: told when @why changes, or NULL; set while the worker does not run
 */
struct xhb_progress {
	enum xhb_why why;
	unsigned long since;
	void (*changed)(struct xhb_balloon *b);
};

void xhb_progress_init(struct xhb_balloon *b);
void xhb_progress_set(struct xhb_balloon *b, enum xhb_why why);

#endif /* XHB_PROGRESS_H */
