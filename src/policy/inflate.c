// SPDX-License-Identifier: GPL-2.0
/*
 * Decrease reservation: pages of the guest go to Xen.
 */
#include <linux/mm.h>

#include "xhb_policy.h"
#include "xhb_pages.h"

/*
 * When the guest has no 2M page to offer, this many 4K steps of 2M each pass
 * before it is asked again; the number doubles while it keeps having none.
 */
#define XHB_SKIP_HUGE_FIRST	4
#define XHB_SKIP_HUGE_MOST	64

/**
 * xhb_floor() - available memory that inflation leaves to the guest
 * @b: the balloon
 *
 * Context: any.
 * Return: 4K pages, as set by the user or computed from the size of the guest.
 */
unsigned long xhb_floor(struct xhb_balloon *b)
{
	unsigned long floor_kb = xhb_knob(b, floor_kb);

	if (floor_kb)
		return xhb_kb_to_pages(floor_kb);
	return xhb_floor_pages(totalram_pages() + xhb_ballooned_pages(b));
}

static bool xhb_try_huge(struct xhb_balloon *b, unsigned long want)
{
	if (!xhb_knob(b, enable_huge) || want < XHB_HUGE_PAGES)
		return false;
	if (b->skip_huge) {
		b->skip_huge--;
		return false;
	}
	return true;
}

static void xhb_huge_failed(struct xhb_balloon *b)
{
	b->counts[XHB_COUNT_NO_2M]++;
	b->skip_huge_next = clamp_t(unsigned int, b->skip_huge_next * 2,
				    XHB_SKIP_HUGE_FIRST, XHB_SKIP_HUGE_MOST);
	b->skip_huge = b->skip_huge_next;
}

static enum xhb_verdict xhb_release_batch(struct xhb_balloon *b,
					  unsigned int n, unsigned int order)
{
	unsigned long done;

	mutex_lock(&b->lock);
	done = xhb_release(b, b->batch, n, order);
	mutex_unlock(&b->lock);

	return done < (unsigned long)n << order ? XHB_STUCK : XHB_MORE;
}

/**
 * xhb_inflate_step() - give one batch of pages to Xen
 * @b: the balloon
 * @want: 4K pages that are still to go, at least 1
 *
 * Takes 2M pages while there are any, then 4K pages, and never takes the guest
 * below its floor.
 *
 * Context: may sleep; called by the engine only, not under the balloon's lock.
 * Return: XHB_MORE after a full batch, XHB_STUCK at the floor, when the guest
 * has no page, or when Xen took only a part. All pages are accounted for.
 */
enum xhb_verdict xhb_inflate_step(struct xhb_balloon *b, unsigned long want)
{
	unsigned long limit;
	unsigned int n;

	want = min(want, xhb_spare_pages(si_mem_available(), xhb_floor(b)));
	if (!want)
		return XHB_STUCK;

	if (xhb_try_huge(b, want)) {
		limit = xhb_xen_max_extents(&b->xen, XHB_HUGE_ORDER);
		n = xhb_alloc_huge(b, b->batch,
				   min(want >> XHB_HUGE_ORDER, limit));
		if (n) {
			b->skip_huge_next = 0;
			return xhb_release_batch(b, n, XHB_HUGE_ORDER);
		}
		xhb_huge_failed(b);
	}

	limit = min_t(unsigned long, xhb_xen_max_extents(&b->xen, 0),
		      XHB_BATCH_PAGES);
	n = xhb_alloc_base(b, b->batch, min(want, limit),
			   GFP_HIGHUSER_MOVABLE);
	if (!n)
		return XHB_STUCK;
	return xhb_release_batch(b, n, 0);
}
