// SPDX-License-Identifier: GPL-2.0
/*
 * Compaction wants the place of a page of the base queue: another page gives up
 * its memory for it and takes its place in the balloon.
 */
#include <linux/mm.h>

#include "xhb_pages.h"
#include "xhb_trace.h"

/* Between two moves that may lose a page, once one has. */
static const struct xhb_limits xhb_lost_pauses = {
	.first = 60 * HZ, .longest = 60 * 60 * HZ,
};

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
	xhb_lock(b);
	b->migrate.frozen = frozen;
	xhb_unlock(b);
}

/* Xen must not have to make a table to take memory from it, or to put it there. */
static void xhb_reserve_fill(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	if (xhb_anchor(b, page))
		b->migrate.reserve = page;
}

static int xhb_move(struct xhb_balloon *b, struct page *from, struct page *to)
{
	int err = xhb_xen_move(&b->xen, from, to);

	lockdep_assert_held(&b->lock);
	if (trace_xen_hugeballoon_move_enabled())
		trace_xen_hugeballoon_move(from, to,
					   xhb_xen_method_name(&b->xen), err);
	return err;
}

/*
 * The memory of @page has gone, and nowhere else. @page is about to be used by the
 * kernel and must not be without. What is done for it needs no p2m table, and no
 * memory of Xen's either: the reserve becomes part of the balloon in its stead.
 */
static void xhb_migrate_restore(struct xhb_balloon *b, struct page *page)
{
	struct page *reserve = b->migrate.reserve;
	int err;

	lockdep_assert_held(&b->lock);
	xhb_account_mark(reserve, 0);
	err = xhb_move(b, reserve, page);
	if (!err || err == -ENODATA) {
		b->migrate.reserve = NULL;
		xhb_account_exchanged(b, &reserve, 0, 1, false);
		xhb_base_put(b, reserve);
	} else {
		xhb_account_unmark(reserve, 0);
	}
	/* A table is there, and memory is, or was a moment ago. */
	WARN_ON_ONCE(err && !xhb_xen_populate(&b->xen, &page, 1, 0).pages);
	xhb_copied_mark(b, &page, 0, 1);
	xhb_block_backed(b, page, XHB_BACKING_4K);
}

/* Each time it costs the guest a page, so it is tried less and less often. */
static void xhb_migrate_pause(struct xhb_balloon *b)
{
	b->migrate.resume_at = jiffies + xhb_backoff_next(&b->migrate.pause,
							  &xhb_lost_pauses);
}

static bool xhb_migrate_pauses(struct xhb_balloon *b)
{
	return b->migrate.pause.tries &&
	       time_before(jiffies, b->migrate.resume_at);
}

/* The page that a move may need to fall back on; fills it if it can. */
static bool xhb_has_reserve(struct xhb_balloon *b, struct xhb_op *spare)
{
	lockdep_assert_held(&b->lock);
	if (!b->migrate.reserve && spare->count && !xhb_migrate_pauses(b))
		xhb_reserve_fill(b, xhb_op_take(spare));
	return b->migrate.reserve;
}

static bool xhb_may_migrate(struct xhb_balloon *b, struct xhb_op *spare)
{
	lockdep_assert_held(&b->lock);
	if (b->migrate.frozen || xhb_reconcile_pending(b) ||
	    (xhb_was_copied(b) && xhb_copied_ask(b)))
		return false;
	if (!xhb_xen_move_may_fail_half_way(&b->xen))
		return true;
	return xhb_has_reserve(b, spare) && !xhb_migrate_pauses(b);
}

static int xhb_migrate(struct xhb_balloon *b, struct page *newpage,
		       struct page *page, struct xhb_op *spare)
{
	int err;

	if (!xhb_may_migrate(b, spare))
		return -EAGAIN;
	if (xhb_xen_move_leaks(&b->xen))
		xhb_scrub(b, newpage, 0);
	err = xhb_move(b, newpage, page);
	if (err == -ENODATA) {
		xhb_migrate_restore(b, newpage);
		xhb_migrate_pause(b);
	}
	xhb_account_find_lost(b);
	if (err)
		return err;
	/* A move populates, too. */
	xhb_copied_mark(b, &page, 0, 1);
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
	struct xhb_op spare;
	int err = -EBUSY;
	bool locked;

