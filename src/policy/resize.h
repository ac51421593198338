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
 * struct xhb_resize - the way to the target
 * @stats: ->schedule_delay and ->retry_count tell how it is stuck, written by
 *	the worker only; ->max_schedule_delay and ->max_retry_count are the
 *	user's, read without a lock. The pointer is set before first use,
 *	constant after.
 * @targets: xhb_target_changes() when it was looked at last; written by the worker, as
 *	is @knobs, and read by nobody else
 * @knobs: xhb_knobs_changes() when that was
 */
struct xhb_resize {
	struct balloon_stats *stats;
	unsigned long targets;
	unsigned long knobs;
};

extern const struct xhb_task xhb_resize_task;

void xhb_resize_init(struct xhb_balloon *b, struct balloon_stats *stats);
void xhb_resize_limits(struct xhb_balloon *b, struct xhb_limits *limits);
unsigned int xhb_resize_step(struct xhb_balloon *b);

#endif /* XHB_RESIZE_H */
