// SPDX-License-Identifier: GPL-2.0
/*
 * Deflation takes 2M pages back from Xen while the balloon has any, then 4K pages.
 */
#include <linux/align.h>
#include <linux/mm.h>

#include "policy/deflate.h"
#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

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
	if (!xhb_batch_stuck(b) || !xhb_base_pages(b))
		xhb_queues_take(b, op, xhb_batch_extents(b, op, want, true));
	if (op->count)
		return;

	/* A remainder that no 4K page can serve breaks up a 2M one. */
	xhb_op_init(op, 0);
	if (xhb_base_pages(b) || xhb_split_one(b))
		xhb_queues_take(b, op, xhb_batch_extents(b, op, want, true));
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
	trace_xen_hugeballoon_deflate(want, xhb_batch_stuck(b), &op);
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
 * xhb_deflate_now() - take one batch of pages back, whatever the target is
 * @b: the balloon
 * @want: 4K pages, at least 1
 *
 * Context: under the balloon's lock; may sleep.
 * Return: 4K pages that the guest has more now.
 */
unsigned long xhb_deflate_now(struct xhb_balloon *b, unsigned long want)
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
		return xhb_batch_none(b, XHB_WHY_TAKES, XHB_STEP_STUCK);
	if (!asked)
		return xhb_batch_none(b, want <= xhb_foreign_idle(b) + xhb_foreign_used(b) ?
				XHB_WHY_FOREIGN : XHB_WHY_EMPTY, XHB_STEP_REST);
	return xhb_batch_done(b, done.pages, asked,
			      done.pages ? XHB_WHY_TAKES :
			      xhb_headroom(b) ? XHB_WHY_HOST : XHB_WHY_MAXIMUM);
}
