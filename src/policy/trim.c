// SPDX-License-Identifier: GPL-2.0
/*
 * The task that trims the foreign queue: idle pages that nobody has asked for in a
 * while become base pages, which can be populated, moved and coalesced.
 */
#include "policy/trim.h"
#include "xhb_pages.h"
#include "xhb_policy.h"

/*
 * Devices of a guest that is being created, or restarted, come and go within that
 * time. A target that needs these pages is met by so much later, at the most.
 */
#define XHB_TRIM_AFTER_MS	(10 * 1000)

static bool xhb_trim_wanted(struct xhb_balloon *b)
{
	return xhb_foreign_idle(b);
}

static unsigned int xhb_trim_settle_ms(struct xhb_balloon *b)
{
	return XHB_TRIM_AFTER_MS;
}

static unsigned int xhb_trim_step(struct xhb_balloon *b)
{
	xhb_foreign_trim(b);
	return XHB_STEP_REST;
}

const struct xhb_task xhb_trim_task = {
	.name = "trim",
	.wanted = xhb_trim_wanted,
	.news = xhb_foreign_calls,
	.step = xhb_trim_step,
	.settle_ms = xhb_trim_settle_ms,
};
