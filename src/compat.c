// SPDX-License-Identifier: GPL-2.0
/*
 * What differs between the supported kernels where pages are in a balloon: their
 * core balloon, and what they count.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/page_ref.h>
#include <linux/pagemap.h>
#include <linux/vmstat.h>

#include "xhb_compat.h"

/*
 * Two things about core balloons have changed, one after the other:
 *
 * - By what compaction knows a page of theirs: up to Linux 6.16 by a bit in
 *   page->mapping, PAGE_MAPPING_MOVABLE; since then by a page flag, PG_movable_ops.
 * - Whose their list is: with CONFIG_BALLOON, since Linux 7.0, the core's alone;
 *   before, that of drivers too, under a lock that they can take.
 */

/* "Balloon:" in /proc/meminfo, on kernels that have it. */
static void xhb_count_balloon_pages(struct page *page, long pages)
{
#ifdef XHB_HAS_NR_BALLOON_PAGES
	mod_node_page_state(page_pgdat(page), NR_BALLOON_PAGES, pages);
#endif
}

/**
 * xhb_compat_count_events() - tell vmstat that the balloon has grown or shrunk
 * @pages: 4K pages given to the hypervisor, or, below zero, taken from it
 *
 * Context: any.
 */
void xhb_compat_count_events(long pages)
{
	if (pages > 0)
		count_vm_events(BALLOON_INFLATE, pages);
	else
		count_vm_events(BALLOON_DEFLATE, -pages);
}

static void xhb_mark_offline(struct page *page, unsigned int order)
{
	unsigned long i;

	page_offline_begin();
	for (i = 0; i < 1UL << order; i++) {
		if (!PageOffline(page + i))
			__SetPageOffline(page + i);
	}
	page_offline_end();
}

/**
 * xhb_compat_set_offline() - mark pages as without content
 * @page: first page
 * @order: log2 of the number of pages
 *
 * From here on crash dumps and /proc/kcore leave the pages alone. Does nothing
 * to a page that is marked already.
 *
 * Context: may sleep (readers of /proc/kcore are waited for).
 */
void xhb_compat_set_offline(struct page *page, unsigned int order)
{
	xhb_mark_offline(page, order);
	xhb_count_balloon_pages(page, 1L << order);
}

/**
 * xhb_compat_clear_offline() - undo xhb_compat_set_offline()
 * @page: first page
 * @order: log2 of the number of pages
 *
 * Context: any.
 */
void xhb_compat_clear_offline(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		if (PageOffline(page + i))
			__ClearPageOffline(page + i);
	}
	xhb_count_balloon_pages(page, -(1L << order));
}

/**
 * xhb_compat_core_add() - give a page to the kernel's core balloon
 * @core: the core balloon
 * @page: with one reference, marked offline; it may have been in a core balloon
 *	before
 *
 * From now on compaction may move it. Nothing is counted.
 *
 * Context: may sleep.
 */
void xhb_compat_core_add(struct balloon_dev_info *core, struct page *page)
{
#ifdef CONFIG_BALLOON
	balloon_page_enqueue(core, page);
	/* It has counted the page, which was counted before. */
	count_vm_events(BALLOON_INFLATE, -1);
	xhb_count_balloon_pages(page, -1);
#else
	unsigned long flags;

	/*
	 * balloon_page_enqueue() takes a page lock that it cannot get for a
	 * BUG. Compaction may hold the lock of a page that it remembers from
	 * an earlier time in the balloon, so wait for it.
	 */
	lock_page(page);
	spin_lock_irqsave(&core->pages_lock, flags);
	balloon_page_insert(core, page);
	spin_unlock_irqrestore(&core->pages_lock, flags);
	unlock_page(page);
#endif
}

/*
 * The core leaves its mark on a page that it gives away, for compaction to find.
 *
 * A page flag is cleared when the page is freed, and until then page type and flag
 * shall stay: whoever finds the flag takes a reference, looks at it again and then
 * goes by the type. But a page of ours goes elsewhere, so it is cleared while nobody
 * has such a reference nor can get one. From then on the type is ours to change as
 * well.
 *
 * The bit in the mapping is looked at again under the page's lock. There the
 * allocator dislikes it in tail pages.
 */
