// SPDX-License-Identifier: GPL-2.0
/*
 * Which 2M block of guest memory is to be emptied.
 *
 * Blocks are looked at a window at a time, and of each window those with the
 * least to move are tried. What cannot move is found out by looking first:
 * trying is expensive, because it makes every CPU give up its cached pages.
 */
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>

#include "pages/choose.h"
#include "xhb_compat.h"
#include "xhb_compat_memory.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* More than this to move is not worth a 2M page. */
#define XHB_MOVE_MOST	(XHB_HUGE_PAGES * 3 / 4)

/*
 * Allocated, but without a reference: slabs and large kmalloc() of newer kernels.
 * Only what is on its way to or from the allocator has neither reference nor type.
 */
static bool xhb_is_frozen(struct page *page)
{
	struct page *head = compound_head(page);

	return PageSlab(head) || page_has_type(head);
}

/* Emptying the block would wait for this page, for as long as a device likes. */
static bool xhb_is_in_use(struct page *page)
{
	struct folio *folio = page_folio(page);

	return folio_test_locked(folio) || folio_test_writeback(folio);
}

/*
 * Reads page structures that others change at the same time. The answer is an
 * estimate, and what it is used for copes with a wrong one. Larger pages of
 * programs can be moved, but without gain unless it is just this block that is
 * wanted.
 *
 * Returns the number of pages to move; -EPERM if one of them cannot be moved,
 * -EBUSY if one cannot be moved now.
 */
static int xhb_look_at(struct page *first, bool larger)
{
	bool busy = false;
	int move = 0;
	unsigned int i;

	if (xhb_compat_is_set_aside(first))
		return -EPERM;
	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		struct page *page = first + i;

		if (PageBuddy(page)) {
			unsigned long order = READ_ONCE(page_private(page));

			if (order < XHB_HUGE_ORDER)
				i += (1U << order) - 1;
			continue;
		}
		if (PageCompound(page) ? !larger : PageReserved(page))
			return -EPERM;
		if (!page_count(page)) {
			if (xhb_is_frozen(page))
				return -EPERM;
			continue;
		}
		if (!PageLRU(page) && !PageHuge(page) &&
		    !xhb_compat_is_movable(page))
			return -EPERM;
		busy |= xhb_is_in_use(page);
		move++;
	}
	return busy ? -EBUSY : move;
}

/**
 * xhb_choose_first() - the first page of a block
 * @block: its number
 *
 * Context: any; memory may be unplugged at any time.
 * Return: the page, or NULL if not all of it is memory of one zone.
 */
struct page *xhb_choose_first(unsigned long block)
{
	unsigned long pfn = block << XHB_HUGE_ORDER;
	struct page *first = pfn_to_online_page(pfn);
	struct zone *zone;

	if (!first)
		return NULL;
	zone = page_zone(first);
	if (pfn < zone->zone_start_pfn ||
	    pfn + XHB_HUGE_PAGES > zone_end_pfn(zone))
		return NULL;
	return first;
}

/* Returns the pages to move, or an error if it is not worth a thought. */
static int xhb_block_cost(unsigned long block)
{
	struct page *first = xhb_choose_first(block);

	/*
	 * The lowest memory is what only it can be used for, and where only
	 * movable pages may be no 2M page of the balloon can stay.
	 */
	if (!first || page_zonenum(first) == ZONE_DMA ||
	    xhb_compat_only_movable(first))
		return -EPERM;
	if (!xhb_node_spares(first))
		return -EBUSY;
	/* What is free as a whole is to be had without this. */
	return xhb_look_at(first, false) ?: -ENOENT;
}

/**
 * xhb_choose_block() - the cheapest block of the window
 * @b: the balloon
 * @choice: which blocks will do
 *
 * Context: where blocks are emptied, one at a time.
 * Return: its number, or -1 if none will do.
 */
long xhb_choose_block(struct xhb_balloon *b, enum xhb_choice choice)
{
	unsigned long cursor = b->choose.cursor;
	unsigned long end = min(cursor + XHB_WINDOW, xhb_blocks_count(b));
	int cost, base, least = XHB_MOVE_MOST;
	unsigned long block;
	long best = -1;

	for (block = cursor; block < end; block++) {
		if (xhb_block_is_busy(b, block))
			continue;
		base = xhb_block_base(b, block);
		if (choice == XHB_CHOICE_WITH_BASE && !base)
			continue;
		cost = xhb_block_cost(block);
		if (cost < 0)
			continue;
		/* Moving a balloon page frees the place for good. */
		cost -= min(cost, base);
		if (cost < least) {
			least = cost;
			best = block;
		}
	}
	trace_xen_hugeballoon_choose(choice, cursor, best, least);
	return best;
}

/**
 * xhb_choose_next() - look at other blocks from now on
 * @b: the balloon
 *
 * Context: where blocks are emptied, one at a time.
 */
void xhb_choose_next(struct xhb_balloon *b)
{
	struct xhb_choose *c = &b->choose;

	c->cursor += XHB_WINDOW;
	if (c->cursor < xhb_blocks_count(b))
		return;
	c->cursor = 0;
	xhb_blocks_turn(b);
}

/**
 * xhb_choose_check() - can this block be emptied at all, and now?
 * @b: the balloon
 * @block: its number
 *
 * Context: any.
 * Return: 0; -ENXIO if it is not all memory of one zone, -EPERM if it holds what
 * cannot be moved, -EBUSY if it holds what is just being read or written or its node
 * has no room, -ENOMEM if there is no room to move it to.
 */
int xhb_choose_check(struct xhb_balloon *b, unsigned long block)
{
	struct page *page = xhb_choose_first(block);
	int move, err = 0;

	if (!page)
		return -ENXIO;
	move = xhb_look_at(page, true);
	if (move < 0)
		err = move;
	else if (move && !xhb_node_spares(page))
		err = -EBUSY;
	else if (move && !xhb_spare(b, XHB_USE_MOVE))
		err = -ENOMEM;
	trace_xen_hugeballoon_choose(XHB_CHOICE_THIS, block, err ? -1 : block,
				     move);
	return err;
}

/**
 * xhb_scattered_pages() - free memory that is not part of a free 2M block
 *
 * Context: any; the number may be old when it returns.
 * Return: 4K pages.
 */
unsigned long xhb_scattered_pages(void)
{
	unsigned long pages = 0;
	int node, zone, order;

	for_each_online_node(node) {
		for (zone = 0; zone < MAX_NR_ZONES; zone++) {
			struct free_area *area =
				NODE_DATA(node)->node_zones[zone].free_area;

			for (order = 0; order < XHB_HUGE_ORDER; order++)
				pages += READ_ONCE(area[order].nr_free) << order;
		}
	}
	return pages;
}
