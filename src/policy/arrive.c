// SPDX-License-Identifier: GPL-2.0
/*
 * The task that looks for pages which came back to life while the domain was
 * migrated. Nothing else moves memory before it has looked everywhere.
 */
#include "policy/arrive.h"
#include "xhb_pages.h"
#include "xhb_policy.h"

static unsigned long xhb_arrive_news(struct xhb_balloon *b)
{
	return 0;
}

static unsigned int xhb_arrive_step(struct xhb_balloon *b)
{
	xhb_reconcile_some(b);
	return XHB_STEP_AGAIN;
}

const struct xhb_task xhb_arrive_task = {
	.name = "arrive",
	.wanted = xhb_reconcile_pending,
	.news = xhb_arrive_news,
	.step = xhb_arrive_step,
};
