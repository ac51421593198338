// SPDX-License-Identifier: GPL-2.0
/*
 * The coalescing worker: 512 pages of the base queue become one 2M page.
 *
 * A 2M block that holds many of them is emptied, which moves them elsewhere,
 * and is released as a whole; then 512 of them are populated. If they all share
 * their blocks with what cannot be moved, any other block will do. So the
 * balloon keeps its size, Xen gets its memory before it gives any, and if it
 * should not give any the engine does what it does with every target that is
 * not reached.
 *
 * With nothing to coalesce, the worker gathers what is free in the guest into
 * 2M blocks in the same way, so that the next inflation finds some: a guest that
 * has to balloon under load is short of them, and will be asked again.
 *
 * The worker shares the engine's queue and never runs beside it. It is queued
 * only while there is something to gain.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>

#include "xhb_policy.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* Longest pause while the guest has no block to offer. */
#define XHB_COALESCE_PAUSE_MOST_MS	(5 * 60 * 1000U)

/* Less than this much free memory outside of 2M blocks is not worth a move. */
#define XHB_SCATTERED_LEAST		(8 * XHB_HUGE_PAGES)

static bool xhb_can_coalesce(struct xhb_balloon *b)
{
	return READ_ONCE(b->base_count) >= XHB_HUGE_PAGES;
}

/* Only a guest that is ballooned may have to give more. */
static bool xhb_can_defrag(struct xhb_balloon *b)
{
	return xhb_knob(b, hugepage_effort) == XHB_EFFORT_EVACUATE &&
	       xhb_ballooned_pages(b) &&
	       xhb_scattered_pages() >= XHB_SCATTERED_LEAST;
}

static bool xhb_worth_working(struct xhb_balloon *b)
{
	return xhb_knob(b, coalesce) && xhb_knob(b, enable_huge) &&
	       (xhb_can_coalesce(b) || xhb_can_defrag(b));
}

/* Populates as many base pages as have been released in their stead. */
static void xhb_return_base(struct xhb_balloon *b, unsigned long want)
{
	unsigned long n;

	lockdep_assert_held(&b->lock);
	for (n = 0; n < min(want, XHB_BATCH_PAGES); n++) {
		b->batch[n] = xhb_base_take(b);
		if (!b->batch[n])
			break;
	}
	if (n)
		xhb_populate(b, b->batch, n, 0);
}

static bool xhb_collapse_any(struct xhb_balloon *b)
{
	unsigned long block;
	bool collapsed = false;

	for (block = 0; block < xhb_blocks_count(b) && !collapsed; block++) {
		if (xhb_block_base(b, block) != XHB_HUGE_PAGES)
			continue;
		mutex_lock(&b->lock);
		collapsed = xhb_collapse_block(b, block);
		mutex_unlock(&b->lock);
	}
	return collapsed;
}

/**
 * xhb_coalesce_one() - make one 2M balloon page of 512 base pages
 * @b: the balloon
 *
 * Context: may sleep; on the engine's queue only, not under the balloon's lock.
 * Return: false if the guest has no block to offer. The balloon is as large as
 * before, unless Xen did less than it was asked for.
 */
bool xhb_coalesce_one(struct xhb_balloon *b)
{
	unsigned long done, huge;
	struct page *page;

	if (xhb_collapse_any(b))
		return true;
	page = xhb_evacuate(b, true);
	if (page)
		xhb_scrub(b, page, XHB_HUGE_ORDER);
	else if (!xhb_alloc_huge(b, &page, 1))
		return false;

	mutex_lock(&b->lock);
	huge = b->huge_count;
	done = xhb_release(b, &page, 1, XHB_HUGE_ORDER);
	if (done)
		xhb_return_base(b, done);
	if (b->huge_count > huge)
		b->counts[XHB_COUNT_COALESCED]++;
	mutex_unlock(&b->lock);

	trace_xen_hugeballoon_coalesce(page_to_pfn(page), done);
	return true;
}

/**
 * xhb_defrag_one() - make a free 2M block of scattered free memory
 * @b: the balloon
 *
 * Context: may sleep; on the engine's queue only, not under the balloon's lock.
 * Return: false if the guest has no block that can be emptied.
 */
bool xhb_defrag_one(struct xhb_balloon *b)
{
	struct page *page = xhb_evacuate(b, false);

	if (!page)
		return false;
	__free_pages(page, XHB_HUGE_ORDER);
	b->counts[XHB_COUNT_DEFRAGGED]++;
	return true;
}

static bool xhb_coalesce_step(struct xhb_balloon *b)
{
	if (xhb_can_coalesce(b) && xhb_coalesce_one(b))
		return true;
	return xhb_can_defrag(b) && xhb_defrag_one(b);
}

static void xhb_coalesce_work(struct work_struct *work)
{
	struct xhb_balloon *b = container_of(to_delayed_work(work),
					     struct xhb_balloon,
					     coalesce_work);
	unsigned int interval = xhb_knob(b, coalesce_interval_ms);
	unsigned int batch = xhb_knob(b, coalesce_batch);

	if (READ_ONCE(b->stopping) || !xhb_worth_working(b))
		return;

	/* A target comes first; once it is reached, the engine calls again. */
	if (!xhb_at_target(b) && !b->backoff.retries)
		return;

	while (batch-- && xhb_worth_working(b) &&
	       !READ_ONCE(b->target_changed)) {
		if (xhb_coalesce_step(b)) {
			b->coalesce_pause_ms = 0;
			continue;
		}
		b->coalesce_pause_ms = clamp(b->coalesce_pause_ms * 2, interval,
					     XHB_COALESCE_PAUSE_MOST_MS);
		break;
	}

	if (!xhb_at_target(b))
		xhb_engine_kick(b);
	if (xhb_worth_working(b))
		queue_delayed_work(b->wq, &b->coalesce_work,
				   msecs_to_jiffies(max(b->coalesce_pause_ms,
							interval)));
	else
		xhb_heal_news(b);
}

/**
 * xhb_coalesce_init() - prepare the worker
 * @b: the balloon, being initialised
 *
 * Context: any.
 */
void xhb_coalesce_init(struct xhb_balloon *b)
{
	INIT_DELAYED_WORK(&b->coalesce_work, xhb_coalesce_work);
}

/**
 * xhb_coalesce_kick() - there may be something to coalesce
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_coalesce_kick(struct xhb_balloon *b)
{
	unsigned int interval = xhb_knob(b, coalesce_interval_ms);

	/* Also when it is pausing: what it waits for may have happened. */
	if (!READ_ONCE(b->stopping) && xhb_worth_working(b))
		mod_delayed_work(b->wq, &b->coalesce_work,
				 msecs_to_jiffies(interval));
}

/**
 * xhb_coalesce_stop() - no coalescing after this returns
 * @b: the balloon, marked as stopping
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_coalesce_stop(struct xhb_balloon *b)
{
	cancel_delayed_work_sync(&b->coalesce_work);
}
