// SPDX-License-Identifier: GPL-2.0
/*
 * Ballooned pages change drivers: adoption at load, handing back at unload.
 *
 * No memory moves and no hypercall is made. The built-in driver's exported
 * functions are called with its thread stopped and with all other callers
 * redirected, so nobody else changes its list.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>

#include "xhb_compat.h"
#include "xhb_pages.h"
#include "xhb_takeover.h"

/**
 * xhb_adopt() - take the pages that the built-in driver has ballooned out
 * @b: the balloon, its engine not running
 *
 * Adjacent pages become 2M ones.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_adopt(struct xhb_balloon *b)
{
	unsigned long adopted = 0;
	LIST_HEAD(pages);
	unsigned int n, i;

	/* Asked for more than it has, the built-in driver would inflate. */
	while ((n = min(balloon_stats.balloon_low, XHB_BATCH_PAGES))) {
		if (xen_alloc_ballooned_pages(n, b->batch)) {
			pr_warn("%lu KiB stay with the built-in balloon driver until unload\n",
				xhb_pages_to_kb(balloon_stats.balloon_low));
			break;
		}
		/* They are not in use, which is what this field counts. */
		balloon_stats.target_unpopulated -= n;

		for (i = 0; i < n; i++) {
			/* Memory that was never onlined came reserved. */
			ClearPageReserved(b->batch[i]);
			xhb_compat_set_offline(b->batch[i], 0);
			list_add(&b->batch[i]->lru, &pages);
		}
		adopted += n;
	}

	mutex_lock(&b->lock);
	b->counts[XHB_COUNT_ADOPTED] = adopted;
	xhb_put_list(b, &pages);
	mutex_unlock(&b->lock);
}

/* Everything in the queues, in 4K pages; waits for what compaction has. */
static void xhb_drain(struct xhb_balloon *b, struct list_head *pages)
{
	struct page *page;

	mutex_lock(&b->lock);
	while (b->base_count || xhb_split_one(b)) {
		page = xhb_base_take(b);
		if (page) {
			list_add(&page->lru, pages);
			cond_resched();
			continue;
		}
		mutex_unlock(&b->lock);
		usleep_range(1000, 2000);
		mutex_lock(&b->lock);
	}
	mutex_unlock(&b->lock);

	/*
	 * Compaction may have looked at a page when it was movable, and be about
	 * to take a reference for an instant. The built-in driver resets the
	 * count of references when it frees a page, so let that pass.
	 */
	synchronize_rcu_tasks();
}

/**
 * xhb_hand_back() - give all ballooned pages to the built-in driver
 * @b: the balloon, its engine not running
 *
 * Needs no memory and cannot fail. The queues are empty afterwards.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_hand_back(struct xhb_balloon *b)
{
	struct page *page, *next;
	unsigned int n = 0;
	LIST_HEAD(pages);

	xhb_drain(b, &pages);
	list_for_each_entry_safe(page, next, &pages, lru) {
		list_del(&page->lru);
		xhb_compat_clear_offline(page, 0);
		b->batch[n++] = page;
		if (n < XHB_BATCH_PAGES && !list_empty(&pages))
			continue;
		/* The function takes the pages for lent ones. */
		balloon_stats.target_unpopulated += n;
		xen_free_ballooned_pages(n, b->batch);
		n = 0;
		cond_resched();
	}
}
