// SPDX-License-Identifier: GPL-2.0
/*
 * What kind of guest this is decides how it talks to Xen.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/features.h>

#include "xhb_xen.h"

/**
 * xhb_xen_init() - choose the way to talk to Xen and allocate buffers
 * @xen: zeroed
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_xen_init(struct xhb_xen *xen)
{
	xen->frames = kvmalloc_array(XHB_XEN_FRAMES, sizeof(*xen->frames),
				     GFP_KERNEL);
	if (!xen->frames)
		return -ENOMEM;

	if (xen_feature(XENFEAT_auto_translated_physmap)) {
		xen->ops = &xhb_xen_translated_ops;
		return 0;
	}

	xen->ops = &xhb_xen_pv_ops;
	xen->calls = kvmalloc_array(XHB_XEN_CALLS, sizeof(*xen->calls),
				    GFP_KERNEL);
	if (!xen->calls) {
		xhb_xen_destroy(xen);
		return -ENOMEM;
	}
	return 0;
}

/**
 * xhb_xen_destroy() - free what xhb_xen_init() allocated
 * @xen: not used any more
 *
 * Context: may sleep.
 */
void xhb_xen_destroy(struct xhb_xen *xen)
{
	kvfree(xen->calls);
	xen->calls = NULL;
	kvfree(xen->frames);
	xen->frames = NULL;
}
