// SPDX-License-Identifier: GPL-2.0
/*
 * The target: each requester has its own, and the one that follows from them is
 * where the worker moves the balloon.
 */
#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/mm_types.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <xen/balloon.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/**
 * xhb_target_init() - start with the target that is there
 * @b: the balloon
 * @stats: statistics to keep, holding the present target, which is the host's
 *
 * Context: any.
 */
void xhb_target_init(struct xhb_balloon *b, struct balloon_stats *stats)
{
	struct xhb_target *t = &b->target;
	enum xhb_requester who;

	spin_lock_init(&t->lock);
	t->stats = stats;
	t->changes = 0;
	for (who = 0; who < XHB_REQUESTER_COUNT; who++)
		t->requests[who] = xhb_no_request(who);
	t->requests[XHB_REQUESTER_HOST] = stats->target_pages;
}

/**
 * xhb_target_start() - nobody but this file sets the target any more
 * @b: the balloon
 *
 * What was set meanwhile came from the host.
 *
 * Context: may sleep.
 */
void xhb_target_start(struct xhb_balloon *b)
{
	struct xhb_target *t = &b->target;

	spin_lock(&t->lock);
	t->requests[XHB_REQUESTER_HOST] = READ_ONCE(t->stats->target_pages);
	spin_unlock(&t->lock);
}

/**
 * xhb_target_request() - somebody wants the guest to have another size
 * @b: the balloon
 * @who: wants it
 * @pages: 4K pages, counted as balloon_stats.current_pages is; what
 *	xhb_no_request() returns for no wish
 *
 * Any number is accepted: the worker goes as far as the guest's floor, the
 * balloon's content and Xen allow.
 *
 * Context: any but interrupts; may be called before the worker is started, which
 * finds it then.
 */
void xhb_target_request(struct xhb_balloon *b, enum xhb_requester who,
			unsigned long pages)
{
	struct xhb_target *t = &b->target;
	enum xhb_requester winner;
	unsigned long old, new;

	spin_lock(&t->lock);
	old = t->stats->target_pages;
	t->requests[who] = pages;
	new = xhb_effective_target(t->requests, &winner);
	WRITE_ONCE(t->stats->target_pages, new);
	/* Whoever sees the change sees the target, too. */
	smp_store_release(&t->changes, t->changes + 1);
	spin_unlock(&t->lock);

	trace_xen_hugeballoon_target(old, new, winner, who, pages);
	xhb_worker_wake(b);
}

/**
 * xhb_target_pages() - the size that the guest should have
 * @b: the balloon
 *
 * Context: any.
 * Return: 4K pages, counted as balloon_stats.current_pages is.
 */
unsigned long xhb_target_pages(struct xhb_balloon *b)
{
	return READ_ONCE(b->target.stats->target_pages);
}

/**
 * xhb_target_of_host() - the size that the host wants the guest to have
 * @b: the balloon
 *
 * Context: any but interrupts.
 * Return: 4K pages, counted as balloon_stats.current_pages is.
 */
unsigned long xhb_target_of_host(struct xhb_balloon *b)
{
	unsigned long pages;

	spin_lock(&b->target.lock);
	pages = b->target.requests[XHB_REQUESTER_HOST];
	spin_unlock(&b->target.lock);
	return pages;
}

/**
 * xhb_target_leave() - a target for who has the balloon next, and has no floor
 * @b: the balloon, its worker stopped
 *
 * The built-in driver follows any target until the kernel itself has no page left, and
 * takes none from the zone for movable pages. So a target that only the floor keeps the
 * guest from becomes the floor. One that the host sets meanwhile stays.
 *
 * Context: may sleep.
 */
void xhb_target_leave(struct xhb_balloon *b)
{
	unsigned long target = xhb_target_pages(b);
	unsigned long size = xhb_current_pages(b);
	unsigned long least = size - min3(size, xhb_spare(b, XHB_USE_BALLOON),
					  xhb_spare_kernel(b));

	if (target >= least)
		return;
	if (cmpxchg(&b->target.stats->target_pages, target, least) == target)
		pr_info("the target of %lu KiB is below the floor, and becomes %lu KiB for the built-in driver\n",
			xhb_pages_to_kb(target), xhb_pages_to_kb(least));
}

static enum xhb_requester xhb_target_who(struct xhb_balloon *b, bool pressure)
{
	unsigned long requests[XHB_REQUESTER_COUNT];
	enum xhb_requester who;

	spin_lock(&b->target.lock);
	memcpy(requests, b->target.requests, sizeof(requests));
	spin_unlock(&b->target.lock);
	if (!pressure)
		requests[XHB_REQUESTER_PRESSURE] =
			xhb_no_request(XHB_REQUESTER_PRESSURE);
	xhb_effective_target(requests, &who);
	return who;
}

/**
 * xhb_target_by() - who wants the guest to have that size
 * @b: the balloon
 *
 * Context: any but interrupts.
 * Return: whose target is followed.
 */
enum xhb_requester xhb_target_by(struct xhb_balloon *b)
{
	return xhb_target_who(b, true);
}

/**
 * xhb_target_shrunk_by() - who, pressure aside, wants the guest as small as it is
 * @b: the balloon
 *
 * Context: any but interrupts.
 * Return: the host or the guest itself.
 */
enum xhb_requester xhb_target_shrunk_by(struct xhb_balloon *b)
{
	return xhb_target_who(b, false);
}

/**
 * xhb_target_changes() - has anybody requested anything?
 * @b: the balloon
 *
 * Context: any.
 * Return: a number that grows with each request, also of what is the target
 * already.
 */
unsigned long xhb_target_changes(struct xhb_balloon *b)
{
	/* Pairs with xhb_target_request(). */
	return smp_load_acquire(&b->target.changes);
}
