// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to do: the table of tasks, and how the room is set up.
 */
#include "policy/arrive.h"
#include "policy/defrag.h"
#include "policy/grow.h"
#include "policy/trim.h"
#include "xhb_pages.h"
#include "xhb_policy.h"

/* The most urgent first. Whoever has nothing to do leaves the turn to the next. */
static const struct xhb_task * const xhb_tasks[] = {
	&xhb_arrive_task,
	&xhb_pressure_task,
	&xhb_selfballoon_task,
	&xhb_selfshrink_task,
	&xhb_resize_task,
	&xhb_grow_task,
	&xhb_trim_task,
	&xhb_coalesce_task,
	&xhb_defrag_task,
	&xhb_heal_task,
};

/**
 * xhb_policy_init() - prepare for following a target
 * @b: the balloon, its pages prepared
 * @stats: statistics to keep, holding the present target
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_policy_init(struct xhb_balloon *b, struct balloon_stats *stats)
{
	xhb_target_init(b, stats);
	xhb_progress_init(b);
	xhb_resize_init(b, stats);
	xhb_self_init(b);
	xhb_selfshrink_init(b);
	return xhb_worker_init(b, xhb_tasks, ARRAY_SIZE(xhb_tasks));
}

/**
 * xhb_next_try_ms() - when does the worker try to get nearer to the target?
 * @b: the balloon
 *
 * Context: any; the answer may be old when it is given.
 * Return: milliseconds, or -1 if not before there is news.
 */
long xhb_next_try_ms(struct xhb_balloon *b)
{
	return xhb_worker_next_ms(b, &xhb_resize_task);
}

/**
 * xhb_policy_start() - begin to follow the target
 * @b: the balloon
 *
 * Context: may sleep.
 */
void xhb_policy_start(struct xhb_balloon *b)
{
	xhb_target_start(b);
	xhb_worker_start(b);
	xhb_pressure_start(b);
}

/**
 * xhb_policy_stop() - nothing moves by itself after this returns
 * @b: the balloon
 *
 * Pages stay in their queues. A block that is being emptied and memory that is being
 * added are waited for. The target is what the host wants, which is what who has the
 * pages next goes by.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_policy_stop(struct xhb_balloon *b)
{
	xhb_pressure_stop(b);
	xhb_worker_stop(b);
	xhb_self_withdraw(b);
	xhb_evacuation_stop(b);
	xhb_grow_stop(b);
	/* Whoever has the pages next does not know of their memory. */
	while (xhb_reconcile_some(b))
		;
}

/**
 * xhb_policy_destroy() - free what xhb_policy_init() allocated
 * @b: the balloon, stopped
 *
 * Context: may sleep.
 */
void xhb_policy_destroy(struct xhb_balloon *b)
{
	xhb_worker_destroy(b);
}