static void xhb_unmark_movable(struct page *page)
{
#ifdef PAGE_MAPPING_MOVABLE
	lock_page(page);
	page->mapping = NULL;
	unlock_page(page);
#else
	while (!page_ref_freeze(page, 1))
		usleep_range(20, 50);
	/* The flags have been a number, and later a struct of one. */
	clear_bit(PG_movable_ops, (unsigned long *)&page->flags);
	page_ref_unfreeze(page, 1);
#endif
}

/**
 * xhb_compat_core_take() - take a page back from the kernel's core balloon
 * @core: the core balloon
 *
 * The page is marked offline, and otherwise an ordinary one, but for references
 * that compaction may still hold for an instant. Nothing is counted.
 *
 * Context: may sleep.
 * Return: the page, or NULL if all pages are being moved or there is none.
 */
struct page *xhb_compat_core_take(struct balloon_dev_info *core)
{
	struct page *page;
	LIST_HEAD(list);

	if (!balloon_page_list_dequeue(core, &list, 1))
		return NULL;
	page = list_first_entry(&list, struct page, lru);
	list_del(&page->lru);
	/* The core has counted it as deflated. */
	count_vm_events(BALLOON_DEFLATE, -1);
	xhb_count_balloon_pages(page, 1);
	xhb_unmark_movable(page);
#ifndef CONFIG_BALLOON
	xhb_mark_offline(page, 0);
#endif
	return page;
}

/**
 * xhb_compat_core_take_page() - take this page back from the core balloon
 * @core: the core balloon
 * @page: was added to it
 *
 * Newer kernels have no way to do it.
 *
 * Context: may sleep.
 * Return: false if it cannot be had, because it is being moved or at all.
 */
bool xhb_compat_core_take_page(struct balloon_dev_info *core,
			       struct page *page)
{
#ifndef PAGE_MAPPING_MOVABLE
	return false;
#else
	unsigned long flags;

	if (!trylock_page(page))
		return false;
	if (PageIsolated(page) || balloon_page_device(page) != core) {
		unlock_page(page);
		return false;
	}
	spin_lock_irqsave(&core->pages_lock, flags);
	list_del(&page->lru);
	spin_unlock_irqrestore(&core->pages_lock, flags);
	balloon_page_finalize(page);
	page->mapping = NULL;
	unlock_page(page);
	xhb_mark_offline(page, 0);
	return true;
#endif
}

/**
 * xhb_compat_core_has() - is the page in the core balloon?
 * @core: the core balloon
 * @page: any page
 *
 * Context: any; @core's owner neither adds nor takes pages meanwhile.
 * Return: true if so, also while it is isolated.
 */
bool xhb_compat_core_has(struct balloon_dev_info *core, struct page *page)
{
	if (!PageOffline(page) || !xhb_compat_is_movable(page))
		return false;
#ifdef CONFIG_BALLOON
	return true;
#else
	return balloon_page_device(page) == core;
#endif
}

/**
 * xhb_compat_is_movable() - whether a page not on an LRU list can be moved
 * @page: any page
 *
 * Context: any; the answer may be old when it is given.
 * Return: true for pages of a core balloon and their like.
 */
bool xhb_compat_is_movable(struct page *page)
{
#ifdef PAGE_MAPPING_MOVABLE
	return __PageMovable(page);
#else
	return PageOffline(page) && page_has_movable_ops(page);
#endif
}

/**
 * xhb_compat_core_moved() - finish a migration that succeeded
 * @core: the core balloon
 * @newpage: has taken the place of @page in the balloon
 * @page: belongs to the kernel again
 *
 * Newer kernels do this themselves. All that have a count of each node's pages
 * leave it at the old page's node.
 *
 * Context: from the migration callback, both pages locked.
 */
void xhb_compat_core_moved(struct balloon_dev_info *core,
			   struct page *newpage, struct page *page)
{
#ifndef CONFIG_BALLOON
	unsigned long flags;
#endif

	if (page_pgdat(newpage) != page_pgdat(page)) {
		xhb_count_balloon_pages(newpage, 1);
		xhb_count_balloon_pages(page, -1);
	}
#ifndef CONFIG_BALLOON
	get_page(newpage);
	spin_lock_irqsave(&core->pages_lock, flags);
	balloon_page_insert(core, newpage);
	core->isolated_pages--;
	__count_vm_event(BALLOON_MIGRATE);
	spin_unlock_irqrestore(&core->pages_lock, flags);
	balloon_page_finalize(page);
	put_page(page);
#endif
}
