// SPDX-License-Identifier: GPL-2.0
/*
 * What kind of guest this is decides how it talks to Xen.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/features.h>
#include <xen/interface/grant_table.h>

#include "xen/private.h"

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
		xen->copies = kvmalloc_array(XHB_XEN_COPIES,
					     sizeof(*xen->copies), GFP_KERNEL);
	} else {
		xen->ops = &xhb_xen_pv_ops;
		xen->calls = kvmalloc_array(XHB_XEN_CALLS, sizeof(*xen->calls),
					    GFP_KERNEL);
		xen->updates = kvmalloc_array(XHB_XEN_UPDATES,
					      sizeof(*xen->updates), GFP_KERNEL);
	}
	if (!xen->copies && !(xen->calls && xen->updates)) {
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
	kvfree(xen->copies);
	xen->copies = NULL;
	kvfree(xen->updates);
	xen->updates = NULL;
	kvfree(xen->calls);
	xen->calls = NULL;
	kvfree(xen->frames);
	xen->frames = NULL;
}

/**
 * xhb_xen_release() - give memory of the guest to Xen
 * @xen: the hypervisor
 * @pages: the first 4K page of each extent, populated; what is released loses
 *	its content
 * @extents: how many, at most xhb_xen_max_extents()
 * @order: log2 of 4K pages in each, 0 or XHB_HUGE_ORDER
 *
 * Context: may sleep; the caller serialises.
 * Return: what was done. All other pages are as they were.
 */
struct xhb_done xhb_xen_release(struct xhb_xen *xen, struct page **pages,
				unsigned int extents, unsigned int order)
{
	return xen->ops->release(xen, pages, extents, order);
}

/**
 * xhb_xen_populate() - take memory for the guest from Xen
 * @xen: the hypervisor
 * @pages: the first 4K page of each extent, not populated; the content of what
 *	is populated is undefined
 * @extents: how many, at most xhb_xen_max_extents()
 * @order: log2 of 4K pages in each, 0 or XHB_HUGE_ORDER
 *
 * Context: may sleep; the caller serialises.
 * Return: what was done. All other pages are as they were.
 */
struct xhb_done xhb_xen_populate(struct xhb_xen *xen, struct page **pages,
				 unsigned int extents, unsigned int order)
{
	return xen->ops->populate(xen, pages, extents, order);
}

/**
 * xhb_xen_take_lost() - memory that Xen has lost for this domain
 * @xen: the hypervisor
 *
 * Xen counts it as the domain's, but has it at no frame, and only the end of the
 * domain frees it.
 *
 * Context: any; the caller serialises.
 * Return: 4K pages since this was called last.
 */
unsigned long xhb_xen_take_lost(struct xhb_xen *xen)
{
	unsigned long lost = xen->lost;

	xen->lost = 0;
	return lost;
}

/**
 * xhb_xen_max_extents() - how much one call may ask for
 * @xen: the hypervisor
 * @order: log2 of 4K pages in an extent, 0 or XHB_HUGE_ORDER
 * @populate: memory is to come, not to go
 *
 * Context: any.
 * Return: extents, at least 1.
 */
unsigned int xhb_xen_max_extents(struct xhb_xen *xen, unsigned int order, bool populate)
{
	return xen->ops->max_extents(xen, order, populate);
}

/**
 * xhb_xen_has_superpages() - is a 2M extent more to Xen than 512 of 4K?
 * @xen: the hypervisor
 *
 * Context: any.
 * Return: true if Xen may back this guest by 2M pages.
 */
bool xhb_xen_has_superpages(const struct xhb_xen *xen)
{
	return xen->ops->superpages;
}

/**
 * xhb_xen_is_populated() - is there memory behind a page?
 * @xen: the hypervisor
 * @page: 4K, used by nobody
 *
 * Context: may sleep; the caller serialises.
 * Return: true if so for certain.
 */
bool xhb_xen_is_populated(struct xhb_xen *xen, struct page *page)
{
	return xen->ops->is_populated(xen, page);
}

/**
 * xhb_xen_restored() - the domain may be on another Xen now
 * @xen: the hypervisor; what it was seen to refuse is asked for again
 *
 * Context: any; the caller serialises.
 */
void xhb_xen_restored(struct xhb_xen *xen)
{
	WRITE_ONCE(xen->extents_2m, XHB_ANSWER_NONE);
	xen->runs = XHB_ANSWER_NONE;
}

/**
 * xhb_xen_prepare_added() - frames are going to be the guest's, without memory
 * @xen: the hypervisor
 * @pfn: the first
 * @pages: how many
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, or -ENOSPC if this guest cannot have frames there, with
 * nothing changed that matters, since there is nothing at these frames.
 */
int xhb_xen_prepare_added(struct xhb_xen *xen, unsigned long pfn,
			  unsigned long pages)
{
	if (!xen->ops->prepare_added)
		return 0;
	return xen->ops->prepare_added(xen, pfn, pages);
}

/**
 * xhb_xen_prepare_foreign() - make a page ready for a foreign mapping
 * @xen: the hypervisor
 * @page: 4K, not populated
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with the page as it was.
 */
int xhb_xen_prepare_foreign(struct xhb_xen *xen, struct page *page)
{
	if (!xen->ops->prepare_foreign)
		return 0;
	return xen->ops->prepare_foreign(xen, page);
}

/**
 * xhb_xen_counters() - what was counted since load
 * @xen: the hypervisor
 * @counters: filled in
 *
 * Context: any; the caller serialises.
 */
void xhb_xen_counters(const struct xhb_xen *xen,
		      struct xhb_xen_counters *counters)
{
	*counters = (struct xhb_xen_counters) {
		.hypercalls = xen->hypercalls,
		.hypercall_ns = xen->hypercall_ns,
		.refused_2m = xen->refused_2m,
	};
}
