// SPDX-License-Identifier: GPL-2.0
/*
 * How much memory one step towards the target moves.
 *
 * A host wants to see a guest move soon and all the time. Whoever waits for the balloon's
 * lock waits for a whole step, and nobody else gets the CPU during its hypercall; large
 * steps cost less in sum. How long a step takes differs by a hundred between kinds of
 * guests and machines, so it is looked at.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "xhb_pure.h"

#define XHB_STEPSIZE_FIRST	(SZ_2M >> PAGE_SHIFT)
#define XHB_STEPSIZE_MOST	(32 * XHB_STEPSIZE_FIRST)

/* A step that was done sooner may be larger, one that took longer has to be smaller. */
#define XHB_SOON_US	5000
#define XHB_LATE_US	20000

/**
 * xhb_stepsize_next() - size of the next step
 * @pages: what the last step was allowed to move; 0 before the first
 * @done: what it has moved; both in 4K pages
 * @took_us: how long it took
 *
 * A step that was small for other reasons says nothing about larger ones.
 *
 * Context: any.
 * Return: 4K pages, a multiple of 2M.
 */
unsigned long xhb_stepsize_next(unsigned long pages, unsigned long done, u64 took_us)
{
	if (!pages)
		return XHB_STEPSIZE_FIRST;
	if (took_us > XHB_LATE_US)
		return max(pages / 2, XHB_STEPSIZE_FIRST);
	if (took_us < XHB_SOON_US && done >= pages)
		return min(pages * 2, XHB_STEPSIZE_MOST);
	return pages;
}
