// SPDX-License-Identifier: GPL-2.0
/*
 * Exponential backoff between tries that failed, in whatever unit.
 */
#include <linux/minmax.h>

#include "xhb_pure.h"

/**
 * xhb_backoff_reset() - forget earlier failures
 * @backoff: the state to reset
 *
 * Context: any; the owner of @backoff serialises.
 */
void xhb_backoff_reset(struct xhb_backoff *backoff)
{
	backoff->delay = 0;
	backoff->tries = 0;
}

/**
 * xhb_backoff_next() - delay after one more failure
 * @backoff: state, updated
 * @limits: how long it may get
 *
 * Context: any; the owner of @backoff serialises.
 * Return: how long to wait, doubling from the first to the longest delay, or 0
 * to give up. Giving up forgets the failures, so that a later try starts afresh.
 */
unsigned long xhb_backoff_next(struct xhb_backoff *backoff,
			       const struct xhb_limits *limits)
{
	unsigned long first = max(limits->first, 1UL);
	unsigned long longest = max(limits->longest, first);

	if (limits->tries && backoff->tries >= limits->tries) {
		xhb_backoff_reset(backoff);
		return 0;
	}

	backoff->tries++;
	if (!backoff->delay)
		backoff->delay = first;
	else if (backoff->delay <= longest / 2)
		backoff->delay *= 2;
	else
		backoff->delay = longest;
	return backoff->delay;
}
