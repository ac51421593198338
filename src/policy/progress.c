// SPDX-License-Identifier: GPL-2.0
/*
 * What the way to the target is just now, for people and for who may have to
 * help: each step towards it says why it got no further.
 */
#include <linux/jiffies.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/**
 * xhb_progress_init() - start at the target
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_progress_init(struct xhb_balloon *b)
{
	b->progress.why = XHB_WHY_TARGET;
	b->progress.since = jiffies;
	b->progress.changed = NULL;
}

/**
 * xhb_progress_listen() - be told when the answer of xhb_why() changes
 * @b: the balloon, its worker not started
 * @changed: called on the worker, without locks; may not sleep for long
 *
 * Context: any.
 */
void xhb_progress_listen(struct xhb_balloon *b,
			 void (*changed)(struct xhb_balloon *b))
{
	b->progress.changed = changed;
}

/**
 * xhb_progress_set() - a step has ended
 * @b: the balloon
 * @why: it went no further
 *
 * Context: on the worker only.
 */
void xhb_progress_set(struct xhb_balloon *b, enum xhb_why why)
{
	struct xhb_progress *p = &b->progress;

	if (p->why == why)
		return;
	WRITE_ONCE(p->since, jiffies);
	WRITE_ONCE(p->why, why);
	trace_xen_hugeballoon_why(why);
	if (p->changed)
		p->changed(b);
}

/**
 * xhb_why() - why has the guest the size that it has?
 * @b: the balloon
 *
 * Context: any; the answer may be old when it is given.
 * Return: what the last step towards the target has found.
 */
enum xhb_why xhb_why(struct xhb_balloon *b)
{
	return READ_ONCE(b->progress.why);
}

/**
 * xhb_why_state() - what does a reason come down to?
 * @why: the reason
 *
 * Context: any.
 * Return: the state that people, and by xhb_is_moving() the host, are told.
 */
enum xhb_state xhb_why_state(enum xhb_why why)
{
	switch (why) {
	case XHB_WHY_TARGET:
		return XHB_STATE_TARGET;
	case XHB_WHY_GIVES:
	case XHB_WHY_EMPTIES:
	case XHB_WHY_TAKES:
		return XHB_STATE_MOVING;
	case XHB_WHY_FLOOR:
		return XHB_STATE_FLOOR;
	case XHB_WHY_COPIED:
		return XHB_STATE_MIGRATING;
	case XHB_WHY_FOREIGN:
		return XHB_STATE_LENDING;
	default:
		return XHB_STATE_STUCK;
	}
}

/**
 * xhb_is_moving() - is the guest on its way to the target?
 * @b: the balloon
 *
 * Context: any; the answer may be old when it is given.
 * Return: false at the target, and where it cannot get on for now.
 */
bool xhb_is_moving(struct xhb_balloon *b)
{
	return xhb_why_state(xhb_why(b)) == XHB_STATE_MOVING;
}

/**
 * xhb_why_since_ms() - for how long has it been so?
 * @b: the balloon
 *
 * Context: any; the answer may be old when it is given.
 * Return: milliseconds.
 */
unsigned int xhb_why_since_ms(struct xhb_balloon *b)
{
	return jiffies_to_msecs(jiffies - READ_ONCE(b->progress.since));
}
