// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that have lost their memory out of turn in a release.
 *
 * Xen tells how far it came in the order that it was given. But a mapping that it refuses
 * leaves a page of a PV guest without use, wherever that is; and of an extent that is in
 * part populated on demand the frames without memory leave before all others.
 */
#include <linux/bitmap.h>

#include "xen/private.h"

/**
 * xhb_xen_stray_none() - an operation begins
 * @xen: the hypervisor
 *
 * Context: any; the caller serialises.
 */
void xhb_xen_stray_none(struct xhb_xen *xen)
{
	if (!xen->strays)
		return;
	bitmap_zero(xen->stray, XHB_XEN_FRAMES);
	xen->strays = 0;
}

/**
 * xhb_xen_stray_add() - a page is out of turn
 * @xen: the hypervisor
 * @i: number of the 4K page in the operation under way
 *
 * Context: any; the caller serialises.
 */
void xhb_xen_stray_add(struct xhb_xen *xen, unsigned long i)
{
	__set_bit(i, xen->stray);
	xen->strays++;
}

/**
 * xhb_xen_stray_find() - which pages have lost their memory?
 * @xen: counts the calls
 * @frames: of 4K pages of a translated guest that Xen has not come to
 * @n: how many
 * @first: number of the first of them in the operation under way
 *
 * Context: may sleep; serialised by the caller.
 */
void xhb_xen_stray_find(struct xhb_xen *xen, const xen_pfn_t *frames, unsigned long n,
			unsigned long first)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		if (!xhb_xen_is_ram(xen, frames[i]))
			xhb_xen_stray_add(xen, first + i);
	}
}

/**
 * xhb_xen_is_stray() - has a page lost its memory out of turn?
 * @xen: the hypervisor
 * @i: number of the 4K page in the release just made, whose ->stray is not 0, and
 *	not one of its ->pages
 *
 * Context: any; the caller serialises.
 * Return: true if it has no memory.
 */
bool xhb_xen_is_stray(const struct xhb_xen *xen, unsigned long i)
{
	return test_bit(i, xen->stray);
}
