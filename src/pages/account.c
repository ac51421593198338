// SPDX-License-Identifier: GPL-2.0
/*
 * Every count and every mark that the rest of the kernel sees: current_pages, total_pages
 * and target_unpopulated of balloon_stats, managed pages of each zone, offline marks
 * with "Balloon:" in meminfo, balloon_inflate and balloon_deflate in vmstat. Here
 * and nowhere else they are written, so that they agree whatever happens.
 *
 * Counts of memory change when it changes hands with the hypervisor, and not when
 * a page goes from one queue to another.
 */
#include <linux/mm.h>
#include <linux/printk.h>
#include <xen/balloon.h>

#include "xhb_compat.h"
#include "xhb_pages.h"

/**
 * xhb_account_init() - open the accounts
 * @b: the balloon
 * @stats: statistics to keep, holding the present size
 *
 * Context: any.
 */
void xhb_account_init(struct xhb_balloon *b, struct balloon_stats *stats)
{
	b->account.stats = stats;
}

/**
 * xhb_current_pages() - size of the guest
 * @b: the balloon
 *
 * Context: under the balloon's lock for an exact number, without for a hint.
 * Return: 4K pages, counted as balloon_stats.current_pages is.
 */
unsigned long xhb_current_pages(struct xhb_balloon *b)
{
	return READ_ONCE(b->account.stats->current_pages);
}

/**
 * xhb_headroom() - by how much does Xen let this guest grow?
 * @b: the balloon
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: 4K pages that the domain may have more than it has.
 */
unsigned long xhb_headroom(struct xhb_balloon *b)
{
	unsigned long pages;

	xhb_lock(b);
	pages = xhb_xen_headroom(&b->xen);
	xhb_unlock(b);
	return pages;
}

/**
 * xhb_total_pages() - all that the guest would have with an empty balloon
 * @b: the balloon
 *
 * Context: any.
 * Return: 4K pages, counted as balloon_stats.current_pages is; what was added and is
 * not online yet is included.
 */
unsigned long xhb_total_pages(struct xhb_balloon *b)
{
	return READ_ONCE(b->account.stats->total_pages);
}

/**
 * xhb_account_added() - memory was added to the guest, without any behind it
 * @b: the balloon
 * @pages: 4K pages
 *
 * Context: under the balloon's lock.
 */
void xhb_account_added(struct xhb_balloon *b, unsigned long pages)
{
	struct balloon_stats *stats = b->account.stats;

	lockdep_assert_held(&b->lock);
	WRITE_ONCE(stats->total_pages, stats->total_pages + pages);
}

/**
 * xhb_foreign_used() - balloon pages in the hands of foreign mappings
 * @b: the balloon
 *
 * Context: any.
 * Return: 4K pages. A page that the built-in driver handed out before may come
 * back first, so the count can be below zero; that is told as 0.
 */
unsigned long xhb_foreign_used(struct xhb_balloon *b)
{
	long used = READ_ONCE(b->account.stats->target_unpopulated);

	return max(used, 0L);
}

/**
 * xhb_lost_pages() - memory that Xen counts for the guest, and nobody has
 * @b: the balloon
 *
 * Context: any.
 * Return: 4K pages since load, part of xhb_current_pages().
 */
unsigned long xhb_lost_pages(struct xhb_balloon *b)
{
	return READ_ONCE(b->account.lost);
}

/**
 * xhb_account_foreign() - pages go to foreign mappings, or come back
 * @b: the balloon
 * @pages: how many 4K pages more are in use, or, below zero, fewer
 *
 * Context: under the balloon's lock.
 */
void xhb_account_foreign(struct xhb_balloon *b, long pages)
{
	struct balloon_stats *stats = b->account.stats;

	lockdep_assert_held(&b->lock);
	WRITE_ONCE(stats->target_unpopulated,
		   stats->target_unpopulated + pages);
}

/* One zone at a time: some kernels look at all memory for each call. */
static void xhb_adjust_managed(struct page **pages, unsigned int order,
			       unsigned long left, int sign)
{
	unsigned long part, size = 1UL << order;
	struct page *last = NULL;
	long run = 0;

	for (; left; left -= part, pages++) {
		part = min(left, size);
		if (last && page_zone(*pages) != page_zone(last)) {
			adjust_managed_page_count(last, run);
			run = 0;
		}
		last = *pages;
		run += sign * (long)part;
	}
	if (last)
		adjust_managed_page_count(last, run);
}

static void xhb_account_shown(struct xhb_balloon *b, struct page **pages,
			      unsigned int order, unsigned long left)
{
	unsigned long part;

	for (; left; left -= part, pages++) {
		part = min(left, 1UL << order);
		xhb_bitmap_clear(b, page_to_pfn(*pages), part);
	}
}

