/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a step towards the target moves; see batch.c.
 */
#ifndef XHB_BATCH_H
#define XHB_BATCH_H

#include <linux/types.h>

#include "policy/progress.h"

struct xhb_balloon;
struct xhb_op;

/* Nothing moves for so long while a block is being emptied, and no longer. */
#define XHB_STILL_MS	60

/**
 * struct xhb_batch - how the way to the target goes
 * @stuck: Xen did not do all of the last batch; written by the worker, as is all
 *	below, read without a lock
 * @pages: 4K pages that the next step may move, see xhb_stepsize_next(); read without
 *	a lock
 * @progress: steps that have moved memory; read without a lock
 * @moved: when the last of them was, or the target set; in jiffies
 */
struct xhb_batch {
	bool stuck;
	unsigned long pages;
	unsigned long progress;
	unsigned long moved;
};

void xhb_batch_begin(struct xhb_balloon *b);
unsigned long xhb_batch_extents(struct xhb_balloon *b, const struct xhb_op *op,
				unsigned long want, bool populate);
bool xhb_batch_late(struct xhb_balloon *b);
unsigned int xhb_batch_none(struct xhb_balloon *b, enum xhb_why why, unsigned int when);
unsigned int xhb_batch_done(struct xhb_balloon *b, unsigned long done,
			    unsigned long asked, enum xhb_why why);
void xhb_batch_end(struct xhb_balloon *b, unsigned long size, u64 begin);

#endif /* XHB_BATCH_H */
