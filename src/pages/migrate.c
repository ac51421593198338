// SPDX-License-Identifier: GPL-2.0
/*
 * Compaction wants the place of a page of the base queue: another page gives up
 * its memory for it and takes its place in the balloon.
 */
#include <linux/mm.h>

#include "xhb_pages.h"
#include "xhb_trace.h"

/**
 * xhb_migrate_freeze() - the domain goes to sleep, or has woken up
 * @b: the balloon
 * @frozen: it goes to sleep
 *
 * The worker is frozen by then, but a block may be being emptied, and balloon
 * pages in it move. A move that the domain's sleep came into the middle of would
 * go on with frames that are not the domain's any more.
 *
 * Context: may sleep; not under the balloon's lock. No move is under way, and
 * none begins, when this returns with @frozen set.
 */
void xhb_migrate_freeze(struct xhb_balloon *b, bool frozen)
{
	mutex_lock(&b->lock);
	b->migrate.frozen = frozen;
	mutex_unlock(&b->lock);
}

static int xhb_migrate(struct xhb_balloon *b, struct page *newpage,
		       struct page *page)
{
	int err;

	lockdep_assert_held(&b->lock);
	if (b->migrate.frozen || xhb_reconcile_pending(b) ||
	    (xhb_was_copied(b) && xhb_transfer_ask_copied(b)))
		return -EAGAIN;
	if (xhb_xen_move_leaks(&b->xen))
		xhb_scrub(b, newpage, 0);
	err = xhb_xen_move(&b->xen, newpage, page);
	if (err)
		return err;
	/* A move populates, too. */
	xhb_transfer_populated(b, &page, 0, 1);
	xhb_account_moved(b, newpage, page);
	xhb_base_moved(b, newpage, page);
	return 0;
}

/**
 * xhb_migratepage() - the core balloon's migration callback
 * @core: the base queue
 * @newpage: populated, takes the place of @page in the queue
 * @page: of the queue, isolated; belongs to the kernel afterwards
 * @mode: how long the caller is ready to wait
 *
 * The caller may be compacting memory for an allocation of this driver, and it
 * holds page locks that are taken here under the balloon's lock. So that lock
 * is only tried.
 *
 * Context: may sleep; both pages locked.
 * Return: 0, or -EAGAIN with nothing changed.
 */
int xhb_migratepage(struct balloon_dev_info *core, struct page *newpage,
		    struct page *page, enum migrate_mode mode)
{
	struct xhb_balloon *b = xhb_balloon_of(core);
	int err;

	if (!mutex_trylock(&b->lock))
		return -EAGAIN;
	err = xhb_migrate(b, newpage, page);
	mutex_unlock(&b->lock);

	xhb_count_add(b, err ? XHB_COUNT_NOT_MIGRATED : XHB_COUNT_MIGRATED, 1);
	trace_xen_hugeballoon_migrate(page_to_pfn(page), page_to_pfn(newpage),
				      err);
	return err ? -EAGAIN : 0;
}

/* By a real move; true if @to is populated now and @from is what @to was. */
static bool xhb_try_move(struct xhb_balloon *b, struct page *from,
			 struct page *to)
{
	lockdep_assert_held(&b->lock);
	if (xhb_xen_choose_method(&b->xen, from, to))
		return false;
	xhb_account_moved(b, from, to);
	xhb_account_unmark(to, 0);
	xhb_account_mark(from, 0);
	return true;
}

/**
 * xhb_probe_method() - find out how Xen lets this guest move memory
 * @b: the balloon, its worker not running
 *
 * Tries it with two pages, which the guest has back afterwards, or the worker
 * brings back. Without the memory to try, moves are done in two steps, which
 * work everywhere.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_probe_method(struct xhb_balloon *b)
{
	struct page *in, *out;
	struct xhb_op give, take;

	xhb_xen_assume_two_steps(&b->xen);
	xhb_op_init(&give, 0);
	xhb_op_init(&take, 0);
	if (xhb_alloc_base(b, &give, 2, GFP_HIGHUSER) < 2) {
		xhb_op_free(&give);
		return;
	}

	in = xhb_op_take(&give);
	mutex_lock(&b->lock);
	xhb_release(b, &give);
	xhb_queues_take(b, &take, 1);
	if (take.count) {
		out = xhb_op_take(&take);
		if (xhb_try_move(b, in, out))
			swap(in, out);
		xhb_op_add(&take, out);
		xhb_populate(b, &take);
	}
	mutex_unlock(&b->lock);
	__free_page(in);
}
