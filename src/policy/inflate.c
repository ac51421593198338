// SPDX-License-Identifier: GPL-2.0
/*
 * Inflation gives 2M pages to Xen while the guest has any, then 4K pages. While a block
 * is being emptied for longer than a host would wait, 4K pages go.
 */
#include <linux/err.h>
#include <linux/mm.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/*
 * When the guest has no 2M page to offer, so many 4K steps of 2M each pass before
 * it is asked again; the number doubles while it keeps having none.
 */
static const struct xhb_limits xhb_skip_2m = { .first = 4, .longest = 64 };

/**
 * xhb_inflate_afresh() - ask for a 2M page with the next step, whatever was before
 * @b: the balloon
 *
 * Context: on the worker only.
 */
void xhb_inflate_afresh(struct xhb_balloon *b)
{
	b->inflate.skip_2m = 0;
}

static bool xhb_try_2m(struct xhb_balloon *b, unsigned long want)
{
	if (!xhb_knob(b, enable_huge) || want < XHB_HUGE_PAGES)
		return false;
	if (b->inflate.skip_2m) {
		b->inflate.skip_2m--;
		return false;
	}
	return true;
}

/* Returns 0, or -EINPROGRESS while a block is being emptied. */
static int xhb_find_2m(struct xhb_balloon *b, struct xhb_op *op,
		       unsigned long want)
{
	struct page *page;

	if (xhb_alloc_huge(b, op, xhb_batch_extents(b, op, want, false)) ||
	    xhb_effort(b) < XHB_EFFORT_EVACUATE)
		return 0;
	page = xhb_evacuate(b, XHB_CHOICE_ANY, 0);
	if (page == ERR_PTR(-EINPROGRESS))
		return -EINPROGRESS;
	if (!IS_ERR(page)) {
		xhb_scrub(b, page, XHB_HUGE_ORDER);
		xhb_op_add(op, page);
	}
	return 0;
}

/*
 * Pages were found, which takes long, and somebody may have needed them meanwhile. @seen
 * is what xhb_target_changes() returned before.
 */
static unsigned int xhb_give(struct xhb_balloon *b, struct xhb_op *op, unsigned long seen)
{
	unsigned long asked = (unsigned long)op->count << op->order;
	struct xhb_done done;

	xhb_lock(b);
	if (xhb_target_changes(b) != seen &&
	    xhb_current_pages(b) < xhb_target_pages(b) + asked) {
		xhb_unlock(b);
		xhb_op_free(op);
		return XHB_STEP_AGAIN;
	}
	done = xhb_release(b, op);
	xhb_unlock(b);
	return xhb_batch_done(b, done.pages, asked,
			      done.pages ? XHB_WHY_GIVES : XHB_WHY_REFUSED);
}

/**
 * xhb_inflate_step() - give one batch of pages to Xen
 * @b: the balloon
 * @want: 4K pages that are still to go, at least 1
 *
 * Takes 2M pages while there are any, then 4K pages, of which it also takes a batch
 * when nothing has moved for XHB_STILL_MS. Never takes the guest below its floor, nor
 * below a target that is set while it looks for pages.
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: XHB_STEP_AGAIN after Xen took something, or if there is such a target;
 * XHB_COPIED_WAIT_MS while the domain is being copied, XHB_STEP_BLOCK while a block is
 * being emptied for it, XHB_STEP_STUCK at the floor, when the guest has no page, or when
 * Xen took none. All pages are accounted for.
 */
unsigned int xhb_inflate_step(struct xhb_balloon *b, unsigned long want)
{
	struct xhb_inflate *inflate = &b->inflate;
	unsigned long huge, seen = xhb_target_changes(b);
	struct xhb_op op;
	int err;

	/* The guest can be as large after it has arrived as it is now. */
	if (xhb_is_copied(b))
		return xhb_batch_none(b, XHB_WHY_COPIED, XHB_COPIED_WAIT_MS);
	want = min3(want, xhb_spare(b, XHB_USE_BALLOON), xhb_spare_base(b));
	if (!want)
		return xhb_batch_none(b, XHB_WHY_FLOOR, XHB_STEP_STUCK);

	huge = min(want, xhb_spare_kernel(b));
	if (xhb_try_2m(b, huge)) {
		xhb_op_init(&op, XHB_HUGE_ORDER);
		err = xhb_find_2m(b, &op, huge);
		if (err && !xhb_batch_late(b))
			return xhb_batch_none(b, XHB_WHY_EMPTIES, XHB_STEP_BLOCK);
		trace_xen_hugeballoon_inflate(want, huge, &op);
		if (op.count) {
			xhb_backoff_reset(&inflate->no_2m);
			return xhb_give(b, &op, seen);
		}
		if (!err) {
			xhb_count_add(b, XHB_COUNT_NO_2M, 1);
			inflate->skip_2m = xhb_backoff_next(&inflate->no_2m, &xhb_skip_2m);
		}
	}

	xhb_op_init(&op, 0);
	xhb_alloc_base(b, &op, xhb_batch_extents(b, &op, want, false), XHB_GFP_BASE);
	trace_xen_hugeballoon_inflate(want, huge, &op);
	if (!op.count)
		return xhb_batch_none(b, XHB_WHY_NO_PAGE, XHB_STEP_STUCK);
	return xhb_give(b, &op, seen);
}
