// SPDX-License-Identifier: GPL-2.0
/*
 * Pages out of the guest's allocator, for the balloon.
 *
 * Pages leave for the hypervisor scrubbed, cleared once and not twice: where the
 * allocator does it anyway (init_on_alloc, init_on_free) it is asked for zeroed
 * memory, elsewhere all of a batch is cleared at once, which can be timed.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "xhb_pages.h"

/* Never dip into reserves, never complain, and never kill to fill a balloon. */
#define XHB_GFP_TAKE	(__GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN)

/* The free lists only: nobody is woken and nothing is reclaimed. */
#define XHB_GFP_HUGE_FREE \
	((GFP_HIGHUSER & ~__GFP_RECLAIM) | XHB_GFP_TAKE)

/*
 * One round of compaction, which waits for nobody: what is locked or under writeback
 * it leaves alone. Without __GFP_THISNODE newer kernels would reclaim
 * a round of memory, that is swap it out, on top.
 */
#define XHB_GFP_HUGE_COMPACT \
	((GFP_HIGHUSER & ~__GFP_KSWAPD_RECLAIM) | XHB_GFP_TAKE | __GFP_THISNODE)

/**
 * xhb_alloc_init() - prepare for allocating pages
 * @b: the balloon
 * @scrub: switch that says whether pages leave scrubbed
 *
 * Context: any.
 */
void xhb_alloc_init(struct xhb_balloon *b, const bool *scrub)
{
	b->alloc.scrub = scrub;
}

static bool xhb_allocator_clears(void)
{
	return want_init_on_alloc(0) || want_init_on_free();
}

static gfp_t xhb_scrub_flag(struct xhb_balloon *b)
{
	return READ_ONCE(*b->alloc.scrub) && xhb_allocator_clears() ?
	       __GFP_ZERO : 0;
}

/**
 * xhb_scrub_used() - clear what was in use, unless the user does not want that
 * @b: the balloon
 * @page: 4K
 *
 * Context: may sleep.
 */
void xhb_scrub_used(struct xhb_balloon *b, struct page *page)
{
	if (READ_ONCE(*b->alloc.scrub))
		clear_highpage(page);
}

/**
 * xhb_scrub() - clear a page for Xen, unless the user does not want that
 * @b: the balloon
 * @page: first 4K page, allocated just now by other means than those below
 * @order: log2 of the number of 4K pages
 *
 * Context: may sleep.
 */
void xhb_scrub(struct xhb_balloon *b, struct page *page, unsigned int order)
{
	u64 begin = order ? xhb_time_begin() : 0;
	unsigned long i;

	/* The allocator may have done it. */
	if (want_init_on_alloc(0))
		return;
	for (i = 0; i < 1UL << order; i++)
		xhb_scrub_used(b, page + i);
	if (order)
		xhb_time_step(b, XHB_TIME_CLEAR, begin);
}

/* Clears all pages but the first @had, which came before. */
static void xhb_scrub_op(struct xhb_balloon *b, struct xhb_op *op,
			 unsigned int had)
{
	struct page *page;
	unsigned long i;

	list_for_each_entry_reverse(page, &op->pages, lru) {
		if (had++ == op->count)
			break;
		for (i = 0; i < 1UL << op->order; i++)
			xhb_scrub_used(b, page + i);
		if (op->order)
			cond_resched();
	}
}

/* So many were @asked for, beside those that @op @had. */
static unsigned int xhb_allocated(struct xhb_balloon *b, struct xhb_op *op,
				  unsigned int had, unsigned long asked,
				  u64 begin)
{
	if (!asked)
		return op->count;
	begin = xhb_time_step(b, XHB_TIME_ALLOCATE, begin);
	xhb_tried(b, op->order ? XHB_TRY_ALLOCATE_2M : XHB_TRY_ALLOCATE_4K,
		  asked, op->count - had);
	if (op->count > had && !xhb_allocator_clears()) {
		xhb_scrub_op(b, op, had);
		xhb_time_step(b, XHB_TIME_CLEAR, begin);
	}
	return op->count;
}

/**
 * xhb_effort() - how hard to try for a 2M page
 * @b: the balloon
 *
 * Where 2M pages are nothing to Xen no memory is moved for them. What is free as a
 * whole costs less than as 4K pages everywhere.
 *
 * Context: any.
 * Return: what the user allows, or XHB_EFFORT_FREE in PV guests.
 */
enum xhb_effort xhb_effort(struct xhb_balloon *b)
{
	return xhb_xen_has_superpages(&b->xen) ?
	       xhb_knob(b, hugepage_effort) : XHB_EFFORT_FREE;
}

static struct page *xhb_alloc_one_huge(enum xhb_effort effort, gfp_t scrub)
{
	int node, richest = xhb_node_richest(XHB_GFP_HUGE_FREE);
	struct page *page;

	page = alloc_pages_node(richest, XHB_GFP_HUGE_FREE | scrub, XHB_HUGE_ORDER);
	if (page || effort == XHB_EFFORT_FREE)
		return page;

	if (richest != NUMA_NO_NODE)
		page = alloc_pages_node(richest, XHB_GFP_HUGE_COMPACT | scrub,
					XHB_HUGE_ORDER);
	for_each_node_state(node, N_MEMORY) {
		if (!page && node != richest)
			page = alloc_pages_node(node, XHB_GFP_HUGE_COMPACT | scrub,
						XHB_HUGE_ORDER);
	}
	return page;
}

/**
 * xhb_alloc_huge() - 2M pages from the guest, as hard as the user allows
 * @b: the balloon
 * @op: gets the pages; made for 2M ones
 * @n: how many are wanted
 *
 * Of several nodes the one that can spare most gives each of them. No block is emptied
 * for it: that takes long, see xhb_evacuate().
 *
 * Context: may sleep; not under the balloon's lock, because compaction may end
 * up in this driver.
 * Return: how many @op has now; stops at the first that cannot be had.
 */
unsigned int xhb_alloc_huge(struct xhb_balloon *b, struct xhb_op *op,
			    unsigned long n)
{
	enum xhb_effort effort = xhb_effort(b);
	gfp_t scrub = xhb_scrub_flag(b);
	unsigned int had = op->count;
	u64 begin = xhb_time_begin();
	struct page *page;

	while (op->count < n) {
		page = xhb_alloc_one_huge(effort, scrub);
		if (!page)
			break;
		xhb_op_add(op, page);
		cond_resched();
	}
	return xhb_allocated(b, op, had, n - had, begin);
}

/**
 * xhb_alloc_base() - 4K pages from the guest
 * @b: the balloon
 * @op: gets the pages; made for 4K ones
 * @n: how many are wanted
 * @gfp: flags on top of those that keep the guest safe
 *
 * Of several nodes the one that can spare most gives all of them, as far as it can.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: how many @op has now; stops at the first that cannot be had.
 */
unsigned int xhb_alloc_base(struct xhb_balloon *b, struct xhb_op *op,
			    unsigned long n, gfp_t gfp)
{
	gfp_t scrub = xhb_scrub_flag(b);
	int richest = xhb_node_richest(gfp);
	unsigned int had = op->count;
	u64 begin = xhb_time_begin();
	struct page *page;

	while (op->count < n) {
		page = alloc_pages_node(richest, gfp | XHB_GFP_TAKE | scrub, 0);
		if (!page)
			break;
		xhb_op_add(op, page);
	}
	return xhb_allocated(b, op, had, n - had, begin);
}
