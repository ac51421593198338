// SPDX-License-Identifier: GPL-2.0
/*
 * Ballooned pages change drivers: adoption at load, handing back at unload.
 *
 * No memory moves and no hypercall is made. The built-in driver's exported
 * functions are called with its thread stopped and with all other callers
 * redirected, so nobody else changes its list.
 */
#include <linux/mm.h>

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

		mutex_lock(&b->lock);
		for (i = 0; i < n; i++) {
			/* Memory that was never onlined came reserved. */
			ClearPageReserved(b->batch[i]);
			xhb_compat_set_offline(b->batch[i], 0);
			xhb_base_put(b, b->batch[i]);
		}
		mutex_unlock(&b->lock);
		adopted += n;
	}

	mutex_lock(&b->lock);
	b->counts[XHB_COUNT_ADOPTED] = adopted;
	xhb_promote_all(b);
	mutex_unlock(&b->lock);
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
	unsigned int n;

	mutex_lock(&b->lock);
	do {
		for (n = 0; n < XHB_BATCH_PAGES; n++) {
			if (!b->base_count && !xhb_split_one(b))
				break;
			b->batch[n] = xhb_base_take(b);
			xhb_compat_clear_offline(b->batch[n], 0);
		}
		if (n) {
			/* The function takes the pages for lent ones. */
			balloon_stats.target_unpopulated += n;
			xen_free_ballooned_pages(n, b->batch);
		}
		cond_resched();
	} while (n == XHB_BATCH_PAGES);
	mutex_unlock(&b->lock);
}
