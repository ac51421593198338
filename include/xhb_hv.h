/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exchange of pages with the hypervisor.
 */
#ifndef XHB_HV_H
#define XHB_HV_H

#include <linux/types.h>
#include <xen/interface/xen.h>

struct multicall_entry;
struct page;
struct xhb_hv;

#define XHB_HUGE_ORDER	(PMD_SHIFT - PAGE_SHIFT)
#define XHB_HUGE_PAGES	(1UL << XHB_HUGE_ORDER)

/**
 * struct xhb_hv_ops - what a kind of guest can ask its hypervisor for
 *
 * @pages names the first page of each of @extents extents of 2^@order pages,
 * where @order is 0 or XHB_HUGE_ORDER and @extents is at most
 * xhb_hv_max_extents(). Pages are processed strictly in order, and the number
 * of 4K pages done is returned, which may end inside an extent. The pages
 * before it have changed hands, those after it are as they were.
 *
 * @release: populated pages go to the hypervisor, content is lost
 * @populate: pages come back; content is undefined
 * @max_extents: how many extents of 2^@order one call takes
 *
 * Context: may sleep; the caller serialises calls on one &struct xhb_hv.
 */
struct xhb_hv_ops {
	unsigned long (*release)(struct xhb_hv *hv, struct page **pages,
				 unsigned int extents, unsigned int order);
	unsigned long (*populate)(struct xhb_hv *hv, struct page **pages,
				  unsigned int extents, unsigned int order);
	unsigned int (*max_extents)(struct xhb_hv *hv, unsigned int order);
};

/**
 * struct xhb_hv - a hypervisor and the buffers for talking to it
 * @ops: how; set before first use, constant after
 * @frames: argument of hypercalls, XHB_HV_FRAMES entries; under the lock that
 *	serialises calls, as are all below
 * @calls: hypercalls made at once by PV guests, XHB_HV_CALLS entries; NULL in
 *	other guests
 * @hypercalls: made since load
 * @hypercall_ns: time spent in those that move memory
 * @refused_2m: 2M extents that the hypervisor did only in 4K pages
 */
struct xhb_hv {
	const struct xhb_hv_ops *ops;
	xen_pfn_t *frames;
	struct multicall_entry *calls;
	u64 hypercalls;
	u64 hypercall_ns;
	u64 refused_2m;
};

#define XHB_HV_FRAMES	(16 * XHB_HUGE_PAGES)
#define XHB_HV_CALLS	XHB_HUGE_PAGES

int xhb_hv_init(struct xhb_hv *hv);
void xhb_hv_destroy(struct xhb_hv *hv);

/* Shared between the kinds of guest, not for use above this layer. */
unsigned long xhb_hv_memory_op(struct xhb_hv *hv, unsigned int cmd,
			       xen_pfn_t *frames, unsigned long extents,
			       unsigned int order);
extern const struct xhb_hv_ops xhb_hv_pv_ops;

#endif /* XHB_HV_H */
