// SPDX-License-Identifier: GPL-2.0
/*
 * Pages change hands between the guest and the hypervisor, and all that is
 * counted changes with them. Whatever the hypervisor does of what it was asked
 * for, each page ends up with the guest's allocator or in a queue.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "xhb_pages.h"
#include "xhb_trace.h"

/**
 * xhb_transfer_init() - make room for telling Xen of pages
 * @b: the balloon
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_transfer_init(struct xhb_balloon *b)
{
	b->transfer.batch = kvmalloc_array(XHB_BATCH_PAGES,
					   sizeof(*b->transfer.batch),
					   GFP_KERNEL);
	return b->transfer.batch ? 0 : -ENOMEM;
}

/**
 * xhb_transfer_destroy() - free what xhb_transfer_init() allocated
 * @b: the balloon
 *
 * Context: may sleep.
 */
void xhb_transfer_destroy(struct xhb_balloon *b)
{
	kvfree(b->transfer.batch);
	b->transfer.batch = NULL;
}

/* Is page number @i of a release the hypervisor's now? */
static bool xhb_is_gone(struct xhb_balloon *b, const struct xhb_done *done,
			unsigned long i)
{
	return i < done->pages ||
	       (done->stray && xhb_xen_is_stray(&b->xen, i));
}

static void xhb_account_stray(struct xhb_balloon *b, struct page **pages,
			      unsigned int n, unsigned int order,
			      const struct xhb_done *done)
{
	unsigned long i;

	for (i = done->pages; i < (unsigned long)n << order; i++) {
		struct page *page = pages[i >> order] +
				    (i & ((1UL << order) - 1));

		if (xhb_is_gone(b, done, i))
			xhb_account_exchanged(b, &page, 0, 1, false);
	}
}

/**
 * struct xhb_watch - how long a batch takes
 * @begin: of the batch
 * @xen_ns: what Xen has taken of that
 *
 * On the stack of whoever deals with the batch.
 */
struct xhb_watch {
	u64 begin;
	u64 xen_ns;
};

static struct xhb_watch xhb_watch_begin(void)
{
	return (struct xhb_watch) { .begin = xhb_time_begin() };
}

/* The rest of the time went into keeping the books. */
static void xhb_watch_end(struct xhb_balloon *b, const struct xhb_watch *w,
			  enum xhb_time books)
{
	xhb_time_step(b, books, w->begin + w->xen_ns);
}

static struct xhb_done xhb_release_batch(struct xhb_balloon *b,
					 struct page **pages, unsigned int n,
					 unsigned int order,
					 struct xhb_watch *w)
{
	unsigned long asked = (unsigned long)n << order;
	struct xhb_done done;
	u64 begin;
	unsigned int i;

	lockdep_assert_held(&b->lock);
	for (i = 0; i < n; i++)
		xhb_account_mark(pages[i], order);
	begin = xhb_time_begin();
	done = xhb_xen_release(&b->xen, pages, n, order);
	w->xen_ns = xhb_time_step(b, XHB_TIME_RELEASE, begin) - begin;
	xhb_account_exchanged(b, pages, order, done.pages, false);
	if (done.stray)
		xhb_account_stray(b, pages, n, order, &done);
	xhb_account_find_lost(b);
	if (done.pages < asked)
		xhb_count_add(b, XHB_COUNT_SHORT, 1);
	xhb_tried(b, order ? XHB_TRY_RELEASE_2M : XHB_TRY_RELEASE_4K, asked,
		  done.pages + done.stray);
	trace_xen_hugeballoon_release(n, order, &done);
	return done;
}

static struct xhb_done xhb_populate_batch(struct xhb_balloon *b,
					  struct page **pages, unsigned int n,
					  unsigned int order,
					  struct xhb_watch *w)
{
	unsigned long asked = (unsigned long)n << order;
	u64 begin = xhb_time_begin();
	struct xhb_done done;

	lockdep_assert_held(&b->lock);
	done = xhb_xen_populate(&b->xen, pages, n, order);
	w->xen_ns = xhb_time_step(b, XHB_TIME_POPULATE, begin) - begin;
	xhb_copied_mark(b, pages, order, done.pages);
	xhb_account_exchanged(b, pages, order, done.pages, true);
	xhb_account_find_lost(b);
	if (done.pages < asked)
		xhb_count_add(b, XHB_COUNT_SHORT, 1);
	xhb_tried(b, order ? XHB_TRY_POPULATE_2M : XHB_TRY_POPULATE_4K, asked,
		  done.pages);
	trace_xen_hugeballoon_populate(n, order, &done);
	return done;
}

