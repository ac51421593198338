// SPDX-License-Identifier: GPL-2.0
/*
 * The queues of the balloon and the accounting of every page that enters or
 * leaves them.
 *
 * A page in a queue is not populated, is marked offline and does not count as
 * managed. The huge queue holds 2M pages as the allocator gave them, with one
 * reference on the first 4K page; 4K pages have one reference each.
 */
#include <linux/list_sort.h>
#include <linux/mm.h>
#include <linux/page_ref.h>

#include "xhb_compat.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/**
 * xhb_huge_put() - add a 2M page to the huge queue
 * @b: the balloon
 * @page: first 4K page, released and marked offline
 *
 * Context: under the balloon's lock.
 */
void xhb_huge_put(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	list_add(&page->lru, &b->huge);
	b->huge_count++;
}

/**
 * xhb_huge_take() - take a 2M page out of the huge queue
 * @b: the balloon
 *
 * Context: under the balloon's lock.
 * Return: first 4K page, or NULL if the queue is empty.
 */
struct page *xhb_huge_take(struct xhb_balloon *b)
{
	struct page *page;

	lockdep_assert_held(&b->lock);
	page = list_first_entry_or_null(&b->huge, struct page, lru);
	if (page) {
		list_del(&page->lru);
		b->huge_count--;
	}
	return page;
}

/**
 * xhb_base_put() - add a 4K page to the base queue
 * @b: the balloon
 * @page: released and marked offline
 *
 * Context: under the balloon's lock.
 */
void xhb_base_put(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	list_add(&page->lru, &b->base);
	b->base_count++;
}

/**
 * xhb_base_take() - take a 4K page out of the base queue
 * @b: the balloon
 *
 * Context: under the balloon's lock.
 * Return: the page, or NULL if the queue is empty.
 */
struct page *xhb_base_take(struct xhb_balloon *b)
{
	struct page *page;

	lockdep_assert_held(&b->lock);
	page = list_first_entry_or_null(&b->base, struct page, lru);
	if (page) {
		list_del(&page->lru);
		b->base_count--;
	}
	return page;
}

/* 4K pages [from, to) of a split 2M page go to the base queue. */
static void xhb_base_put_range(struct xhb_balloon *b, struct page *page,
			       unsigned long from, unsigned long to)
{
	while (to > from)
		xhb_base_put(b, page + --to);
}

/**
 * xhb_split_one() - turn one 2M page of the huge queue into 4K pages
 * @b: the balloon
 *
 * Context: under the balloon's lock.
 * Return: false if the huge queue is empty.
 */
bool xhb_split_one(struct xhb_balloon *b)
{
	struct page *page = xhb_huge_take(b);

	if (!page)
		return false;
	split_page(page, XHB_HUGE_ORDER);
	xhb_base_put_range(b, page, 0, XHB_HUGE_PAGES);
	b->counts[XHB_COUNT_SPLIT]++;
	return true;
}

static int xhb_cmp_pfn(void *unused, const struct list_head *left,
		       const struct list_head *right)
{
	unsigned long l = page_to_pfn(list_entry(left, struct page, lru));
	unsigned long r = page_to_pfn(list_entry(right, struct page, lru));

	cond_resched();
	return l < r ? -1 : l > r;
}

/*
 * The reverse of split_page(). Fails, and changes nothing, if somebody who
 * walks page frames holds a reference to one of the pages right now.
 */
static bool xhb_unsplit_page(struct page *page)
{
	unsigned long i;

	for (i = 1; i < XHB_HUGE_PAGES; i++) {
		if (!page_ref_freeze(page + i, 1))
			goto undo;
	}
	return true;

undo:
	while (--i)
		page_ref_unfreeze(page + i, 1);
	return false;
}

/**
 * xhb_promote_all() - make 2M pages of the 4K pages that form aligned blocks
 * @b: the balloon
 *
 * No hypercall is needed: none of the pages is populated before or after. The
 * base queue is left sorted by address.
 *
 * Context: under the balloon's lock; may sleep.
 */
void xhb_promote_all(struct xhb_balloon *b)
{
	struct page *page, *next, *first = NULL;
	unsigned long run = 0, i;

	lockdep_assert_held(&b->lock);
	list_sort(NULL, &b->base, xhb_cmp_pfn);

	list_for_each_entry_safe(page, next, &b->base, lru) {
		unsigned long pfn = page_to_pfn(page);

		if (IS_ALIGNED(pfn, XHB_HUGE_PAGES)) {
			first = page;
			run = 1;
		} else if (first && pfn == page_to_pfn(first) + run) {
			run++;
		} else {
			first = NULL;
		}
		if (!first || run < XHB_HUGE_PAGES)
			continue;

		if (xhb_unsplit_page(first)) {
			for (i = 0; i < XHB_HUGE_PAGES; i++)
				list_del(&first[i].lru);
			b->base_count -= XHB_HUGE_PAGES;
			xhb_huge_put(b, first);
			b->counts[XHB_COUNT_PROMOTED]++;
		}
		first = NULL;
		cond_resched();
	}
}

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

	done = b->hv.ops->release(&b->hv, pages, n, order);
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

/* The first @given 4K pages of @page are the guest's again. */
static void xhb_settle_populated(struct xhb_balloon *b, struct page *page,
				 unsigned long given, unsigned int order)
{
	unsigned long size = 1UL << order;

	if (given)
		adjust_managed_page_count(page, given);

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
 * Return: 4K pages populated.
 */
unsigned long xhb_populate(struct xhb_balloon *b, struct page **pages,
			   unsigned int n, unsigned int order)
{
	unsigned long size = 1UL << order;
	unsigned long done, left;
	unsigned int i;

	lockdep_assert_held(&b->lock);
	done = b->hv.ops->populate(&b->hv, pages, n, order);
	b->stats->current_pages += done;
	xhb_account(b, done, n * size, order, XHB_COUNT_POPULATED_2M,
		    XHB_COUNT_POPULATED_4K);
	trace_xen_hugeballoon_populate(n, order, done);

	left = done;
	for (i = 0; i < n; i++) {
		unsigned long given = min(left, size);

		left -= given;
		xhb_settle_populated(b, pages[i], given, order);
	}
	return done;
}

/**
 * xhb_ballooned_pages() - size of the balloon without lent pages
 * @b: the balloon
 *
 * Context: under the balloon's lock for an exact number, without for a hint.
 * Return: 4K pages.
 */
unsigned long xhb_ballooned_pages(struct xhb_balloon *b)
{
	return READ_ONCE(b->huge_count) * XHB_HUGE_PAGES +
	       READ_ONCE(b->base_count);
}
