// SPDX-License-Identifier: GPL-2.0
/*
 * Exchange of pages with Xen in PV guests.
 *
 * A PV guest owns machine frames and maps them itself: before a page is
 * released its mapping and p2m entry have to go, and after it is populated they
 * have to be set to whatever frame Xen chose. Superpages do not exist here, so
 * 2M pages travel as 4K extents, a whole batch in one hypercall.
 */
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/interface/memory.h>
#include <xen/mem-reservation.h>
#include <xen/page.h>

#include "xhb_hv.h"

static void xhb_pv_flush_tlb(struct xhb_hv *hv)
{
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_ALL };

	hv->hypercalls++;
	/*
	 * A failure would leave stale translations only to frames that Xen
	 * itself flushes before giving them to anybody else.
	 */
	WARN_ON_ONCE(HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF) < 0);
}

static void xhb_pv_unmap(struct xhb_hv *hv, struct page *page,
			 xen_pfn_t *frame)
{
	*frame = xen_page_to_gfn(page);
	xenmem_reservation_va_mapping_reset(1, &page);
	hv->hypercalls++;
}

static void xhb_pv_map(struct xhb_hv *hv, struct page *page, xen_pfn_t *frame)
{
	xenmem_reservation_va_mapping_update(1, &page, frame);
	hv->hypercalls++;
}

static unsigned long xhb_pv_release(struct xhb_hv *hv, struct page **pages,
				    unsigned int extents, unsigned int order)
{
	unsigned long done, i, total = (unsigned long)extents << order;
	unsigned long in_extent = (1UL << order) - 1;

	for (i = 0; i < total; i++)
		xhb_pv_unmap(hv, pages[i >> order] + (i & in_extent),
			     &hv->frames[i]);
	xhb_pv_flush_tlb(hv);

	done = xhb_hv_memory_op(hv, XENMEM_decrease_reservation, hv->frames,
				total, 0);

	/* Still ours: their frames are where they were. */
	for (i = done; i < total; i++)
		xhb_pv_map(hv, pages[i >> order] + (i & in_extent),
			   &hv->frames[i]);
	return done;
}

static unsigned long xhb_pv_populate(struct xhb_hv *hv, struct page **pages,
				     unsigned int extents, unsigned int order)
{
	unsigned long done, i, total = (unsigned long)extents << order;
	unsigned long in_extent = (1UL << order) - 1;

	for (i = 0; i < total; i++)
		hv->frames[i] = page_to_pfn(pages[i >> order]) +
				(i & in_extent);

	done = xhb_hv_memory_op(hv, XENMEM_populate_physmap, hv->frames, total,
				0);
	for (i = 0; i < done; i++)
		xhb_pv_map(hv, pages[i >> order] + (i & in_extent),
			   &hv->frames[i]);
	return done;
}

static unsigned int xhb_pv_max_extents(struct xhb_hv *hv, unsigned int order)
{
	return order ? XHB_HV_FRAMES >> order : XHB_HUGE_PAGES;
}

const struct xhb_hv_ops xhb_hv_pv_ops = {
	.release = xhb_pv_release,
	.populate = xhb_pv_populate,
	.max_extents = xhb_pv_max_extents,
};
