// SPDX-License-Identifier: GPL-2.0
/*
 * Exponential backoff between tries that failed.
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
	backoff->delay_s = 0;
	backoff->retries = 0;
}

/**
 * xhb_backoff_next() - delay after one more failure
 * @backoff: state, updated
 * @max_delay_s: longest delay in seconds; 0 counts as 1
 * @max_retries: failures in a row after which to give up; 0 for never
 *
 * Context: any; the owner of @backoff serialises.
 * Return: seconds to wait, doubling from 1 to @max_delay_s, or 0 to give up.
 * Giving up forgets the failures, so that a later try starts afresh.
 */
unsigned long xhb_backoff_next(struct xhb_backoff *backoff,
			       unsigned long max_delay_s,
			       unsigned long max_retries)
{
	max_delay_s = max(max_delay_s, 1UL);

	if (max_retries && backoff->retries >= max_retries) {
		xhb_backoff_reset(backoff);
		return 0;
	}

	backoff->retries++;
	if (!backoff->delay_s)
		backoff->delay_s = 1;
	else if (backoff->delay_s <= max_delay_s / 2)
		backoff->delay_s *= 2;
	else
		backoff->delay_s = max_delay_s;
	backoff->delay_s = min(backoff->delay_s, max_delay_s);
	return backoff->delay_s;
}
