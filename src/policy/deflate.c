// SPDX-License-Identifier: GPL-2.0
/*
 * Increase reservation: pages come back from Xen.
 */
#include <linux/mm.h>

#include "xhb_policy.h"
#include "xhb_pages.h"

static unsigned int xhb_take_huge_batch(struct xhb_balloon *b,
					unsigned long want)
{
	unsigned int n, most;

	most = min_t(unsigned long, want >> XHB_HUGE_ORDER,
		     xhb_xen_max_extents(&b->xen, XHB_HUGE_ORDER));
	for (n = 0; n < most; n++) {
		b->batch[n] = xhb_huge_take(b);
		if (!b->batch[n])
			break;
	}
	return n;
}

static unsigned int xhb_take_base_batch(struct xhb_balloon *b,
					unsigned long want)
{
	unsigned int n, most;

	/* A remainder that no 4K page can serve breaks up a 2M one. */
	if (!b->base_count && !xhb_split_one(b))
		return 0;

	most = min3(want, XHB_BATCH_PAGES,
		    (unsigned long)xhb_xen_max_extents(&b->xen, 0));
	for (n = 0; n < most; n++) {
		b->batch[n] = xhb_base_take(b);
		if (!b->batch[n])
			break;
	}
	return n;
}

/**
 * xhb_deflate_step() - take one batch of pages back from Xen
 * @b: the balloon
 * @want: 4K pages that are still to come, at least 1
 *
 * Context: may sleep; called by the engine only, not under the balloon's lock.
 * Return: XHB_MORE after a full batch, XHB_STUCK when Xen gave only a part,
 * XHB_DONE when the balloon is empty. All pages are accounted for.
 */
enum xhb_verdict xhb_deflate_step(struct xhb_balloon *b, unsigned long want)
{
	unsigned int n, order = XHB_HUGE_ORDER;
	unsigned long done;

	mutex_lock(&b->lock);
	/*
	 * While Xen has little to give, use up the 4K pages first: a 2M page
	 * that it can fill only in part has to be broken up.
	 */
	n = b->backoff.retries && b->base_count ? 0 :
	    xhb_take_huge_batch(b, want);
	if (!n) {
		order = 0;
		n = xhb_take_base_batch(b, want);
	}
	done = n ? xhb_populate(b, b->batch, n, order).pages : 0;
	mutex_unlock(&b->lock);

	/* What is left of the balloon may be in the hands of compaction. */
	if (!n)
		return READ_ONCE(b->base_count) ? XHB_STUCK : XHB_DONE;
	/*
	 * Some whole 2M pages are a success even if more were asked for: the
	 * last of them came in 4K pages, and the next may be had in 2M again.
	 */
	if (order ? done && IS_ALIGNED(done, XHB_HUGE_PAGES) : done == n)
		return XHB_MORE;
	return XHB_STUCK;
}
