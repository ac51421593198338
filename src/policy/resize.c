// SPDX-License-Identifier: GPL-2.0
/*
 * The task that moves the balloon towards its target.
 *
 * Inflation gives 2M pages to Xen while the guest has any, then 4K pages;
 * deflation takes them back in the same order. A step is one batch. Hosts take a guest
 * that does not move for a tenth of a second for one that does not answer: steps are
 * made no longer than that, and while a block is being emptied for longer 4K pages go.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <xen/balloon.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/*
 * When the guest has no 2M page to offer, so many 4K steps of 2M each pass before
 * it is asked again; the number doubles while it keeps having none.
 */
static const struct xhb_limits xhb_skip_2m = { .first = 4, .longest = 64 };

#define XHB_STILL_MS	60

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
	b->resize.stepsize = xhb_stepsize_next(0, 0, 0);
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

/**
 * xhb_resize_stuck() - is the target out of reach at present?
 * @b: the balloon
 *
 * Context: any.
 * Return: true if the last step towards it could not do all that was wanted.
 */
bool xhb_resize_stuck(struct xhb_balloon *b)
{
	return READ_ONCE(b->resize.stuck);
}

/**
 * xhb_resize_progress() - has the balloon changed?
 * @b: the balloon
 *
 * Context: any.
 * Return: a number that grows with each step that moved memory.
 */
unsigned long xhb_resize_progress(struct xhb_balloon *b)
{
	return READ_ONCE(b->resize.progress);
}

static bool xhb_try_2m(struct xhb_balloon *b, unsigned long want)
{
	if (!xhb_knob(b, enable_huge) || want < XHB_HUGE_PAGES)
		return false;
	if (b->resize.skip_2m) {
		b->resize.skip_2m--;
		return false;
	}
	return true;
}

/* Only the host is impatient. */
static bool xhb_stood_still(struct xhb_balloon *b)
{
	return xhb_target_by(b) == XHB_REQUESTER_HOST &&
	       time_after_eq(jiffies, b->resize.moved +
				      msecs_to_jiffies(XHB_STILL_MS));
}

/* How many extents of @op's order the next step may have of @want pages. */
static unsigned long xhb_step_extents(struct xhb_balloon *b, const struct xhb_op *op,
				      unsigned long want)
{
	return min(min(want, READ_ONCE(b->resize.stepsize)) >> op->order,
		   xhb_op_most(b, op));
}

/* Returns 0, or -EINPROGRESS while a block is being emptied. */
static int xhb_find_2m(struct xhb_balloon *b, struct xhb_op *op,
		       unsigned long want)
{
	struct page *page;

	if (xhb_alloc_huge(b, op, xhb_step_extents(b, op, want)) ||
	    xhb_effort(b) < XHB_EFFORT_EVACUATE)
		return 0;
	page = xhb_evacuate(b, XHB_CHOICE_ANY, 0);
	if (page == ERR_PTR(-EINPROGRESS))
		return -EINPROGRESS;
	if (!IS_ERR(page)) {
		xhb_scrub(b, page, XHB_HUGE_ORDER);
		xhb_op_add(op, page);
	}
	return 0;
}

/* The end of a step, and why it comes. */
static unsigned int xhb_stop(struct xhb_balloon *b, enum xhb_why why,
			     unsigned int when)
{
	xhb_progress_set(b, why);
	return when;
}

/*
 * What was done is a success, however little: there may be more to be had at once,
 * and if not the next step will tell. That it was short is remembered.
 */
static unsigned int xhb_verdict(struct xhb_balloon *b, unsigned long done,
				unsigned long asked, enum xhb_why why)
{
	WRITE_ONCE(b->resize.stuck, done < asked);
	return xhb_stop(b, why, done ? XHB_STEP_AGAIN : XHB_STEP_STUCK);
}

