// SPDX-License-Identifier: GPL-2.0
/*
 * Balloon pages for foreign and grant mappings.
 *
 * Such a mapping needs page structures without memory behind them, which is just
 * what the balloon holds. Pages in use stay out of every queue until they come
 * back.
 */
#include <linux/mm.h>

#include "xhb_compat_memory.h"
#include "xhb_pages.h"

/*
 * A page of the balloon that is not populated, or NULL if none can be had. Whoever
 * gets it keeps it where it is, so those that have to be movable are put aside.
 */
static struct page *xhb_foreign_take(struct xhb_balloon *b,
				     struct list_head *aside)
{
	struct page *page;

	for (;;) {
		page = xhb_base_take(b);
		if (!page && xhb_split_one(b))
			page = xhb_base_take(b);
		if (!page)
			return NULL;
		if (!xhb_compat_only_movable(page))
			break;
		list_add(&page->lru, aside);
	}
	xhb_account_unmark(page, 0);
	xhb_account_foreign(b, 1);
	return page;
}

static void xhb_foreign_return(struct xhb_balloon *b, struct page *page)
{
	/* Memory that was never onlined came so, if the built-in driver lent it. */
	ClearPageReserved(page);
	xhb_account_mark(page, 0);
	xhb_reconcile_page(b, page);
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

	lockdep_assert_held(&b->lock);
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
					 xhb_op_most(b, &op),
					 xhb_spare(b, XHB_USE_FOREIGN)),
				    GFP_USER))
			return -ENOMEM;

		/* In one go, or the worker might take the pages back first. */
		mutex_lock(&b->lock);
		if (xhb_release(b, &op).pages)
			err = xhb_foreign_from_queues(b, n, pages, got);
		else
			err = -ENOMEM;
		mutex_unlock(&b->lock);
	}
	return err;
}

/**
 * xhb_foreign_get() - balloon pages for a foreign mapping
 * @b: the balloon
 * @n: 4K pages wanted
 * @pages: filled with the pages
 *
 * Takes pages out of the balloon; if it holds too few, pages of the guest are
 * given to Xen for the purpose, also below the floor: the caller cannot do its
 * work otherwise.
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
	mutex_lock(&b->lock);
	err = xhb_foreign_from_queues(b, n, pages, &got);
	mutex_unlock(&b->lock);

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
 * @pages: the pages; NULL entries are left out
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_foreign_put(struct xhb_balloon *b, unsigned int n, struct page **pages)
{
	unsigned int i;

	mutex_lock(&b->lock);
	for (i = 0; i < n; i++) {
		if (pages[i])
			xhb_foreign_return(b, pages[i]);
	}
	mutex_unlock(&b->lock);
}
