// SPDX-License-Identifier: GPL-2.0
/*
 * The task that coalesces: 512 pages of the base queue become one 2M page.
 *
 * Where they form a block they collapse in place. Otherwise a 2M block that holds
 * many of them is emptied, which moves them elsewhere, and is traded for 512 of
 * them. If they all share their blocks with what cannot be moved, any other block
 * will do. So the balloon keeps its size.
 */
#include <linux/err.h>
#include <linux/mm.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/* Longest pause while the guest has no block to offer. */
#define XHB_COALESCE_PAUSE_MOST_MS	(5 * 60 * 1000UL)

static bool xhb_coalesce_wanted(struct xhb_balloon *b)
{
	return xhb_knob(b, coalesce) && xhb_knob(b, enable_huge) &&
	       xhb_xen_has_superpages(&b->xen) &&
	       xhb_base_pages(b) >= XHB_HUGE_PAGES;
}

/**
 * xhb_coalesce_has_work() - is the coalescer getting on, if only after a pause?
 * @b: the balloon
 *
 * Context: on the worker.
 * Return: false if it has nothing to do, or nothing that it can do.
 */
bool xhb_coalesce_has_work(struct xhb_balloon *b)
{
	return xhb_coalesce_wanted(b) && !b->coalesce.stuck;
}

/**
 * xhb_coalesce_news() - may what could not be done before be possible now?
 * @b: the balloon
 *
 * Context: on the worker.
 * Return: a number that changes when the balloon has come to another size, or a
 * knob was written.
 */
unsigned long xhb_coalesce_news(struct xhb_balloon *b)
{
	return xhb_batch_progress(b) + xhb_knobs_changes(b);
}

/**
 * xhb_coalesce_settle_ms() - how long to leave the balloon alone after a change
 * @b: the balloon
 *
 * Context: any.
 * Return: milliseconds.
 */
unsigned int xhb_coalesce_settle_ms(struct xhb_balloon *b)
{
	return xhb_knob(b, coalesce_interval_ms);
}

/**
 * xhb_coalesce_limits() - pauses while the guest has no block to offer
 * @b: the balloon
 * @limits: filled; milliseconds
 *
 * Context: any.
 */
void xhb_coalesce_limits(struct xhb_balloon *b, struct xhb_limits *limits)
{
	limits->first = xhb_knob(b, coalesce_interval_ms);
	limits->longest = XHB_COALESCE_PAUSE_MOST_MS;
	limits->tries = 0;
}

/**
 * xhb_coalesce_pause() - pause after a block was made
 * @b: the balloon
 *
 * Context: on the worker.
 * Return: milliseconds, 0 until as many were made as the user wants at once.
 */
unsigned int xhb_coalesce_pause(struct xhb_balloon *b)
{
	if (++b->coalesce.made < xhb_knob(b, coalesce_batch))
		return XHB_STEP_AGAIN;
	b->coalesce.made = 0;
	return xhb_knob(b, coalesce_interval_ms);
}

static bool xhb_collapse_any(struct xhb_balloon *b)
{
	unsigned long block;
	bool collapsed = false;

	for (block = 0; block < xhb_blocks_count(b) && !collapsed; block++) {
		if (xhb_block_base(b, block) != XHB_HUGE_PAGES)
			continue;
		xhb_lock(b);
		collapsed = xhb_collapse_block(b, block);
		xhb_unlock(b);
		xhb_tried(b, XHB_TRY_COLLAPSE_2M, 1, collapsed);
		trace_xen_hugeballoon_collapse(block, collapsed);
	}
	return collapsed;
}

static struct page *xhb_free_2m(struct xhb_balloon *b)
{
	struct xhb_op op;

	xhb_op_init(&op, XHB_HUGE_ORDER);
	return xhb_alloc_huge(b, &op, 1) ? xhb_op_take(&op) : NULL;
}

/* A 2M page to trade, or an error; -EINPROGRESS while it is being emptied. */
static struct page *xhb_find_page(struct xhb_balloon *b)
{
	struct xhb_coalesce *c = &b->coalesce;
	struct page *page;

	if (!c->elsewhere) {
		page = xhb_evacuate(b, XHB_CHOICE_WITH_BASE, 0);
		if (!IS_ERR(page))
			goto scrub;
		if (page == ERR_PTR(-EINPROGRESS))
			return page;
		page = xhb_free_2m(b);
		if (page)
			return page;
		if (xhb_effort(b) < XHB_EFFORT_EVACUATE)
			return ERR_PTR(-ENOENT);
		c->elsewhere = true;
	}

	page = xhb_evacuate(b, XHB_CHOICE_ANY, 0);
	if (page == ERR_PTR(-EINPROGRESS))
		return page;
	c->elsewhere = false;
	if (IS_ERR(page))
		return page;
scrub:
	xhb_scrub(b, page, XHB_HUGE_ORDER);
	return page;
}

static void xhb_coalesce_page(struct xhb_balloon *b, struct page *page)
{
	struct xhb_done done;
	struct xhb_op op;

	xhb_op_init(&op, XHB_HUGE_ORDER);
	xhb_op_add(&op, page);
	xhb_lock(b);
	done = xhb_trade(b, &op);
	xhb_unlock(b);

	xhb_tried(b, XHB_TRY_COALESCE_2M, XHB_HUGE_PAGES, done.pages);
	if (done.pages == XHB_HUGE_PAGES)
		xhb_count_add(b, XHB_COUNT_COALESCED, 1);
	trace_xen_hugeballoon_coalesce(page, done.pages);
}

/**
 * xhb_coalesce_step() - make one 2M balloon page of 512 base pages
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: the pause until the next, XHB_STEP_BLOCK while a block is being
 * emptied, XHB_STEP_STUCK if the guest has none to offer. The balloon is as large
 * as before, unless Xen did less than it was asked for.
 */
unsigned int xhb_coalesce_step(struct xhb_balloon *b)
{
	struct page *page;

	if (!xhb_collapse_any(b)) {
		if (xhb_is_copied(b))
			return XHB_COPIED_WAIT_MS;
		page = xhb_spare_kernel(b) < XHB_HUGE_PAGES ?
		       ERR_PTR(-ENOMEM) : xhb_find_page(b);
		if (page == ERR_PTR(-EINPROGRESS))
			return XHB_STEP_BLOCK;
		b->coalesce.stuck = IS_ERR(page);
		if (IS_ERR(page))
			return XHB_STEP_STUCK;
		xhb_coalesce_page(b, page);
	}
	return xhb_coalesce_pause(b);
}

const struct xhb_task xhb_coalesce_task = {
	.name = "coalesce",
	.wanted = xhb_coalesce_wanted,
	.news = xhb_coalesce_news,
	.step = xhb_coalesce_step,
	.settle_ms = xhb_coalesce_settle_ms,
	.limits = xhb_coalesce_limits,
};
