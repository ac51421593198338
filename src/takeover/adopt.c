// SPDX-License-Identifier: GPL-2.0
/*
 * Ballooned pages change drivers: adoption at load, and when memory comes online,
 * which is the built-in driver's first; handing back at unload.
 *
 * No memory moves. The built-in driver's exported functions are called with its
 * thread stopped and with all other callers redirected. Nobody else changes its list,
 * but that memory that comes online is added to it.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <xen/balloon.h>

#include "xhb_compat_memory.h"
#include "xhb_pages.h"
#include "takeover/private.h"

/* Pages that the built-in driver is told of at once. */
#define XHB_HANDOVER_PAGES	64U

/* One adopts at a time: the map of blocks may have to grow. */
static DEFINE_MUTEX(xhb_adopt_lock);

/*
 * Has the built-in driver taken pages for ballooned that have memory? It counts each
 * page once, but for those that went offline and came online again. @taken is what
 * was in its list, looked at afterwards: it may have been growing.
 */
static bool xhb_had_too_many(const struct balloon_stats *stats,
			     unsigned long taken)
{
	return stats->current_pages + stats->balloon_low + taken +
	       stats->target_unpopulated > stats->total_pages;
}

/*
 * Takes at most XHB_HANDOVER_PAGES from the built-in driver's list. Returns how many,
 * or an error with none taken.
 *
 * Asked for more than it has, that driver would inflate. And it counts them as
 * foreign pages, which is put right before anybody sees it. All this is why it is
 * called under the balloon's lock, and therefore has to do without reclaim where it
 * allocates (p2m of PV guests).
 */
static int xhb_take_from_builtin(struct xhb_balloon *b, struct page **batch)
{
	unsigned int flags, n;
	int err = 0;

	lockdep_assert_held(&b->lock);
	n = min_t(unsigned long, READ_ONCE(balloon_stats.balloon_low),
		  XHB_HANDOVER_PAGES);
	if (!n)
		return 0;
	flags = memalloc_noreclaim_save();
	xhb_redirect_except(current);
	err = xen_alloc_ballooned_pages(n, batch);
	xhb_redirect_except(NULL);
	memalloc_noreclaim_restore(flags);
	if (err)
		return err;
	xhb_transfer_adopt(b, batch, n);
	return n;
}

static void xhb_return_to_builtin(struct xhb_balloon *b, struct page **batch,
				  unsigned int n)
{
	xhb_lock(b);
	xhb_transfer_hand_back(b, batch, n);
	xhb_redirect_except(current);
	xen_free_ballooned_pages(n, batch);
	xhb_redirect_except(NULL);
	xhb_unlock(b);
}

/* Returns as xhb_take_from_builtin(), and -ENOMEM if the map cannot have them. */
static int xhb_adopt_batch(struct xhb_balloon *b, struct list_head *pages)
{
	struct page *batch[XHB_HANDOVER_PAGES];
	int i, n, err = 0;

	xhb_lock(b);
	n = xhb_take_from_builtin(b, batch);
	xhb_unlock(b);

	for (i = 0; i < n && !err; i++)
		err = xhb_blocks_reach(b, batch[i]);
	if (err) {
		xhb_return_to_builtin(b, batch, n);
		return err;
	}
	for (i = 0; i < n; i++)
		list_add(&batch[i]->lru, pages);
	return n;
}

/**
 * xhb_adopt() - take the pages that the built-in driver has
 * @b: the balloon
 * @online: some of them have come online just now
 *
 * Adjacent pages become 2M ones. What has memory behind it becomes the guest's. If
 * there is no memory for adopting them, pages stay where they are, and the log says
 * so; the next call tries it again.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_adopt(struct xhb_balloon *b, bool online)
{
	unsigned long taken = 0;
	LIST_HEAD(pages);
	int n;

	mutex_lock(&xhb_adopt_lock);
	while ((n = xhb_adopt_batch(b, &pages)) > 0) {
		taken += n;
		cond_resched();
	}
	if (n < 0)
		pr_warn("no memory to adopt %lu KiB, which stay with the built-in balloon driver until unload\n",
			xhb_pages_to_kb(balloon_stats.balloon_low));

	xhb_lock(b);
	online |= xhb_had_too_many(&balloon_stats, taken);
	xhb_unlock(b);
	xhb_put_list(b, &pages, online);
	mutex_unlock(&xhb_adopt_lock);
}

/* All of the base queue; waits for what compaction has. */
static void xhb_drain_base(struct xhb_balloon *b, struct xhb_op *op)
{
	unsigned int had;

	lockdep_assert_held(&b->lock);
	while (xhb_base_pages(b)) {
		had = op->count;
		xhb_queues_take(b, op, had + XHB_HUGE_PAGES);
		/* There may be millions, and others want the lock. */
		xhb_unlock(b);
		if (op->count > had)
			cond_resched();
		else
			usleep_range(1000, 2000);
		xhb_lock(b);
	}
}

/*
 * All 2M pages, in 4K pages. They have never been in the core balloon, and are not put
 * there for this.
 */
static void xhb_drain_huge(struct xhb_balloon *b, struct xhb_op *op)
{
	struct xhb_op huge;

	lockdep_assert_held(&b->lock);
	xhb_op_init(&huge, XHB_HUGE_ORDER);
	while (xhb_queues_take(b, &huge, 1)) {
		xhb_op_add_split(b, op, xhb_op_take(&huge));
		xhb_unlock(b);
		cond_resched();
		xhb_lock(b);
	}
}

/* Everything in the queues. */
static void xhb_drain(struct xhb_balloon *b, struct xhb_op *op)
{
	xhb_lock(b);
	xhb_drain_base(b, op);
	xhb_drain_huge(b, op);
	xhb_unlock(b);

	/*
	 * Compaction may have looked at a page when it was marked as movable, and
	 * be about to take a reference for an instant. The built-in driver resets
	 * the count of references when it frees a page, so let that pass.
	 */
	synchronize_rcu_tasks();
}

static void xhb_hand_over(struct xhb_balloon *b, struct xhb_op *op)
{
	struct page *batch[XHB_HANDOVER_PAGES];
	struct page *page;
	unsigned int n;

	while (op->count) {
		for (n = 0; n < XHB_HANDOVER_PAGES && op->count; n++) {
			page = xhb_op_take(op);
			/*
			 * The built-in driver's pages stay where they are,
			 * but the kernel needs its own memory more.
			 */
			if (xhb_compat_only_movable(page) &&
			    xhb_spare_kernel(b))
				page = xhb_replace(b, page);
			batch[n] = page;
		}
		xhb_return_to_builtin(b, batch, n);
		cond_resched();
	}
}

/**
 * xhb_hand_back() - give all ballooned pages to the built-in driver
 * @b: the balloon, its worker not running
 *
 * Cannot fail, and needs no memory but for pages where only movable ones may be:
 * those are exchanged for others as long as the kernel can spare some. The queues are
 * empty afterwards.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_hand_back(struct xhb_balloon *b)
{
	struct xhb_op op;

	xhb_op_init(&op, 0);
	xhb_foreign_trim(b);
	/* Exchanging a page may add one to the balloon, at the worst. */
	do {
		xhb_drain(b, &op);
		xhb_hand_over(b, &op);
	} while (xhb_ballooned_pages(b));
	if (xhb_foreign_used(b))
		pr_info("%lu KiB are in use by foreign mappings, which give them back to the built-in balloon driver\n",
			xhb_pages_to_kb(xhb_foreign_used(b)));
}
