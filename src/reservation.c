// SPDX-License-Identifier: GPL-2.0
/*
 * Memory hypercalls, and their use in guests that Xen translates (PVH, HVM).
 *
 * These guests name pages by their own frame numbers, so nothing but the
 * hypercall itself is needed, and extents of 2M keep or make superpages in the
 * guest's p2m.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/xen/hypercall.h>
#include <xen/features.h>
#include <xen/interface/memory.h>
#include <xen/page.h>

#include "xhb_hv.h"

/* Bounds how long one call holds back a change of target: 128 MB. */
#define XHB_HVM_HUGE_EXTENTS	64
#define XHB_HVM_BASE_EXTENTS	XHB_HUGE_PAGES

/**
 * xhb_hv_memory_op() - one hypercall that moves extents
 * @hv: counts the call
 * @cmd: XENMEM_decrease_reservation or XENMEM_populate_physmap
 * @frames: first frame of each extent; populating overwrites it in PV guests
 * @extents: how many
 * @order: log2 of 4K pages in each
 *
 * Context: may sleep; serialised by the caller.
 * Return: extents done, counted from the first. The hypervisor's reason for a
 * short count is not told: whatever it is, the rest has to be tried later.
 */
unsigned long xhb_hv_memory_op(struct xhb_hv *hv, unsigned int cmd,
			       xen_pfn_t *frames, unsigned long extents,
			       unsigned int order)
{
	struct xen_memory_reservation reservation = {
		.nr_extents = extents,
		.extent_order = order,
		.domid = DOMID_SELF,
	};
	long done;

	set_xen_guest_handle(reservation.extent_start, frames);
	hv->hypercalls++;
	done = HYPERVISOR_memory_op(cmd, &reservation);
	if (done <= 0)
		return 0;
	return min_t(unsigned long, done, extents);
}

static unsigned long xhb_hvm_op(struct xhb_hv *hv, unsigned int cmd,
				struct page **pages, unsigned int extents,
				unsigned int order)
{
	unsigned long done, i;

	for (i = 0; i < extents; i++)
		hv->frames[i] = page_to_pfn(pages[i]);
	done = xhb_hv_memory_op(hv, cmd, hv->frames, extents, order);
	if (done == extents || !order)
		return done << order;

	/*
	 * The first extent refused may still be possible in 4K pages: there is
	 * memory but no 2M block, or less than 2M below the domain's maximum.
	 * Xen may also have stopped inside this extent; releasing what it
	 * released already is no error, so starting over finds the end of it.
	 */
	hv->refused_2m++;
	for (i = 0; i < 1UL << order; i++)
		hv->frames[i] = page_to_pfn(pages[done]) + i;
	return (done << order) +
	       xhb_hv_memory_op(hv, cmd, hv->frames, 1UL << order, 0);
}

static unsigned long xhb_hvm_release(struct xhb_hv *hv, struct page **pages,
				     unsigned int extents, unsigned int order)
{
	return xhb_hvm_op(hv, XENMEM_decrease_reservation, pages, extents,
			  order);
}

static unsigned long xhb_hvm_populate(struct xhb_hv *hv, struct page **pages,
				      unsigned int extents, unsigned int order)
{
	return xhb_hvm_op(hv, XENMEM_populate_physmap, pages, extents, order);
}

static unsigned int xhb_hvm_max_extents(struct xhb_hv *hv, unsigned int order)
{
	return order ? XHB_HVM_HUGE_EXTENTS : XHB_HVM_BASE_EXTENTS;
}

static const struct xhb_hv_ops xhb_hv_hvm_ops = {
	.release = xhb_hvm_release,
	.populate = xhb_hvm_populate,
	.max_extents = xhb_hvm_max_extents,
};

/**
 * xhb_hv_init() - choose the way to talk to Xen and allocate buffers
 * @hv: zeroed
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_hv_init(struct xhb_hv *hv)
{
	hv->frames = kvmalloc_array(XHB_HV_FRAMES, sizeof(*hv->frames),
				    GFP_KERNEL);
	if (!hv->frames)
		return -ENOMEM;

	if (xen_feature(XENFEAT_auto_translated_physmap))
		hv->ops = &xhb_hv_hvm_ops;
	else
		hv->ops = &xhb_hv_pv_ops;
	return 0;
}

/**
 * xhb_hv_destroy() - free what xhb_hv_init() allocated
 * @hv: not used any more
 *
 * Context: may sleep.
 */
void xhb_hv_destroy(struct xhb_hv *hv)
{
	kvfree(hv->frames);
	hv->frames = NULL;
}
