// SPDX-License-Identifier: GPL-2.0
/*
 * A batch, which is what one step towards the target moves: how large it may be, and
 * what came of it.
 *
 * Hosts take a guest that does not move for a tenth of a second for one that does not
 * answer, so a batch is no larger than can be moved in less.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "xhb_pages.h"
#include "xhb_policy.h"

/**
 * xhb_batch_stuck() - is the target out of reach at present?
 * @b: the balloon
 *
 * Context: any.
 * Return: true if Xen did not do all of the last batch towards it.
 */
bool xhb_batch_stuck(struct xhb_balloon *b)
{
	return READ_ONCE(b->batch.stuck);
}

/**
 * xhb_batch_progress() - has the balloon changed?
 * @b: the balloon
 *
 * Context: any.
 * Return: a number that grows with each step that moved memory.
 */
unsigned long xhb_batch_progress(struct xhb_balloon *b)
{
	return READ_ONCE(b->batch.progress);
}

/**
 * xhb_batch_begin() - the way to a new target begins
 * @b: the balloon
 *
 * Context: on the worker only, or before there is one.
 */
void xhb_batch_begin(struct xhb_balloon *b)
{
	WRITE_ONCE(b->batch.stuck, false);
	WRITE_ONCE(b->batch.pages, xhb_stepsize_next(0, 0, 0));
	b->batch.moved = jiffies;
}

/**
 * xhb_batch_extents() - how many extents the batch of this step may have
 * @b: the balloon
 * @op: context of their order
 * @want: 4K pages that are wanted
 * @populate: they are to come, not to go
 *
 * Context: any.
 * Return: extents of the order of @op; 0 if @want is less than one.
 */
unsigned long xhb_batch_extents(struct xhb_balloon *b, const struct xhb_op *op,
				unsigned long want, bool populate)
{
	return min(min(want, READ_ONCE(b->batch.pages)) >> op->order,
		   xhb_op_most(b, op, populate));
}

/**
 * xhb_batch_late() - has nothing moved for longer than a host would wait?
 * @b: the balloon
 *
 * Context: on the worker only.
 * Return: true if so, and if it is the host that waits; nobody else is impatient.
 */
bool xhb_batch_late(struct xhb_balloon *b)
{
	return xhb_target_by(b) == XHB_REQUESTER_HOST &&
	       time_after_eq(jiffies, b->batch.moved +
				      msecs_to_jiffies(XHB_STILL_MS));
}

/**
 * xhb_batch_none() - a step ends without a batch
 * @b: the balloon
 * @why: the reason, for `status`
 * @when: when the next step is due
 *
 * Context: on the worker only.
 * Return: @when.
 */
unsigned int xhb_batch_none(struct xhb_balloon *b, enum xhb_why why, unsigned int when)
{
	xhb_progress_set(b, why);
	return when;
}

/**
 * xhb_batch_done() - Xen has been asked to move a batch
 * @b: the balloon
 * @done: 4K pages that it moved
 * @asked: 4K pages that it was to move
 * @why: what `status` is to say of it
 *
 * What was done is a success, however little: there may be more to be had at once,
 * and if not the next step will tell. That it was short is remembered.
 *
 * Context: on the worker only.
 * Return: XHB_STEP_AGAIN, or XHB_STEP_STUCK if nothing was moved.
 */
unsigned int xhb_batch_done(struct xhb_balloon *b, unsigned long done,
			    unsigned long asked, enum xhb_why why)
{
	WRITE_ONCE(b->batch.stuck, done < asked);
	return xhb_batch_none(b, why, done ? XHB_STEP_AGAIN : XHB_STEP_STUCK);
}

/**
 * xhb_batch_end() - a step has ended, with or without a batch
 * @b: the balloon
 * @size: of the guest when this one began, in 4K pages
 * @begin: when that was, as ktime_get_ns() tells
 *
 * Context: on the worker only.
 */
void xhb_batch_end(struct xhb_balloon *b, unsigned long size, u64 begin)
{
	struct xhb_batch *batch = &b->batch;
	unsigned long now = xhb_current_pages(b);
	u64 took_us = div_u64(ktime_get_ns() - begin, NSEC_PER_USEC);

	if (now == size)
		return;
	WRITE_ONCE(batch->progress, batch->progress + 1);
	batch->moved = jiffies;
	WRITE_ONCE(batch->pages,
		   xhb_stepsize_next(batch->pages, now < size ? size - now : now - size,
				     took_us));
}
