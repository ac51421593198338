// SPDX-License-Identifier: GPL-2.0
/*
 * The foreign queue: balloon pages for foreign and grant mappings.
 *
 * Such a mapping needs page structures without memory behind them, which is just
 * what the balloon holds. Pages in use are in no queue. What comes back is kept for
 * the next who asks: making a mapping would otherwise break up one 2M page after the
 * other. Compaction and the coalescer leave it alone, so it is kept for a while only.
 */
#include <linux/mm.h>

#include "xhb_compat_memory.h"
#include "xhb_pages.h"

/* So many idle pages are kept: a few busy devices' worth, and never much memory. */
#define XHB_FOREIGN_KEPT	1024UL

/**
 * xhb_foreign_init() - an empty queue
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_foreign_init(struct xhb_balloon *b)
{
	INIT_LIST_HEAD(&b->foreign.idle);
}

/**
 * xhb_foreign_destroy() - nothing may be left in it
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_foreign_destroy(struct xhb_balloon *b)
{
	WARN_ON_ONCE(b->foreign.idle_count);
}

/**
 * xhb_foreign_idle() - pages that wait for the next foreign mapping
 * @b: the balloon
 *
 * Context: under the balloon's lock for an exact number, without for a hint.
 * Return: 4K pages.
 */
unsigned long xhb_foreign_idle(struct xhb_balloon *b)
{
	return READ_ONCE(b->foreign.idle_count);
}

/**
 * xhb_foreign_calls() - are there foreign mappings that come and go?
 * @b: the balloon
 *
 * Context: any.
 * Return: a number that changes whenever pages go or come back.
 */
unsigned long xhb_foreign_calls(struct xhb_balloon *b)
{
	return READ_ONCE(b->foreign.calls);
}

static void xhb_foreign_called(struct xhb_balloon *b)
{
	lockdep_assert_held(&b->lock);
	WRITE_ONCE(b->foreign.calls, b->foreign.calls + 1);
}

static void xhb_idle_put(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	list_add(&page->lru, &b->foreign.idle);
	WRITE_ONCE(b->foreign.idle_count, b->foreign.idle_count + 1);
	xhb_block_backed(b, page, XHB_BACKING_4K);
	xhb_bitmap_set(b, page_to_pfn(page), 1);
}

static struct page *xhb_idle_take(struct xhb_balloon *b)
{
	struct page *page;

	lockdep_assert_held(&b->lock);
	page = list_first_entry_or_null(&b->foreign.idle, struct page, lru);
	if (page) {
		list_del(&page->lru);
		WRITE_ONCE(b->foreign.idle_count, b->foreign.idle_count - 1);
	}
	return page;
}

/**
 * xhb_foreign_trim() - nobody needs the idle pages, they are base pages now
 * @b: the balloon
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_foreign_trim(struct xhb_balloon *b)
{
	struct page *page;

	xhb_lock(b);
	while ((page = xhb_idle_take(b)))
		xhb_base_put(b, page);
	xhb_unlock(b);
}

/*
 * A page of the balloon that is not populated, or NULL if none can be had. Whoever
 * gets it keeps it where it is, so those that have to be movable are put aside.
 */
static struct page *xhb_foreign_take(struct xhb_balloon *b,
				     struct list_head *aside)
{
	struct page *page = xhb_idle_take(b);

	while (!page) {
		page = xhb_base_take(b);
		if (!page && xhb_split_one(b))
			page = xhb_base_take(b);
		if (!page)
			return NULL;
		if (xhb_compat_only_movable(page)) {
			list_add(&page->lru, aside);
			page = NULL;
		}
	}
	xhb_account_unmark(page, 0);
	xhb_account_foreign(b, 1);
	return page;
}

/*
 * Who fails to end a grant mapping may give its page back all the same. Xen ends a guest
 * that populates it then, or maps over it, so it stays lent. Mappings without a grant
 * cannot be seen in translated guests, but the kernel keeps what it cannot unmap of these.
 */
