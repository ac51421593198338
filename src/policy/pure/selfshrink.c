// SPDX-License-Identifier: GPL-2.0
/*
 * When and how far what was swapped out may come back.
 */
#include <linux/minmax.h>

#include "xhb_pure.h"

/**
 * xhb_shrink_decide() - has memory been long enough for long enough?
 * @calm: looks in a row at which it was; updated, 0 at first
 * @pressed: it was short since the last look
 * @inertia: so many such looks it takes
 * @step: an interval has passed; otherwise the guest may be short of memory, and only
 *	that counts
 *
 * Context: any; the owner of @calm serialises.
 * Return: true if swapped-out memory may come back until the next look.
 */
bool xhb_shrink_decide(unsigned long *calm, bool pressed, unsigned long inertia,
		       bool step)
{
	if (pressed)
		*calm = 0;
	else if (step && *calm < inertia)
		(*calm)++;
	return *calm >= inertia;
}

/**
 * xhb_shrink_room() - how much may come back
 * @spare: what is available above the floor, in 4K pages
 * @size: what the guest has
 * @target: what it is to have; if that is less, some of @spare is promised to others
 *
 * Context: any.
 * Return: 4K pages.
 */
unsigned long xhb_shrink_room(unsigned long spare, unsigned long size,
			      unsigned long target)
{
	return spare - min(spare, size - min(size, target));
}
