// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that the built-in driver had, and where they belong: into the queues, or,
 * if there is memory behind them, to the guest.
 *
 * That driver takes all memory that comes online for memory that was added to the
 * guest, and that Xen has still to be asked for. But what was offline for a while has
 * been populated, and counted as the guest's, all the time. Populated once more, its
 * memory would be lost until the domain ends.
 */
#include <linux/list_sort.h>
#include <linux/mm.h>

#include "xhb_pages.h"

/* 4K pages that find their places before others get the lock. */
#define XHB_PUT_AT_ONCE	(8 * XHB_HUGE_PAGES)

static int xhb_cmp_pfn(void *unused, const struct list_head *left,
		       const struct list_head *right)
{
	unsigned long l = page_to_pfn(list_entry(left, struct page, lru));
	unsigned long r = page_to_pfn(list_entry(right, struct page, lru));

	cond_resched();
	return l < r ? -1 : l > r;
}

/* True if @first starts a run of adjacent pages that are a whole 2M block. */
static bool xhb_is_whole_block(struct page *first, struct list_head *pages)
{
	struct page *page = first;
	unsigned long i;

	if (!IS_ALIGNED(page_to_pfn(first), XHB_HUGE_PAGES))
		return false;
	for (i = 1; i < XHB_HUGE_PAGES; i++) {
		if (list_is_last(&page->lru, pages))
			return false;
		page = list_next_entry(page, lru);
		if (page != first + i)
			return false;
	}
	return true;
}

/*
 * Memory goes offline and comes online in sections, and goes offline only when no
 * ballooned page is in them. So a block that came online has memory behind all of
 * its pages or behind none, and two of them can answer for all.
 */
static bool xhb_is_populated_block(struct xhb_balloon *b, struct page *first)
{
	return xhb_xen_is_populated(&b->xen, first) &&
	       xhb_xen_is_populated(&b->xen, first + XHB_HUGE_PAGES - 1);
}

static void xhb_list_del_block(struct page *first)
{
	unsigned long i;

	for (i = 0; i < XHB_HUGE_PAGES; i++)
		list_del(&first[i].lru);
}

/* Returns false, with nothing changed, if the pages go their ways one by one. */
static bool xhb_put_block(struct xhb_balloon *b, struct page *first,
			  bool online)
{
	if (online && xhb_is_populated_block(b, first)) {
		xhb_list_del_block(first);
		xhb_transfer_keep(b, first);
		return true;
	}
	if (!xhb_unsplit_page(first))
		return false;
	xhb_list_del_block(first);
	xhb_huge_put(b, first);
	xhb_count_add(b, XHB_COUNT_COLLAPSED, 1);
	return true;
}

/* Returns when some are in their places. */
static void xhb_put_some(struct xhb_balloon *b, struct list_head *pages, bool online)
{
	long left = XHB_PUT_AT_ONCE;
	struct page *page;

	lockdep_assert_held(&b->lock);
	while (left > 0 &&
	       (page = list_first_entry_or_null(pages, struct page, lru))) {
		if (xhb_is_whole_block(page, pages) && xhb_put_block(b, page, online)) {
			left -= XHB_HUGE_PAGES;
			continue;
		}
		list_del(&page->lru);
		xhb_base_put(b, page);
		left--;
	}
}

/**
 * xhb_put_list() - find the places of 4K pages that the built-in driver had
 * @b: the balloon
 * @pages: linked by their lru field; marked offline, never in a core balloon, with
 *	one reference each; empty afterwards
 * @online: some of them have come online, and may have memory behind them
 *
 * Whole blocks without memory go to the huge queue, whole blocks with memory to the
 * guest, and all else to the base queue.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_put_list(struct xhb_balloon *b, struct list_head *pages, bool online)
{
	list_sort(NULL, pages, xhb_cmp_pfn);
	while (!list_empty(pages)) {
		xhb_lock(b);
		xhb_put_some(b, pages, online);
		xhb_unlock(b);
		cond_resched();
	}
}