static unsigned int xhb_give(struct xhb_balloon *b, struct xhb_op *op)
{
	unsigned long asked = (unsigned long)op->count << op->order;
	struct xhb_done done;

	xhb_lock(b);
	done = xhb_release(b, op);
	xhb_unlock(b);
	return xhb_verdict(b, done.pages, asked,
			   done.pages ? XHB_WHY_GIVES : XHB_WHY_REFUSED);
}

/**
 * xhb_inflate_step() - give one batch of pages to Xen
 * @b: the balloon
 * @want: 4K pages that are still to go, at least 1
 *
 * Takes 2M pages while there are any, then 4K pages, of which it also takes a batch
 * when nothing has moved for XHB_STILL_MS. Never takes the guest below its floor.
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: XHB_STEP_AGAIN after Xen took something, XHB_COPIED_WAIT_MS while the domain
 * is being copied, XHB_STEP_BLOCK while a block is being emptied for it,
 * XHB_STEP_STUCK at the floor, when the guest has no page, or when Xen took none.
 * All pages are accounted for.
 */
unsigned int xhb_inflate_step(struct xhb_balloon *b, unsigned long want)
{
	struct xhb_resize *r = &b->resize;
	unsigned long huge;
	struct xhb_op op;
	int err;

	/* The guest can be as large after it has arrived as it is now. */
	if (xhb_is_copied(b))
		return xhb_stop(b, XHB_WHY_COPIED, XHB_COPIED_WAIT_MS);
	want = min(want, xhb_spare(b, XHB_USE_BALLOON));
	if (!want)
		return xhb_stop(b, XHB_WHY_FLOOR, XHB_STEP_STUCK);

	huge = min(want, xhb_spare_kernel(b));
	if (xhb_try_2m(b, huge)) {
		xhb_op_init(&op, XHB_HUGE_ORDER);
		err = xhb_find_2m(b, &op, huge);
		if (err && !xhb_stood_still(b))
			return xhb_stop(b, XHB_WHY_EMPTIES, XHB_STEP_BLOCK);
		trace_xen_hugeballoon_inflate(want, huge, &op);
		if (op.count) {
			xhb_backoff_reset(&r->no_2m);
			return xhb_give(b, &op);
		}
		if (!err) {
			xhb_count_add(b, XHB_COUNT_NO_2M, 1);
			r->skip_2m = xhb_backoff_next(&r->no_2m, &xhb_skip_2m);
		}
	}

	xhb_op_init(&op, 0);
	xhb_alloc_base(b, &op, xhb_step_extents(b, &op, want), XHB_GFP_BASE);
	trace_xen_hugeballoon_inflate(want, huge, &op);
	if (!op.count)
		return xhb_stop(b, XHB_WHY_NO_PAGE, XHB_STEP_STUCK);
	return xhb_give(b, &op);
}

/* Fills @op with what is to be populated next. */
static void xhb_choose_ballooned(struct xhb_balloon *b, struct xhb_op *op,
				 unsigned long want)
{
	lockdep_assert_held(&b->lock);
	/*
	 * While Xen has little to give, use up the 4K pages first: a 2M page
	 * that it can fill only in part has to be broken up.
	 */
	xhb_op_init(op, XHB_HUGE_ORDER);
	if (!b->resize.stuck || !xhb_base_pages(b))
		xhb_queues_take(b, op, xhb_step_extents(b, op, want));
	if (op->count)
		return;

	/* A remainder that no 4K page can serve breaks up a 2M one. */
	xhb_op_init(op, 0);
	if (xhb_base_pages(b) || xhb_split_one(b))
		xhb_queues_take(b, op, xhb_step_extents(b, op, want));
}

/* Returns what was asked for; @done is what came of it. */
static unsigned long xhb_take_batch(struct xhb_balloon *b, unsigned long want,
				    struct xhb_done *done)
{
	u64 begin = xhb_time_begin();
	unsigned long asked;
	struct xhb_op op;

