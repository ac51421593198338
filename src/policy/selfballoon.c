// SPDX-License-Identifier: GPL-2.0
/*
 * The task that looks at what the guest needs, and requests that size for it.
 *
 * It looks once in an interval, and at once when somebody waits for memory: then the
 * guest may only grow. The host's target stays the most that it gets.
 */
#include <linux/jiffies.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/* Reclaim that goes on does not make the guest look more often. */
#define XHB_SELF_HINT_MS	100

#define XHB_MB_PAGES(mb)	((mb) << (20 - PAGE_SHIFT))

/**
 * xhb_self_init() - prepare, without a request
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_self_init(struct xhb_balloon *b)
{
	b->selfballoon = (struct xhb_selfballoon) {
		.hinted = jiffies - msecs_to_jiffies(XHB_SELF_HINT_MS),
	};
}

/**
 * xhb_self_hint() - free memory is getting short
 * @b: the balloon
 *
 * Context: any, also in reclaim: nothing is waited for.
 */
void xhb_self_hint(struct xhb_balloon *b)
{
	struct xhb_selfballoon *s = &b->selfballoon;
	unsigned long now = jiffies;

	if ((!xhb_knob(b, selfballooning) &&
	     !xhb_knob(b, frontswap_selfshrinking)) ||
	    time_before(now, READ_ONCE(s->hinted) +
			     msecs_to_jiffies(XHB_SELF_HINT_MS)))
		return;
	WRITE_ONCE(s->hinted, now);
	atomic_long_inc(&s->hints);
	xhb_worker_wake(b);
}

/**
 * xhb_self_hints() - how often has free memory been short?
 * @b: the balloon
 *
 * Context: any.
 * Return: a number that changes whenever it is, though not more often than somebody has
 * to look.
 */
unsigned long xhb_self_hints(struct xhb_balloon *b)
{
	return atomic_long_read(&b->selfballoon.hints);
}

/**
 * xhb_self_withdraw() - the guest asks nothing of itself
 * @b: the balloon
 *
 * Context: on the worker, or while it does not run.
 */
void xhb_self_withdraw(struct xhb_balloon *b)
{
	struct xhb_selfballoon *s = &b->selfballoon;

	if (!s->active)
		return;
	s->active = false;
	s->state = (struct xhb_self_state) {};
	xhb_target_request(b, XHB_REQUESTER_SELF,
			   xhb_no_request(XHB_REQUESTER_SELF));
}

static void xhb_self_wishes(struct xhb_balloon *b,
			    struct xhb_self_wishes *wishes)
{
	*wishes = (struct xhb_self_wishes) {
		.down = xhb_knob(b, selfballoon_downhysteresis),
		.up = xhb_knob(b, selfballoon_uphysteresis),
		.least = XHB_MB_PAGES(xhb_knob(b, selfballoon_min_usable_mb)),
		.reserved = XHB_MB_PAGES(xhb_knob(b, selfballoon_reserved_mb)),
	};
}

/* Until the interval is over, in jiffies; the user may have changed it. */
static long xhb_self_left(struct xhb_balloon *b)
{
	struct xhb_selfballoon *s = &b->selfballoon;

	if (!s->active)
		return 0;
	return s->last + xhb_knob(b, selfballoon_interval) * HZ - jiffies;
}

static void xhb_self_begin_interval(struct xhb_selfballoon *s,
				    struct xhb_self_sample *sample)
{
	unsigned long returned = xhb_demand_returned();

	if (s->active)
		sample->returned = returned - s->returned;
	s->returned = returned;
	s->last = jiffies;
}

/**
 * xhb_self_step() - look at what the guest needs
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: milliseconds until the interval is over, or XHB_STEP_REST without a request.
 */
unsigned int xhb_self_step(struct xhb_balloon *b)
{
	struct xhb_selfballoon *s = &b->selfballoon;
	bool interval = xhb_self_left(b) <= 0;
	struct xhb_self_wishes wishes;
	struct xhb_self_sample sample;
	unsigned long before = s->state.target, target;

	if (!xhb_knob(b, selfballooning)) {
		xhb_self_withdraw(b);
		return XHB_STEP_REST;
	}
	xhb_self_wishes(b, &wishes);
	xhb_demand_sample(b, &sample);
	if (interval)
		xhb_self_begin_interval(s, &sample);
	target = xhb_self_decide(&s->state, &sample, &wishes, interval);
	trace_xen_hugeballoon_self(&sample, target, interval);
	if (!s->active || target != before)
		xhb_target_request(b, XHB_REQUESTER_SELF, target);
	s->active = true;
	return jiffies_to_msecs(max(xhb_self_left(b), 0L)) + 1;
}

static bool xhb_self_wanted(struct xhb_balloon *b)
{
	return xhb_knob(b, selfballooning) || b->selfballoon.active;
}

static unsigned long xhb_self_news(struct xhb_balloon *b)
{
	return xhb_self_hints(b) + xhb_knobs_changes(b);
}

const struct xhb_task xhb_selfballoon_task = {
	.name = "selfballoon",
	.wanted = xhb_self_wanted,
	.news = xhb_self_news,
	.step = xhb_self_step,
};
