// SPDX-License-Identifier: GPL-2.0
/*
 * The task that moves the balloon towards its target, a batch in a step.
 */
#include <linux/ktime.h>
#include <xen/balloon.h>

#include "policy/deflate.h"
#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/**
 * xhb_resize_init() - prepare for following the target
 * @b: the balloon
 * @stats: statistics to keep
 *
 * Context: any.
 */
void xhb_resize_init(struct xhb_balloon *b, struct balloon_stats *stats)
{
	b->resize.stats = stats;
	xhb_batch_begin(b);
}

/**
 * xhb_at_target() - has the guest the size that it should have?
 * @b: the balloon
 *
 * Context: any.
 * Return: true if so at this moment.
 */
bool xhb_at_target(struct xhb_balloon *b)
{
	return xhb_target_pages(b) == xhb_current_pages(b);
}

static bool xhb_resize_wanted(struct xhb_balloon *b)
{
	return !xhb_at_target(b);
}

/* Pages of foreign mappings may come back to an empty balloon. */
static unsigned long xhb_resize_news(struct xhb_balloon *b)
{
	return 2 * (xhb_target_changes(b) + xhb_knobs_changes(b)) +
	       !!xhb_ballooned_pages(b);
}

/* A new target starts afresh, and a new knob takes effect with this step. */
static void xhb_resize_look(struct xhb_balloon *b)
{
	struct xhb_resize *r = &b->resize;
	unsigned long targets = xhb_target_changes(b);
	unsigned long knobs = xhb_knobs_changes(b);

	if (r->targets != targets)
		xhb_batch_begin(b);
	if (r->knobs != knobs)
		xhb_inflate_afresh(b);
	r->targets = targets;
	r->knobs = knobs;
}

/**
 * xhb_resize_step() - one batch towards the target
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: as xhb_inflate_step() and xhb_deflate_step(), and XHB_STEP_REST at the
 * target. All pages are accounted for whatever it is.
 */
unsigned int xhb_resize_step(struct xhb_balloon *b)
{
	unsigned long target = xhb_target_pages(b);
	unsigned long size = xhb_current_pages(b);
	unsigned int when = XHB_STEP_REST;
	u64 begin = ktime_get_ns();

	xhb_resize_look(b);
	if (size > target)
		when = xhb_inflate_step(b, size - target);
	else if (size < target)
		when = xhb_deflate_step(b, target - size);

	if (xhb_at_target(b))
		xhb_progress_set(b, XHB_WHY_TARGET);
	xhb_batch_end(b, size, begin);
	trace_xen_hugeballoon_step(target, size, when);
	return when;
}

/**
 * xhb_resize_limits() - how long to wait for what Xen does not give
 * @b: the balloon
 * @limits: filled with the limits that the user has set for the built-in driver
 *
 * Context: any.
 */
void xhb_resize_limits(struct xhb_balloon *b, struct xhb_limits *limits)
{
	const struct balloon_stats *stats = b->resize.stats;
	unsigned long longest_s = READ_ONCE(stats->max_schedule_delay);

	limits->first = MSEC_PER_SEC;
	limits->longest = MSEC_PER_SEC * min(longest_s, ULONG_MAX / MSEC_PER_SEC);
	limits->tries = READ_ONCE(stats->max_retry_count);
}

/* As the built-in driver tells it. */
static void xhb_resize_waits(struct xhb_balloon *b,
			     const struct xhb_backoff *backoff)
{
	struct balloon_stats *stats = b->resize.stats;

	WRITE_ONCE(stats->schedule_delay,
		   max(backoff->delay / MSEC_PER_SEC, 1UL));
	WRITE_ONCE(stats->retry_count, backoff->tries + 1);
}

const struct xhb_task xhb_resize_task = {
	.name = "resize",
	.wanted = xhb_resize_wanted,
	.news = xhb_resize_news,
	.step = xhb_resize_step,
	.limits = xhb_resize_limits,
	.waits = xhb_resize_waits,
	.block_ms = XHB_STILL_MS,
};
