// SPDX-License-Identifier: GPL-2.0
/*
 * The task that adds memory to a guest whose balloon is empty, and whose target is
 * beyond all that it has.
 *
 * It never adds more than Xen lets the domain have, nor so much that the kernel's
 * own page structures for it would take what the guest cannot spare. For less than
 * 2M nothing is added: Xen often allows a domain a little more than its target.
 */
#include "policy/grow.h"
#include "xhb_pages.h"
#include "xhb_policy.h"

/*
 * A page structure takes 1/64 of the page that it is for. With this much for each
 * page to spare, half of it is left.
 */
#define XHB_GROW_PER_SPARE	32UL

/* 4K pages that the target is beyond all memory, online or not. */
static unsigned long xhb_grow_missing(struct xhb_balloon *b)
{
	unsigned long wanted = xhb_target_pages(b) + xhb_foreign_used(b);
	unsigned long total = xhb_total_pages(b);

	return wanted > total ? wanted - total : 0;
}

static bool xhb_grow_wanted(struct xhb_balloon *b)
{
	return xhb_can_grow() && !xhb_ballooned_pages(b) && xhb_grow_missing(b);
}

static unsigned long xhb_grow_news(struct xhb_balloon *b)
{
	return xhb_target_changes(b);
}

/**
 * xhb_grow_step() - have a piece of what is missing added
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: XHB_STEP_STUCK, since a piece that was asked for may be refused, and if it
 * is not, the task is not wanted any more; XHB_COPIED_WAIT_MS while the domain is
 * being copied.
 */
unsigned int xhb_grow_step(struct xhb_balloon *b)
{
	unsigned long most;

	if (xhb_is_copied(b))
		return XHB_COPIED_WAIT_MS;
	if (xhb_growing(b))
		return XHB_STEP_STUCK;
	most = min(xhb_headroom(b),
		   xhb_spare(b, XHB_USE_BALLOON) * XHB_GROW_PER_SPARE);
	most = min(most, xhb_grow_missing(b));
	if (most >= XHB_HUGE_PAGES)
		xhb_grow(b, most);
	return XHB_STEP_STUCK;
}

const struct xhb_task xhb_grow_task = {
	.name = "grow",
	.wanted = xhb_grow_wanted,
	.news = xhb_grow_news,
	.step = xhb_grow_step,
	.limits = xhb_resize_limits,
};
