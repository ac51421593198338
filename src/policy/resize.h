/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way to the target; see resize.c.
 */
#ifndef XHB_RESIZE_H
#define XHB_RESIZE_H

#include "xhb_pure.h"

struct balloon_stats;
struct xhb_balloon;
struct xhb_task;

/**
 * struct xhb_resize - how inflation and deflation get on
 * @stats: ->schedule_delay and ->retry_count tell how it is stuck, written by
 *	the worker only; ->max_schedule_delay and ->max_retry_count are the
 *	user's, read without a lock. The pointer is set before first use,
 *	constant after.
 * @stuck: the last step could not do all that was wanted; written by the worker, as
 *	is all below, read without a lock
 * @progress: steps that have moved memory
 * @moved: when the last of them was, or the target set; in jiffies
 * @targets: xhb_target_changes() when @stuck was looked at last
 * @knobs: xhb_knobs_changes() when the user's wishes were looked at last
 * @no_2m: how often the guest had no 2M page to offer; in steps
 * @skip_2m: steps to take in 4K before a 2M page is tried again
 * @stepsize: 4K pages that the next step may move, see xhb_stepsize_next()
 */
struct xhb_resize {
	struct balloon_stats *stats;
	bool stuck;
	unsigned long progress;
	unsigned long moved;
	unsigned long targets;
	unsigned long knobs;
	struct xhb_backoff no_2m;
	unsigned long skip_2m;
	unsigned long stepsize;
};

extern const struct xhb_task xhb_resize_task;

void xhb_resize_init(struct xhb_balloon *b, struct balloon_stats *stats);
void xhb_resize_limits(struct xhb_balloon *b, struct xhb_limits *limits);
unsigned long xhb_resize_take(struct xhb_balloon *b, unsigned long want);
unsigned int xhb_resize_step(struct xhb_balloon *b);
unsigned int xhb_inflate_step(struct xhb_balloon *b, unsigned long want);
unsigned int xhb_deflate_step(struct xhb_balloon *b, unsigned long want);

#endif /* XHB_RESIZE_H */
