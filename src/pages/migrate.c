// SPDX-License-Identifier: GPL-2.0
/*
 * Compaction wants the place of a page of the base queue: another page gives up
 * its memory for it and takes its place in the balloon.
 */
#include <linux/mm.h>

#include "xhb_compat.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/**
 * xhb_move_managed() - memory of one page has become that of another
 * @from: not populated any more
 * @to: populated now
 *
 * Context: any.
 */
void xhb_move_managed(struct page *from, struct page *to)
{
	/* Within a zone the two changes cancel out. */
	if (page_zone(from) == page_zone(to))
		return;
	adjust_managed_page_count(from, -1);
	adjust_managed_page_count(to, 1);
}

static int xhb_move(struct xhb_balloon *b, struct page *from, struct page *to)
{
	int err;

	lockdep_assert_held(&b->lock);
	err = xhb_xen_move(&b->xen, from, to);
	if (!err)
		xhb_move_managed(from, to);
	return err;
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
	struct xhb_balloon *b = container_of(core, struct xhb_balloon, base);
	int err;

	if (!mutex_trylock(&b->lock))
		return -EAGAIN;

	if (xhb_xen_move_leaks(&b->xen))
		xhb_scrub(b, newpage, 0);
	err = xhb_move(b, newpage, page);
	if (!err) {
		xhb_compat_core_moved(core, newpage, page);
		xhb_block_add_base(b, page, -1);
		xhb_block_add_base(b, newpage, 1);
		xhb_block_backed(b, newpage, XHB_BACKING_4K);
		b->counts[XHB_COUNT_MIGRATED]++;
	} else {
		b->counts[XHB_COUNT_NOT_MIGRATED]++;
	}
	mutex_unlock(&b->lock);

	trace_xen_hugeballoon_migrate(page_to_pfn(page), page_to_pfn(newpage),
				      err);
	return err ? -EAGAIN : 0;
}

/**
 * xhb_probe_method() - find out how Xen lets this guest move memory
 * @b: the balloon, its engine not running
 *
 * Tries it with two pages, which the guest has back afterwards, or the engine
 * brings back. Without the memory to try, moves are done in two steps, which
 * work everywhere.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_probe_method(struct xhb_balloon *b)
{
	struct page *pages[2], *out, *in;
	unsigned int n;

	xhb_xen_assume_two_steps(&b->xen);
	n = xhb_alloc_base(b, pages, 2, GFP_HIGHUSER);
	if (n < 2)
		goto free;

	mutex_lock(&b->lock);
	in = pages[--n];
	out = xhb_release(b, &in, 1, 0) ? xhb_base_take(b) : NULL;
	if (!out)
		goto unlock;

	in = pages[0];
	if (!xhb_xen_choose_method(&b->xen, in, out)) {
		xhb_move_managed(in, out);
		xhb_compat_clear_offline(out, 0);
		xhb_compat_set_offline(in, 0);
		pages[0] = out;
		out = in;
	}
	xhb_populate(b, &out, 1, 0);
unlock:
	mutex_unlock(&b->lock);
free:
	while (n--)
		__free_page(pages[n]);
}
