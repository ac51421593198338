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
#include <xen/balloon.h>

#include "xhb_pages.h"
#include "takeover/private.h"

/* Pages that the built-in driver is told of at once. */
#define XHB_HANDOVER_PAGES	64U

/**
 * xhb_adopt() - take the pages that the built-in driver has ballooned out
 * @b: the balloon, its worker not running
 *
 * Adjacent pages become 2M ones.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_adopt(struct xhb_balloon *b)
{
	struct page *batch[XHB_HANDOVER_PAGES];
	LIST_HEAD(pages);
	unsigned int n, i;

	/* Asked for more than it has, the built-in driver would inflate. */
	while ((n = min_t(unsigned long, balloon_stats.balloon_low,
			  XHB_HANDOVER_PAGES))) {
		if (xen_alloc_ballooned_pages(n, batch)) {
			pr_warn("%lu KiB stay with the built-in balloon driver until unload\n",
				xhb_pages_to_kb(balloon_stats.balloon_low));
			break;
		}
		xhb_transfer_adopt(b, batch, n);
		for (i = 0; i < n; i++)
			list_add(&batch[i]->lru, &pages);
	}

	mutex_lock(&b->lock);
	xhb_put_list(b, &pages);
	mutex_unlock(&b->lock);
}

/* Everything in the queues, in 4K pages; waits for what compaction has. */
static void xhb_drain(struct xhb_balloon *b, struct xhb_op *op)
{
	unsigned int had;

	mutex_lock(&b->lock);
	while (xhb_base_pages(b) || xhb_split_one(b)) {
		had = op->count;
		if (xhb_queues_take(b, op, had + XHB_HUGE_PAGES) > had) {
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
 * @b: the balloon, its worker not running
 *
 * Needs no memory and cannot fail. The queues are empty afterwards.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_hand_back(struct xhb_balloon *b)
{
	struct page *batch[XHB_HANDOVER_PAGES];
	struct xhb_op op;
	unsigned int n;

	xhb_op_init(&op, 0);
	xhb_drain(b, &op);
	while (op.count) {
		for (n = 0; n < XHB_HANDOVER_PAGES && op.count; n++)
			batch[n] = xhb_op_take(&op);
		xhb_transfer_hand_back(b, batch, n);
		xen_free_ballooned_pages(n, batch);
		cond_resched();
	}
}
