// SPDX-License-Identifier: GPL-2.0
/*
 * Compaction wants the place of a page of the base queue: another page gives up
 * its memory for it and takes its place in the balloon.
 */
#include <linux/mm.h>

#include "xhb_pages.h"
#include "xhb_trace.h"

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
	if (xhb_xen_move_leaks(&b->xen))
		xhb_scrub(b, newpage, 0);
	err = xhb_transfer_move(b, newpage, page);
	mutex_unlock(&b->lock);

	xhb_count_add(b, err ? XHB_COUNT_NOT_MIGRATED : XHB_COUNT_MIGRATED, 1);
	trace_xen_hugeballoon_migrate(page_to_pfn(page), page_to_pfn(newpage),
				      err);
	return err ? -EAGAIN : 0;
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
		if (xhb_transfer_probe(b, in, out))
			swap(in, out);
		xhb_op_add(&take, out);
		xhb_populate(b, &take);
	}
	mutex_unlock(&b->lock);
	__free_page(in);
}