/* Populated 4K pages [from, to) of a split 2M page go back to the guest. */
static void xhb_free_range(struct page *page, unsigned long from,
			   unsigned long to)
{
	for (; from < to; from++) {
		xhb_account_unmark(page + from, 0);
		__free_page(page + from);
	}
}

static void xhb_free_whole(struct page *page, unsigned int order)
{
	xhb_account_unmark(page, order);
	__free_pages(page, order);
}

static void xhb_queue_whole(struct xhb_balloon *b, struct page *page,
			    unsigned int order)
{
	if (order)
		xhb_huge_put(b, page);
	else
		xhb_base_put(b, page);
}

/* How many of the @size pages from number @first on of a release. */
static unsigned long xhb_gone_of(struct xhb_balloon *b, const struct xhb_done *done,
				 unsigned long first, unsigned long size)
{
	unsigned long i, gone = first < done->pages ? min(done->pages - first, size) : 0;

	if (!done->stray)
		return gone;
	for (i = gone; i < size; i++)
		gone += xhb_is_gone(b, done, first + i);
	return gone;
}

/* @page was extent number @n of a release. */
static void xhb_settle_released(struct xhb_balloon *b, struct page *page,
				unsigned int n, unsigned int order,
				const struct xhb_done *done)
{
	unsigned long size = 1UL << order, first = (unsigned long)n << order;
	unsigned long i = size, gone = xhb_gone_of(b, done, first, size);

	if (!gone) {
		xhb_free_whole(page, order);
	} else if (gone == size) {
		xhb_queue_whole(b, page, order);
	} else {
		split_page(page, order);
		while (i--) {
			if (xhb_is_gone(b, done, first + i))
				xhb_base_put(b, page + i);
			else
				xhb_free_range(page, i, i + 1);
		}
	}
}

/*
 * The first @given 4K pages of @page are the guest's again, as one 2M page of
 * the hypervisor's if they are @whole.
 */
static void xhb_settle_populated(struct xhb_balloon *b, struct page *page,
				 unsigned long given, unsigned int order,
				 bool whole)
{
	unsigned long size = 1UL << order;

	if (given)
		xhb_block_backed(b, page, whole ? XHB_BACKING_2M :
						  XHB_BACKING_4K);
	if (given == size) {
		xhb_free_whole(page, order);
	} else if (!given) {
		xhb_queue_whole(b, page, order);
	} else {
		split_page(page, order);
		xhb_count_add(b, XHB_COUNT_SPLIT, 1);
		xhb_base_put_range(b, page, given, size);
		xhb_free_range(page, 0, given);
	}
}

/* The pages of an operation, in the form that Xen wants. */
static unsigned int xhb_unload(struct xhb_balloon *b, struct xhb_op *op)
{
	unsigned int n = 0;

	lockdep_assert_held(&b->lock);
	while (op->count && n < XHB_BATCH_PAGES)
		b->transfer.batch[n++] = xhb_op_take(op);
	return n;
}

/**
 * xhb_release() - give pages of the guest to the hypervisor, into the queues
 * @b: the balloon
 * @op: pages owned by the caller, as many as xhb_op_most() at most
 *
 * What the hypervisor takes ends up in the queues, also a part of a 2M page;
 * the rest goes back to the guest's allocator. @op is empty afterwards.
 *
 * Context: under the balloon's lock; may sleep.
 * Return: what was released.
 */
struct xhb_done xhb_release(struct xhb_balloon *b, struct xhb_op *op)
{
	struct xhb_watch w = xhb_watch_begin();
	struct page **pages = b->transfer.batch;
	unsigned int n = xhb_unload(b, op), i = n;
	struct xhb_done done;

	done = xhb_release_batch(b, pages, n, op->order, &w);
	/* The first one last, for the queues give back first what they got last. */
	while (i-- > 0)
		xhb_settle_released(b, pages[i], i, op->order, &done);
	xhb_watch_end(b, &w, XHB_TIME_RELEASE_BOOKS);
	return done;
}

/**
 * xhb_populate() - take pages back from the hypervisor, for the guest
 * @b: the balloon
 * @op: pages taken from a queue, as many as xhb_op_most() at most
 *
 * What the hypervisor gives goes to the guest's allocator, also a part of a 2M
 * page; the rest goes back into the queues. @op is empty afterwards.
 *
 * Context: under the balloon's lock; may sleep.
 * Return: what was populated.
 */
