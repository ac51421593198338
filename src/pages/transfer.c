// SPDX-License-Identifier: GPL-2.0
/*
 * Pages change hands between the guest and the hypervisor, and all that is
 * counted changes with them. Whatever the hypervisor does of what it was asked
 * for, each page ends up with the guest's allocator or in a queue.
 */
#include <linux/mm.h>

#include "xhb_compat.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* Populated 4K pages [from, to) of a split 2M page go back to the guest. */
static void xhb_free_range(struct page *page, unsigned long from,
			   unsigned long to)
{
	for (; from < to; from++) {
		xhb_compat_clear_offline(page + from, 0);
		__free_page(page + from);
	}
}

static void xhb_account(struct xhb_balloon *b, unsigned long done,
			unsigned long asked, unsigned int order,
			enum xhb_count count_2m, enum xhb_count count_4k)
{
	if (order) {
		b->counts[count_2m] += done >> order;
		b->counts[count_4k] += done & (XHB_HUGE_PAGES - 1);
	} else {
		b->counts[count_4k] += done;
	}
	if (done < asked)
		b->counts[XHB_COUNT_SHORT]++;
}

/* The first @taken 4K pages of @page are the hypervisor's now. */
static void xhb_settle_released(struct xhb_balloon *b, struct page *page,
				unsigned long taken, unsigned int order)
{
	unsigned long size = 1UL << order;

	if (!taken) {
		xhb_compat_clear_offline(page, order);
		__free_pages(page, order);
		return;
	}

	adjust_managed_page_count(page, -(long)taken);
	if (taken < size) {
		split_page(page, order);
		xhb_base_put_range(b, page, 0, taken);
		xhb_free_range(page, taken, size);
	} else if (order) {
		xhb_huge_put(b, page);
	} else {
		xhb_base_put(b, page);
	}
}

/**
 * xhb_release() - give pages of the guest to the hypervisor, into the queues
 * @b: the balloon
 * @pages: first 4K page of each, owned by the caller
 * @n: how many
 * @order: 0 or XHB_HUGE_ORDER
 *
 * What the hypervisor takes ends up in the queues, also a part of a 2M page;
 * the rest goes back to the guest's allocator. The caller owns none of the
 * pages any more.
 *
 * Context: under the balloon's lock; may sleep.
 * Return: 4K pages released.
 */
unsigned long xhb_release(struct xhb_balloon *b, struct page **pages,
			  unsigned int n, unsigned int order)
{
	unsigned long size = 1UL << order;
	unsigned long done, left;
	unsigned int i;

	lockdep_assert_held(&b->lock);
	for (i = 0; i < n; i++)
		xhb_compat_set_offline(pages[i], order);

	done = xhb_xen_release(&b->xen, pages, n, order).pages;
	b->stats->current_pages -= done;
	xhb_account(b, done, n * size, order, XHB_COUNT_RELEASED_2M,
		    XHB_COUNT_RELEASED_4K);
	trace_xen_hugeballoon_release(n, order, done);

	left = done;
	for (i = 0; i < n; i++) {
		unsigned long taken = min(left, size);

		left -= taken;
		xhb_settle_released(b, pages[i], taken, order);
	}
	return done;
}

/*
 * The first @given 4K pages of @page are the guest's again, and @backing is what
 * is behind them.
 */
static void xhb_settle_populated(struct xhb_balloon *b, struct page *page,
				 unsigned long given, unsigned int order,
				 enum xhb_backing backing)
{
	unsigned long size = 1UL << order;

	if (given) {
		adjust_managed_page_count(page, given);
		xhb_block_backed(b, page, backing);
	}

	if (given == size) {
		xhb_compat_clear_offline(page, order);
		__free_pages(page, order);
	} else if (given) {
		split_page(page, order);
		b->counts[XHB_COUNT_SPLIT]++;
		xhb_base_put_range(b, page, given, size);
		xhb_free_range(page, 0, given);
	} else if (order) {
		xhb_huge_put(b, page);
	} else {
		xhb_base_put(b, page);
	}
}

/**
 * xhb_populate() - take pages back from the hypervisor, for the guest
 * @b: the balloon
 * @pages: first 4K page of each, taken from a queue
 * @n: how many
 * @order: 0 or XHB_HUGE_ORDER
 *
 * What the hypervisor gives goes to the guest's allocator, also a part of a 2M
 * page; the rest goes back into the queues. The caller owns none of the pages
 * any more.
 *
 * Context: under the balloon's lock; may sleep.
 * Return: what was populated.
 */
struct xhb_done xhb_populate(struct xhb_balloon *b, struct page **pages,
			     unsigned int n, unsigned int order)
{
	unsigned long size = 1UL << order;
	struct xhb_done done;
	unsigned long left;
	unsigned int i;

	lockdep_assert_held(&b->lock);
	done = xhb_xen_populate(&b->xen, pages, n, order);
	b->stats->current_pages += done.pages;
	xhb_account(b, done.pages, n * size, order, XHB_COUNT_POPULATED_2M,
		    XHB_COUNT_POPULATED_4K);
	trace_xen_hugeballoon_populate(n, order, done.pages);

	left = done.pages;
	for (i = 0; i < n; i++) {
		unsigned long given = min(left, size);

		left -= given;
		xhb_settle_populated(b, pages[i], given, order,
				     i < done.whole ? XHB_BACKING_2M :
						      XHB_BACKING_4K);
	}
	return done;
}
