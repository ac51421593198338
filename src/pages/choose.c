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
#include "xhb_pages.h"

/* More than this to move is not worth a 2M page. */
#define XHB_MOVE_MOST	(XHB_HUGE_PAGES * 3 / 4)
/* Instead of a number of pages. */
#define XHB_UNMOVABLE	UINT_MAX

/*
 * Reads page structures that others change at the same time. The answer is an
 * estimate, and what it is used for copes with a wrong one. Larger pages of
 * programs can be moved, but without gain unless it is just this block that is
 * wanted.
 */
static unsigned int xhb_pages_to_move(struct page *first, bool larger)
{
	unsigned int i, move = 0;

	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		struct page *page = first + i;

		if (PageBuddy(page)) {
			unsigned long order = READ_ONCE(page_private(page));

			if (order < XHB_HUGE_ORDER)
				i += (1U << order) - 1;
			continue;
		}
		if (PageCompound(page) ? !larger : PageReserved(page))
			return XHB_UNMOVABLE;
		/* On its way to or from the allocator. */
		if (!page_count(page))
			continue;
		if (!PageLRU(page) && !PageHuge(page) &&
		    !xhb_compat_is_movable(page))
			return XHB_UNMOVABLE;
		move++;
	}
	return move;
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

static unsigned int xhb_block_cost(unsigned long block)
{
	struct page *first = xhb_choose_first(block);

	/* The lowest memory is what only it can be used for. */
	if (!first || page_zonenum(first) == ZONE_DMA)
		return XHB_UNMOVABLE;
	/* What is free as a whole is to be had without this. */
	return xhb_pages_to_move(first, false) ?: XHB_UNMOVABLE;
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
	unsigned int least = XHB_MOVE_MOST;
	unsigned long block;
	long best = -1;

	for (block = cursor; block < end; block++) {
		unsigned int cost, base;

		if (xhb_block_is_busy(b, block))
			continue;
		base = xhb_block_base(b, block);
		if (choice == XHB_CHOICE_WITH_BASE && !base)
			continue;
		cost = xhb_block_cost(block);
		if (cost == XHB_UNMOVABLE)
			continue;
		/* Moving a balloon page frees the place for good. */
		cost -= min(cost, base);
		if (cost < least) {
			least = cost;
			best = block;
		}
	}
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
	xhb_blocks_clear_busy(b);
}

/**
 * xhb_choose_check() - can this block be emptied at all, and now?
 * @b: the balloon
 * @block: its number
 *
 * Context: any.
 * Return: 0; -ENXIO if it is not all memory of one zone, -EPERM if it holds what
 * cannot be moved, -ENOMEM if there is no room to move it to.
 */
int xhb_choose_check(struct xhb_balloon *b, unsigned long block)
{
	struct page *page = xhb_choose_first(block);
	unsigned int move;

	if (!page)
		return -ENXIO;
	move = xhb_pages_to_move(page, true);
	if (move == XHB_UNMOVABLE)
		return -EPERM;
	return move && !xhb_spare(b, XHB_USE_MOVE) ? -ENOMEM : 0;
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
