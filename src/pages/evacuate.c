// SPDX-License-Identifier: GPL-2.0
/*
 * Emptying a 2M block of guest memory by moving what is in it elsewhere.
 *
 * Blocks are looked at a window at a time, and of each window those with the
 * least to move are tried. What cannot move is found out by looking first:
 * trying is expensive, because it makes every CPU give up its cached pages.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/vmstat.h>

#include "xhb_compat.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* Blocks looked at before one of them is chosen. */
#define XHB_WINDOW	64UL
/* Of a window, the blocks that are tried at most. */
#define XHB_TRIES	4
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

/* The first page of a block, or NULL if not all of it is memory of one zone. */
static struct page *xhb_block_page(unsigned long block)
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
	struct page *first = xhb_block_page(block);

	/* The lowest memory is what only it can be used for. */
	if (!first || page_zonenum(first) == ZONE_DMA)
		return XHB_UNMOVABLE;
	/* What is free as a whole is to be had without this. */
	return xhb_pages_to_move(first, false) ?: XHB_UNMOVABLE;
}

/* The cheapest block of the window, or -1. */
static long xhb_choose_block(struct xhb_balloon *b, bool with_base)
{
	unsigned long end = min(b->cursor + XHB_WINDOW, xhb_blocks_count(b));
	unsigned int least = XHB_MOVE_MOST;
	unsigned long block;
	long best = -1;

	for (block = b->cursor; block < end; block++) {
		unsigned int cost, base;

		if (xhb_block_is_busy(b, block))
			continue;
		base = xhb_block_base(b, block);
		if (with_base && !base)
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

static void xhb_next_window(struct xhb_balloon *b)
{
	b->cursor += XHB_WINDOW;
	if (b->cursor < xhb_blocks_count(b))
		return;
	b->cursor = 0;
	xhb_blocks_clear_busy(b);
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

/* What moves out needs somewhere to go, without anything being reclaimed. */
static bool xhb_room_to_move(void)
{
	return global_zone_page_state(NR_FREE_PAGES) >
	       4 * XHB_HUGE_PAGES + xhb_floor_pages(totalram_pages()) / 2;
}

static struct page *xhb_evacuate_block(unsigned long block)
{
	unsigned long pfn = block << XHB_HUGE_ORDER;
	struct page *page = pfn_to_page(pfn);
	int err;

	err = xhb_compat_alloc_range(pfn, XHB_HUGE_PAGES);
	trace_xen_hugeballoon_evacuate(pfn, err);
	if (err)
		return NULL;

	if (!xhb_unsplit_page(page)) {
		free_contig_range(pfn, XHB_HUGE_PAGES);
		return NULL;
	}
	return page;
}

static struct page *xhb_evacuate_window(struct xhb_balloon *b, bool with_base)
{
	struct page *page;
	unsigned int i;
	long block;

	for (i = 0; i < XHB_TRIES; i++) {
		if (!xhb_room_to_move() || READ_ONCE(b->target_changed))
			break;
		block = xhb_choose_block(b, with_base);
		if (block < 0)
			break;
		page = xhb_evacuate_block(block);
		if (page)
			return page;
		xhb_block_set_busy(b, block);
		cond_resched();
	}
	return NULL;
}

/**
 * xhb_evacuate_this() - empty this 2M block and no other
 * @block: its number
 *
 * Nothing is swapped out.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: a 2M page as the allocator would have given it, but not scrubbed; or
 * -ENXIO if the block is not all memory of one zone, -EPERM if it holds what
 * cannot be moved, -ENOMEM if there is no room to move it to, -EBUSY if
 * somebody is using it just now.
 */
struct page *xhb_evacuate_this(unsigned long block)
{
	struct page *page = xhb_block_page(block);
	unsigned int move;

	if (!page)
		return ERR_PTR(-ENXIO);
	move = xhb_pages_to_move(page, true);
	if (move == XHB_UNMOVABLE)
		return ERR_PTR(-EPERM);
	if (move && !xhb_room_to_move())
		return ERR_PTR(-ENOMEM);
	return xhb_evacuate_block(block) ?: ERR_PTR(-EBUSY);
}

/**
 * xhb_evacuate() - empty a 2M block of guest memory
 * @b: the balloon
 * @with_base: only one that holds pages of the base queue
 *
 * Looks once at all memory at most. Nothing is swapped out.
 *
 * Context: may sleep; not under the balloon's lock, because pages of the base
 * queue are moved. One caller at a time.
 * Return: a 2M page as the allocator would have given it, but not scrubbed, or
 * NULL if no block could be emptied.
 */
struct page *xhb_evacuate(struct xhb_balloon *b, bool with_base)
{
	struct page *page;
	unsigned long seen;

	for (seen = 0; seen < xhb_blocks_count(b); seen += XHB_WINDOW) {
		page = xhb_evacuate_window(b, with_base);
		/* The next call looks at others, so that the cheapest go first. */
		xhb_next_window(b);
		if (page || READ_ONCE(b->target_changed) || !xhb_room_to_move())
			return page;
	}
	return NULL;
}