	/* Without waiting: this may be compaction on its way to free memory. */
	xhb_op_init(&spare, 0);
	if (!READ_ONCE(b->migrate.reserve) &&
	    xhb_xen_move_may_fail_half_way(&b->xen))
		xhb_alloc_base(b, &spare, 1, GFP_NOWAIT);
	locked = xhb_trylock(b);
	if (locked) {
		err = xhb_migrate(b, newpage, page, &spare);
		xhb_unlock(b);
	}
	xhb_op_free(&spare);
	xhb_tried(b, XHB_TRY_MIGRATE_4K, 1, !err);
	trace_xen_hugeballoon_migrate(page, newpage, mode, err);
	if (!locked)
		return -EAGAIN;

	xhb_count_add(b, err ? XHB_COUNT_NOT_MIGRATED : XHB_COUNT_MIGRATED, 1);
	return err ? -EAGAIN : 0;
}

/* The memory of @page has gone in a move, and nowhere else. */
static void xhb_move_lost(struct xhb_balloon *b, struct page *page)
{
	xhb_account_exchanged(b, &page, 0, 1, false);
	xhb_account_find_lost(b);
}

/**
 * xhb_replace() - another page takes the place of one that is not populated
 * @b: the balloon
 * @page: 4K, taken from a queue
 *
 * For those who will not be able to move it.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: the other page, and @page is the kernel's again; or @page, if the guest or
 * Xen lacks the memory for it.
 */
struct page *xhb_replace(struct xhb_balloon *b, struct page *page)
{
	struct page *other;
	struct xhb_op op;
	int err;

	xhb_op_init(&op, 0);
	if (!xhb_alloc_base(b, &op, 1, GFP_HIGHUSER))
		return page;
	other = xhb_op_take(&op);
	xhb_lock(b);
	err = xhb_move(b, other, page);
	if (!err) {
		xhb_copied_mark(b, &page, 0, 1);
		xhb_account_moved(b, other, page);
		xhb_account_unmark(page, 0);
		xhb_account_mark(other, 0);
		swap(other, page);
	} else if (err == -ENODATA) {
		/* It is where @page was, and as good for the queues. */
		xhb_account_mark(other, 0);
		xhb_move_lost(b, other);
		xhb_op_add(&op, other);
		xhb_populate(b, &op);
		other = NULL;
	}
	xhb_unlock(b);
	if (other)
		__free_page(other);
	return page;
}

/*
 * By a real move, after which @to is populated and @from is what @to was. Returns
 * as xhb_xen_choose_method().
 */
static int xhb_try_move(struct xhb_balloon *b, struct page *from,
			struct page *to)
{
	int err = xhb_xen_choose_method(&b->xen, from, to);

	lockdep_assert_held(&b->lock);
	if (err && err != -ENODATA)
		return err;
	xhb_account_mark(from, 0);
	if (err) {
		xhb_move_lost(b, from);
		return err;
	}
	xhb_account_moved(b, from, to);
	xhb_account_unmark(to, 0);
	return 0;
}

static void xhb_probe_with(struct xhb_balloon *b, struct xhb_op *guests)
{
	struct page *in = xhb_op_take(guests);
	struct xhb_op take;
	struct page *out;
	int err;

	xhb_op_init(&take, 0);
	xhb_lock(b);
	xhb_release(b, guests);
	if (xhb_queues_take(b, &take, 1)) {
		out = xhb_op_take(&take);
		err = xhb_try_move(b, in, out);
		if (!err)
			swap(in, out);
		xhb_op_add(&take, out);
		if (err == -ENODATA)
			xhb_op_add(&take, xchg(&in, NULL));
		xhb_populate(b, &take);
	}
	if (in && !b->migrate.reserve &&
	    xhb_xen_move_may_fail_half_way(&b->xen))
		xhb_reserve_fill(b, in);
	else if (in)
		__free_page(in);
	xhb_unlock(b);
}

/**
 * xhb_probe_method() - find out how Xen lets this guest move memory
 * @b: the balloon, its worker not running
 *
 * Tries it with two pages, of which the guest has one back afterwards, or the
 * worker brings it back; the other is kept for moves that fail half-way. Without
 * the memory to try, moves are done in two steps, which work everywhere.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_probe_method(struct xhb_balloon *b)
{
	struct xhb_op op;

	xhb_xen_assume_two_steps(&b->xen);
	xhb_op_init(&op, 0);
	if (xhb_alloc_base(b, &op, 2, GFP_HIGHUSER) == 2)
		xhb_probe_with(b, &op);
	else
		xhb_op_free(&op);
}

/**
 * xhb_migrate_destroy() - give back what moves were kept safe by
 * @b: the balloon, whose pages do not move any more
 *
 * Context: any.
 */
void xhb_migrate_destroy(struct xhb_balloon *b)
{
	if (b->migrate.reserve)
		__free_page(b->migrate.reserve);
	b->migrate.reserve = NULL;
}