	lockdep_assert_held(&b->lock);
	xhb_choose_ballooned(b, &op, want);
	trace_xen_hugeballoon_deflate(want, b->resize.stuck, &op);
	asked = (unsigned long)op.count << op.order;
	if (!asked)
		return 0;
	xhb_time_step(b, XHB_TIME_CHOOSE, begin);
	*done = xhb_populate(b, &op);
	/*
	 * Some whole 2M pages are all that was asked for: the last of them came
	 * in 4K pages, and the next may be had in 2M again.
	 */
	if (op.order && done->pages && IS_ALIGNED(done->pages, XHB_HUGE_PAGES))
		return done->pages;
	return asked;
}

/**
 * xhb_resize_take() - take one batch of pages back, whatever the target is
 * @b: the balloon
 * @want: 4K pages, at least 1
 *
 * Context: under the balloon's lock; may sleep.
 * Return: 4K pages that the guest has more now.
 */
unsigned long xhb_resize_take(struct xhb_balloon *b, unsigned long want)
{
	struct xhb_done done;

	return xhb_take_batch(b, want, &done) ? done.pages : 0;
}

/**
 * xhb_deflate_step() - take one batch of pages back from Xen
 * @b: the balloon
 * @want: 4K pages that are still to come, at least 1
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: XHB_STEP_AGAIN after Xen gave something, XHB_STEP_STUCK when it gave
 * nothing, XHB_STEP_REST when the balloon is empty. All pages are accounted for.
 */
unsigned int xhb_deflate_step(struct xhb_balloon *b, unsigned long want)
{
	struct xhb_done done;
	unsigned long asked;

	xhb_lock(b);
	asked = xhb_take_batch(b, want, &done);
	xhb_unlock(b);

	/* What is left of the balloon may be in the hands of compaction. */
	if (!asked && xhb_base_pages(b))
		return xhb_stop(b, XHB_WHY_TAKES, XHB_STEP_STUCK);
	if (!asked)
		return xhb_stop(b, want <= xhb_foreign_idle(b) + xhb_foreign_used(b) ?
				XHB_WHY_FOREIGN : XHB_WHY_EMPTY, XHB_STEP_REST);
	return xhb_verdict(b, done.pages, asked,
			   done.pages ? XHB_WHY_TAKES :
			   xhb_headroom(b) ? XHB_WHY_HOST : XHB_WHY_MAXIMUM);
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

	if (r->targets != targets) {
		WRITE_ONCE(r->stuck, false);
		WRITE_ONCE(r->stepsize, xhb_stepsize_next(0, 0, 0));
		r->moved = jiffies;
	}
	if (r->knobs != knobs)
		r->skip_2m = 0;
	r->targets = targets;
	r->knobs = knobs;
}

/* A step that began at @begin, at @size pages, has moved memory. */
static void xhb_resize_learn(struct xhb_balloon *b, unsigned long size, u64 begin)
{
	struct xhb_resize *r = &b->resize;
	unsigned long now = xhb_current_pages(b);

	WRITE_ONCE(r->stepsize,
		   xhb_stepsize_next(r->stepsize, now < size ? size - now : now - size,
				     div_u64(ktime_get_ns() - begin, NSEC_PER_USEC)));
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
	struct xhb_resize *r = &b->resize;
	unsigned int when = XHB_STEP_REST;
	u64 begin = ktime_get_ns();

	xhb_resize_look(b);
	if (size > target)
		when = xhb_inflate_step(b, size - target);
	else if (size < target)
		when = xhb_deflate_step(b, target - size);

	if (xhb_at_target(b))
		xhb_progress_set(b, XHB_WHY_TARGET);
	if (when != XHB_STEP_BLOCK && when != XHB_STEP_AGAIN)
		WRITE_ONCE(r->stuck, when == XHB_STEP_STUCK);
	if (xhb_current_pages(b) != size) {
		WRITE_ONCE(r->progress, r->progress + 1);
		r->moved = jiffies;
		xhb_resize_learn(b, size, begin);
	}
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
