// SPDX-License-Identifier: GPL-2.0
/*
 * Balloon pages for foreign and grant mappings.
 *
 * The borrower needs page structures without memory behind them, which is just
 * what the balloon holds. Borrowed pages stay out of every queue until they
 * come back.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "xhb_compat.h"
#include "xhb_policy.h"
#include "xhb_pages.h"

/* Hands out what the queues hold, and counts it as lent. */
static int xhb_foreign_from_queues(struct xhb_balloon *b, unsigned int n,
				   struct page **pages, unsigned int *lent)
{
	int err = 0;

	lockdep_assert_held(&b->lock);
	while (*lent < n && !err) {
		struct page *page;

		page = xhb_base_take(b);
		if (!page && xhb_split_one(b))
			page = xhb_base_take(b);
		if (!page)
			break;
		xhb_compat_clear_offline(page, 0);
		err = xhb_xen_prepare_foreign(&b->xen, page);
		pages[(*lent)++] = page;
		b->foreign_used++;
		b->stats->target_unpopulated++;
	}
	return err;
}

/* Gives pages of the guest to Xen and lends them, a batch at a time. */
static int xhb_foreign_inflate(struct xhb_balloon *b, unsigned int n,
			       struct page **pages, unsigned int *lent)
{
	struct page **batch;
	unsigned long got;
	int err = 0;

	batch = kvmalloc_array(XHB_BATCH_PAGES, sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;

	while (*lent < n && !err) {
		got = min3((unsigned long)n - *lent, XHB_BATCH_PAGES,
			   xhb_spare_pages(si_mem_available(), 0));
		got = xhb_alloc_base(b, batch, got, GFP_USER);
		if (!got) {
			err = -ENOMEM;
			break;
		}

		/* In one go, or the engine might take the pages back first. */
		mutex_lock(&b->lock);
		if (xhb_release(b, batch, got, 0))
			err = xhb_foreign_from_queues(b, n, pages, lent);
		else
			err = -ENOMEM;
		mutex_unlock(&b->lock);
	}

	kvfree(batch);
	return err;
}

/**
 * xhb_foreign_get() - lend balloon pages to a foreign mapping
 * @b: the balloon
 * @n: 4K pages wanted
 * @pages: filled with the pages
 *
 * Takes pages out of the balloon; if it holds too few, pages of the guest are
 * given to Xen for the purpose, also below the floor: the caller cannot do its
 * work otherwise.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: 0 with all pages lent, or -ENOMEM with none lent.
 */
int xhb_foreign_get(struct xhb_balloon *b, unsigned int n, struct page **pages)
{
	unsigned int lent = 0;
	int err;

	mutex_lock(&b->lock);
	err = xhb_foreign_from_queues(b, n, pages, &lent);
	mutex_unlock(&b->lock);

	if (!err && lent < n)
		err = xhb_foreign_inflate(b, n, pages, &lent);
	if (err) {
		xhb_foreign_put(b, lent, pages);
		return -ENOMEM;
	}
	return 0;
}

/**
 * xhb_foreign_put() - end of a loan
 * @b: the balloon
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
		if (!pages[i])
			continue;
		xhb_compat_set_offline(pages[i], 0);
		xhb_base_put(b, pages[i]);
		b->foreign_used--;
		b->stats->target_unpopulated--;
	}
	mutex_unlock(&b->lock);

	/* The balloon may be larger now than the target wants it to be. */
	xhb_engine_kick(b);
}
