/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is added to the guest; see grow.c.
 */
#ifndef XHB_GROW_H
#define XHB_GROW_H

#include <linux/completion.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct xhb_balloon;

/**
 * struct xhb_grow - the memory being added, one piece at a time
 * @wq: runs @work; freezable, since no device may be added while the domain sleeps
 * @work: adds a piece
 * @idle: complete while nothing is being added
 * @done: tells the worker that a piece was added; set before first use
 * @busy: set by the worker and ended by @work, with release semantics, so that
 *	@bytes belongs to @work while it is set and to the worker while it is not
 * @bytes: how much is to be added
 */
struct xhb_grow {
	struct workqueue_struct *wq;
	struct work_struct work;
	struct completion idle;
	void (*done)(struct xhb_balloon *b);
	bool busy;
	u64 bytes;
};

int xhb_grow_init(struct xhb_balloon *b, void (*done)(struct xhb_balloon *b));
void xhb_grow_destroy(struct xhb_balloon *b);

#endif /* XHB_GROW_H */
