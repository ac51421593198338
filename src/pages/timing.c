// SPDX-License-Identifier: GPL-2.0
/*
 * How long the steps of inflation and deflation take, and for how long somebody has
 * the balloon's lock. Nothing is decided by it. The clock is read a few times a
 * batch and never for each page.
 */
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/ktime.h>

#include "xhb_pages.h"

const char * const xhb_time_names[XHB_TIME_COUNT] = {
	[XHB_TIME_ALLOCATE] = "inflate_allocate",
	[XHB_TIME_CLEAR] = "inflate_clear",
	[XHB_TIME_RELEASE] = "inflate_hypercall",
	[XHB_TIME_RELEASE_BOOKS] = "inflate_bookkeeping",
	[XHB_TIME_CHOOSE] = "deflate_choose",
	[XHB_TIME_POPULATE] = "deflate_hypercall",
	[XHB_TIME_POPULATE_BOOKS] = "deflate_bookkeeping",
};

/**
 * xhb_time_begin() - a step begins
 *
 * Context: any.
 * Return: what to pass to xhb_time_step() when it ends.
 */
u64 xhb_time_begin(void)
{
	return ktime_get_ns();
}

/**
 * xhb_time_add() - a step has ended that was timed by other means
 * @b: the balloon
 * @step: which
 * @ns: how long it took
 *
 * Context: any.
 */
void xhb_time_add(struct xhb_balloon *b, enum xhb_time step, u64 ns)
{
	struct xhb_times *t = &b->timing.steps[step];
	u64 us = div_u64(ns, NSEC_PER_USEC);

	atomic64_add(ns, &t->ns);
	atomic64_inc(&t->times[min(us ? ilog2(us) + 1 : 0, XHB_TIME_LIMITS - 1)]);
}

/**
 * xhb_time_step() - a step has ended, and the next begins
 * @b: the balloon
 * @step: which
 * @begin: what was returned when it began
 *
 * Context: any.
 * Return: the same for the next step.
 */
u64 xhb_time_step(struct xhb_balloon *b, enum xhb_time step, u64 begin)
{
	u64 now = ktime_get_ns();

	xhb_time_add(b, step, now - begin);
	return now;
}

/**
 * xhb_timed_ns() - how long a step took since load, all times together
 * @b: the balloon
 * @step: which
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 xhb_timed_ns(struct xhb_balloon *b, enum xhb_time step)
{
	return atomic64_read(&b->timing.steps[step].ns);
}

/**
 * xhb_timed() - how often a step took so long
 * @b: the balloon
 * @step: which
 * @limit: number of the limit: less than 1 << @limit microseconds, and not less
 *	than the limit before; the last is for all that took longer
 *
 * Context: any.
 * Return: times since load.
 */
u64 xhb_timed(struct xhb_balloon *b, enum xhb_time step, unsigned int limit)
{
	return atomic64_read(&b->timing.steps[step].times[limit]);
}

/**
 * xhb_lock() - take the balloon's lock
 * @b: the balloon
 *
 * Context: may sleep.
 */
void xhb_lock(struct xhb_balloon *b)
{
	mutex_lock(&b->lock);
	b->timing.locked_at = ktime_get_ns();
}

/**
 * xhb_trylock() - take the balloon's lock if it is free
 * @b: the balloon
 *
 * Context: process context.
 * Return: true if the caller has it now.
 */
bool xhb_trylock(struct xhb_balloon *b)
{
	if (!mutex_trylock(&b->lock))
		return false;
	b->timing.locked_at = ktime_get_ns();
	return true;
}

/**
 * xhb_unlock() - let go of the balloon's lock
 * @b: the balloon
 *
 * Context: process context, under the balloon's lock.
 */
void xhb_unlock(struct xhb_balloon *b)
{
	u64 ns = 0;

	lockdep_assert_held(&b->lock);
	/* Who took it by other means is not timed. */
	if (b->timing.locked_at)
		ns = ktime_get_ns() - b->timing.locked_at;
	b->timing.locked_at = 0;
	if (ns > b->timing.longest_ns)
		WRITE_ONCE(b->timing.longest_ns, ns);
	mutex_unlock(&b->lock);
}

/**
 * xhb_longest_lock_ns() - the longest time that somebody has had the lock
 * @b: the balloon
 *
 * Context: any.
 * Return: nanoseconds, since load.
 */
u64 xhb_longest_lock_ns(struct xhb_balloon *b)
{
	return READ_ONCE(b->timing.longest_ns);
}