struct xhb_done xhb_populate(struct xhb_balloon *b, struct xhb_op *op)
{
	unsigned long left, part, size = 1UL << op->order;
	struct xhb_watch w = xhb_watch_begin();
	struct page **pages = b->transfer.batch;
	unsigned int i, n = xhb_unload(b, op);
	struct xhb_done done;

	done = xhb_populate_batch(b, pages, n, op->order, &w);
	for (i = 0, left = done.pages; i < n; i++, left -= part) {
		part = min(left, size);
		xhb_settle_populated(b, pages[i], part, op->order,
				     i < done.whole);
	}
	xhb_watch_end(b, &w, XHB_TIME_POPULATE_BOOKS);
	return done;
}

/**
 * xhb_trade() - a 2M page of the guest for as many 4K pages of the balloon
 * @b: the balloon
 * @op: one 2M page, owned by the caller; empty afterwards
 *
 * Xen gets its memory before it is asked for any, so that the domain never has
 * more than it may. If it does not give as much back, the balloon is larger.
 *
 * Context: under the balloon's lock; may sleep.
 * Return: what was released.
 */
struct xhb_done xhb_trade(struct xhb_balloon *b, struct xhb_op *op)
{
	struct xhb_done done = xhb_release(b, op);
	struct xhb_op back;

	xhb_op_init(&back, 0);
	if (xhb_queues_take(b, &back, done.pages))
		xhb_populate(b, &back);
	return done;
}

/**
 * xhb_renew() - a 2M page of the guest goes to the hypervisor and comes back
 * @b: the balloon
 * @page: first 4K page, owned by the caller, without content of any worth;
 *	the guest's or the balloon's afterwards
 *
 * Context: under the balloon's lock; may sleep.
 * Return: 0 if the hypervisor backs it by a 2M page now; -ENOSPC if it had 4K
 * pages only; -EAGAIN if it has kept or taken a part, which is in the balloon;
 * -EBUSY if it did not take it, and nothing has changed.
 */
int xhb_renew(struct xhb_balloon *b, struct page *page)
{
	struct xhb_watch w = xhb_watch_begin();
	struct xhb_done done;

	done = xhb_release_batch(b, &page, 1, XHB_HUGE_ORDER, &w);
	xhb_watch_end(b, &w, XHB_TIME_RELEASE_BOOKS);
	if (done.pages < XHB_HUGE_PAGES) {
		xhb_settle_released(b, page, 0, XHB_HUGE_ORDER, &done);
		return done.pages || done.stray ? -EAGAIN : -EBUSY;
	}
	w = xhb_watch_begin();
	done = xhb_populate_batch(b, &page, 1, XHB_HUGE_ORDER, &w);
	xhb_settle_populated(b, page, done.pages, XHB_HUGE_ORDER, done.whole);
	xhb_watch_end(b, &w, XHB_TIME_POPULATE_BOOKS);
	if (done.pages < XHB_HUGE_PAGES)
		return -EAGAIN;
	return done.whole ? 0 : -ENOSPC;
}

/**
 * xhb_anchor() - have Xen make a 4K p2m entry for a page of the guest
 * @b: the balloon
 * @page: 4K, owned by the caller, without content of any worth; scrubbed
 *
 * It goes to the hypervisor and comes back. Xen can enter memory there from then
 * on without having to make a table for it.
 *
 * Context: under the balloon's lock; may sleep.
 * Return: true if the page is still the caller's; else it is the guest's, because
 * the hypervisor did not take it, or in the balloon.
 */
bool xhb_anchor(struct xhb_balloon *b, struct page *page)
{
	struct xhb_watch w;
	struct xhb_done done = xhb_release_batch(b, &page, 1, 0, &w);

	if (!done.pages) {
		xhb_settle_released(b, page, 0, 0, &done);
		return false;
	}
	if (!xhb_populate_batch(b, &page, 1, 0, &w).pages) {
		xhb_base_put(b, page);
		return false;
	}
	xhb_block_backed(b, page, XHB_BACKING_4K);
	xhb_account_unmark(page, 0);
	return true;
}

/**
 * xhb_transfer_keep() - a block that was adopted has memory, and is the guest's
 * @b: the balloon
 * @page: first of its 4K pages, with one reference each
 *
 * It has been counted as the guest's all the time, but not by the kernel.
 *
 * Context: under the balloon's lock.
 */
void xhb_transfer_keep(struct xhb_balloon *b, struct page *page)
{
	xhb_account_kept(b, page, XHB_HUGE_ORDER);
	xhb_free_range(page, 0, XHB_HUGE_PAGES);
}