/**
 * xhb_account_exchanged() - memory has changed hands with the hypervisor
 * @b: the balloon
 * @pages: first 4K page of each page that was to
 * @order: of each
 * @done: 4K pages that did, counted from the first
 * @populated: they are the guest's now, not the hypervisor's
 *
 * Context: under the balloon's lock; pages are not freed yet.
 */
void xhb_account_exchanged(struct xhb_balloon *b, struct page **pages,
			   unsigned int order, unsigned long done,
			   bool populated)
{
	struct balloon_stats *stats = b->account.stats;
	long change = populated ? done : -(long)done;

	lockdep_assert_held(&b->lock);
	WRITE_ONCE(stats->current_pages, stats->current_pages + change);
	xhb_adjust_managed(pages, order, done, populated ? 1 : -1);
	xhb_compat_count_events(-change);
	/* What goes the other way is shown once it is in a queue. */
	if (populated)
		xhb_account_shown(b, pages, order, done);

	if (order)
		xhb_count_add(b, populated ? XHB_COUNT_POPULATED_2M :
					     XHB_COUNT_RELEASED_2M,
			      done >> order);
	xhb_count_add(b, populated ? XHB_COUNT_POPULATED_4K :
				     XHB_COUNT_RELEASED_4K,
		      order ? done & (XHB_HUGE_PAGES - 1) : done);
}

/**
 * xhb_account_kept() - memory that Xen never took is used by the kernel again
 * @b: the balloon
 * @page: first 4K page
 * @order: log2 of the number of 4K pages
 *
 * Context: under the balloon's lock; pages are not freed yet.
 */
void xhb_account_kept(struct xhb_balloon *b, struct page *page,
		      unsigned int order)
{
	lockdep_assert_held(&b->lock);
	adjust_managed_page_count(page, 1L << order);
}

/**
 * xhb_account_moved() - memory of one page has become that of another
 * @b: the balloon
 * @from: not populated any more
 * @to: populated now
 *
 * Context: under the balloon's lock.
 */
void xhb_account_moved(struct xhb_balloon *b, struct page *from,
		       struct page *to)
{
	lockdep_assert_held(&b->lock);
	xhb_bitmap_clear(b, page_to_pfn(to), 1);
	/* Within a zone the two changes cancel out. */
	if (page_zone(from) == page_zone(to))
		return;
	adjust_managed_page_count(from, -1);
	adjust_managed_page_count(to, 1);
}

/**
 * xhb_account_find_lost() - has Xen lost memory of this domain?
 * @b: the balloon
 *
 * Counts it, and says so. For Xen, and so for ->current_pages, what it has lost is
 * the guest's. The pages that were to have it are counted as not populated, here or
 * by the caller.
 *
 * Context: under the balloon's lock. After each operation that may have.
 */
void xhb_account_find_lost(struct xhb_balloon *b)
{
	unsigned long pages = xhb_xen_take_lost(&b->xen);
	struct balloon_stats *stats = b->account.stats;

	lockdep_assert_held(&b->lock);
	if (!pages)
		return;
	WRITE_ONCE(stats->current_pages, stats->current_pages + pages);
	WRITE_ONCE(b->account.lost, b->account.lost + pages);
	pr_warn_ratelimited("Xen has lost %lu KiB of this guest until it is restarted; if its memory for page tables is used up, give it more (shadow_memory in xl.cfg)\n",
			    xhb_pages_to_kb(b->account.lost));
}

/**
 * xhb_account_left_behind() - the domain has arrived with fewer pages
 * @b: the balloon
 * @pages: how many fewer, in 4K pages
 *
 * What Xen has lost does not come along to another host.
 *
 * Context: under the balloon's lock.
 * Return: how many of them it was that did not.
 */
unsigned long xhb_account_left_behind(struct xhb_balloon *b,
				      unsigned long pages)
{
	struct balloon_stats *stats = b->account.stats;

	lockdep_assert_held(&b->lock);
	pages = min(pages, b->account.lost);
	WRITE_ONCE(stats->current_pages, stats->current_pages - pages);
	WRITE_ONCE(b->account.lost, b->account.lost - pages);
	return pages;
}

/**
 * xhb_account_mark() - from here on nobody may look for content in a page
 * @page: first 4K page; about to be released, or not populated
 * @order: log2 of the number of 4K pages
 *
 * Crash dumps and /proc/kcore leave marked pages alone.
 *
 * Context: may sleep.
 */
void xhb_account_mark(struct page *page, unsigned int order)
{
	xhb_compat_set_offline(page, order);
}

/**
 * xhb_account_unmark() - a page has content, or will be another's business
 * @page: first 4K page, marked
 * @order: log2 of the number of 4K pages
 *
 * Context: any.
 */
void xhb_account_unmark(struct page *page, unsigned int order)
{
	xhb_compat_clear_offline(page, order);
}