static bool xhb_foreign_is_mapped(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	if (!xhb_xen_is_populated(&b->xen, page))
		return false;
	pr_warn_ratelimited("the page at %#llx came back from a mapping that has not ended, and stays lent; that is a defect of the driver that had mapped it\n",
			    (u64)page_to_pfn(page) << PAGE_SHIFT);
	return true;
}

static void xhb_foreign_return(struct xhb_balloon *b, struct page *page)
{
	xhb_reconcile_page(b, page);
	if (xhb_foreign_is_mapped(b, page))
		return;
	/* Memory that was never onlined came so, if the built-in driver lent it. */
	ClearPageReserved(page);
	xhb_account_mark(page, 0);
	/* Those that the built-in driver lent may be from anywhere. */
	if (b->foreign.idle_count < XHB_FOREIGN_KEPT &&
	    !xhb_compat_only_movable(page))
		xhb_idle_put(b, page);
	else
		xhb_base_put(b, page);
	xhb_account_foreign(b, -1);
}

/* Hands out what the queues hold. */
static int xhb_foreign_from_queues(struct xhb_balloon *b, unsigned int n,
				   struct page **pages, unsigned int *got)
{
	struct page *page, *next;
	LIST_HEAD(aside);
	int err = 0;

	xhb_foreign_called(b);
	while (*got < n && !err) {
		page = xhb_foreign_take(b, &aside);
		if (!page)
			break;
		err = xhb_xen_prepare_foreign(&b->xen, page);
		pages[(*got)++] = page;
	}
	list_for_each_entry_safe(page, next, &aside, lru) {
		list_del(&page->lru);
		xhb_base_put(b, page);
	}
	return err;
}

/* Gives pages of the guest to Xen and hands them out, a batch at a time. */
static int xhb_foreign_inflate(struct xhb_balloon *b, unsigned int n,
			       struct page **pages, unsigned int *got)
{
	struct xhb_op op;
	int err = 0;

	while (*got < n && !err) {
		xhb_op_init(&op, 0);
		if (!xhb_alloc_base(b, &op,
				    min3((unsigned long)n - *got,
					 xhb_op_most(b, &op, false),
					 xhb_spare(b, XHB_USE_FOREIGN)),
				    GFP_USER))
			return -ENOMEM;

		/* In one go, or the worker might take the pages back first. */
		xhb_lock(b);
		if (xhb_release(b, &op).pages)
			err = xhb_foreign_from_queues(b, n, pages, got);
		else
			err = -ENOMEM;
		xhb_unlock(b);
	}
	return err;
}

/**
 * xhb_foreign_get() - balloon pages for a foreign mapping
 * @b: the balloon
 * @n: 4K pages wanted
 * @pages: filled with the pages
 *
 * Takes idle pages, base pages, and those of a 2M page that is broken up, in that
 * order. If the balloon holds too few, pages of the guest are given to Xen for the
 * purpose, also below the floor: the caller cannot do its work otherwise.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: 0 with all pages handed out, or -ENOMEM with none.
 */
int xhb_foreign_get(struct xhb_balloon *b, unsigned int n, struct page **pages)
{
	unsigned int got = 0;
	int err;

	/* A mapping would hide memory that is there. */
	while (xhb_reconcile_some(b))
		;
	xhb_lock(b);
	err = xhb_foreign_from_queues(b, n, pages, &got);
	xhb_unlock(b);

	if (!err && got < n)
		err = xhb_foreign_inflate(b, n, pages, &got);
	if (err) {
		xhb_foreign_put(b, got, pages);
		return -ENOMEM;
	}
	return 0;
}

/**
 * xhb_foreign_put() - the end of a foreign mapping
 * @b: the balloon, which may be larger now than its target wants it to be
 * @n: entries in @pages
 * @pages: the pages; NULL entries are left out, and what is still mapped stays lent
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_foreign_put(struct xhb_balloon *b, unsigned int n, struct page **pages)
{
	unsigned int i;

	xhb_lock(b);
	xhb_foreign_called(b);
	for (i = 0; i < n; i++) {
		if (pages[i])
			xhb_foreign_return(b, pages[i]);
	}
	xhb_unlock(b);
}
