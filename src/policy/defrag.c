// SPDX-License-Identifier: GPL-2.0
/*
 * The task that defragments: free memory of the guest is gathered into 2M blocks,
 * so that the next inflation finds some. A guest that has to balloon under load is
 * short of them, and will be asked again.
 *
 * It does nothing that the balloon needs now, so it has the coalescer's knobs and
 * pace, and runs when that has nothing to do.
 */
#include <linux/err.h>
#include <linux/gfp.h>

#include "policy/defrag.h"
#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/* Less than this much free memory outside of 2M blocks is not worth a move. */
#define XHB_SCATTERED_LEAST	(8 * XHB_HUGE_PAGES)

/*
 * Only a guest that is ballooned may have to give more. Blocks that the coalescer
 * is after are left to it, also while it pauses.
 */
static bool xhb_defrag_wanted(struct xhb_balloon *b)
{
	return xhb_knob(b, coalesce) && xhb_knob(b, enable_huge) &&
	       !xhb_coalesce_has_work(b) &&
	       xhb_effort(b) == XHB_EFFORT_EVACUATE &&
	       xhb_ballooned_pages(b) &&
	       xhb_scattered_pages() >= XHB_SCATTERED_LEAST;
}

/**
 * xhb_defrag_step() - make a free 2M block of scattered free memory
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: the pause until the next, XHB_STEP_BLOCK while a block is being
 * emptied, XHB_STEP_STUCK if the guest has none that can be.
 */
unsigned int xhb_defrag_step(struct xhb_balloon *b)
{
	struct page *page;

	if (xhb_is_copied(b))
		return XHB_COPIED_WAIT_MS;
	page = xhb_evacuate(b, XHB_CHOICE_ANY, 0);
	if (page == ERR_PTR(-EINPROGRESS))
		return XHB_STEP_BLOCK;
	trace_xen_hugeballoon_defrag(page);
	xhb_tried(b, XHB_TRY_DEFRAG_2M, 1, !IS_ERR(page));
	if (IS_ERR(page))
		return XHB_STEP_STUCK;
	__free_pages(page, XHB_HUGE_ORDER);
	xhb_count_add(b, XHB_COUNT_DEFRAGGED, 1);
	return xhb_coalesce_pause(b);
}

const struct xhb_task xhb_defrag_task = {
	.name = "defrag",
	.wanted = xhb_defrag_wanted,
	.news = xhb_coalesce_news,
	.step = xhb_defrag_step,
	.settle_ms = xhb_coalesce_settle_ms,
	.limits = xhb_coalesce_limits,
};
