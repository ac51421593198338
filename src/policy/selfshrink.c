// SPDX-License-Identifier: GPL-2.0
/*
 * The task that says when swapped-out memory may come back, and how much.
 *
 * A module cannot bring it back: what it could do leaves out all that is shared. A
 * program can, by a swapoff that it interrupts. It waits for what is said here.
 */
#include <linux/jiffies.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/**
 * xhb_selfshrink_init() - prepare, with nothing allowed
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_selfshrink_init(struct xhb_balloon *b)
{
	b->selfshrink = (struct xhb_selfshrink) {};
}

/**
 * xhb_selfshrink_listen() - be told when more may come back, or no more
 * @b: the balloon, its worker not started
 * @changed: called on the worker, without locks; may not sleep for long
 *
 * Context: any.
 */
void xhb_selfshrink_listen(struct xhb_balloon *b,
			   void (*changed)(struct xhb_balloon *b))
{
	b->selfshrink.changed = changed;
}

/**
 * xhb_selfshrink_room() - how much may come back now
 * @b: the balloon
 *
 * Context: any; an estimate that may be old when it is given.
 * Return: 4K pages; 0 if none, or if memory is or was short.
 */
unsigned long xhb_selfshrink_room(struct xhb_balloon *b)
{
	if (!READ_ONCE(b->selfshrink.allowed))
		return 0;
	return xhb_shrink_room(xhb_spare(b, XHB_USE_BALLOON),
			       xhb_current_pages(b), xhb_target_pages(b));
}

static void xhb_selfshrink_allow(struct xhb_balloon *b, bool allowed)
{
	struct xhb_selfshrink *s = &b->selfshrink;

	if (s->allowed == allowed)
		return;
	WRITE_ONCE(s->allowed, allowed);
	if (s->changed)
		s->changed(b);
}

/* Until the interval is over, in jiffies; the user may have changed it. */
static long xhb_selfshrink_left(struct xhb_balloon *b)
{
	struct xhb_selfshrink *s = &b->selfshrink;

	if (!s->active)
		return 0;
	return s->last + xhb_knob(b, selfballoon_interval) * HZ - jiffies;
}

/**
 * xhb_selfshrink_step() - look whether memory is short
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: milliseconds until the interval is over, or XHB_STEP_REST if nobody wants to
 * know.
 */
unsigned int xhb_selfshrink_step(struct xhb_balloon *b)
{
	struct xhb_selfshrink *s = &b->selfshrink;
	bool interval = xhb_selfshrink_left(b) <= 0, allowed;
	unsigned long out = xhb_demand_swapped_out(), more;

	if (!xhb_knob(b, frontswap_selfshrinking)) {
		s->active = false;
		s->calm = 0;
		xhb_selfshrink_allow(b, false);
		return XHB_STEP_REST;
	}
	more = s->active ? out - s->swapped_out : 0;
	s->swapped_out = out;
	allowed = xhb_shrink_decide(&s->calm, more || xhb_pressure_active(b),
				    xhb_knob(b, frontswap_inertia),
				    interval && s->active);
	if (interval)
		s->last = jiffies;
	s->active = true;
	xhb_selfshrink_allow(b, allowed);
	trace_xen_hugeballoon_selfshrink(more, xhb_selfshrink_room(b));
	return jiffies_to_msecs(max(xhb_selfshrink_left(b), 0L)) + 1;
}

static bool xhb_selfshrink_wanted(struct xhb_balloon *b)
{
	return xhb_knob(b, frontswap_selfshrinking) || b->selfshrink.active;
}

static unsigned long xhb_selfshrink_news(struct xhb_balloon *b)
{
	return xhb_self_hints(b) + xhb_knobs_changes(b);
}

const struct xhb_task xhb_selfshrink_task = {
	.name = "selfshrink",
	.wanted = xhb_selfshrink_wanted,
	.news = xhb_selfshrink_news,
	.step = xhb_selfshrink_step,
};
