// SPDX-License-Identifier: GPL-2.0
/*
 * Memory hypercalls, and their use in guests that Xen translates (PVH, HVM).
 *
 * These guests name pages by their own frame numbers, so nothing but the
 * hypercall itself is needed, and extents of 2M keep or make superpages in the
 * guest's p2m.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/xen/hypercall.h>
#include <xen/features.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/memory.h>
#include <xen/page.h>

#include "xhb_xen.h"

/**
 * xhb_xen_exchange_frame() - XENMEM_exchange of one 4K page
 * @xen: counts the call
 * @in: frame to give away, as Xen names it for this guest
 * @out: page frame number to be populated; overwritten with what Xen chose
 *
 * Context: may sleep; serialised by the caller.
 * Return: 0, or Xen's error with nothing exchanged.
 */
int xhb_xen_exchange_frame(struct xhb_xen *xen, xen_pfn_t in, xen_pfn_t *out)
{
	struct xen_memory_exchange exchange = {
		.in = { .nr_extents = 1, .domid = DOMID_SELF },
		.out = { .nr_extents = 1, .domid = DOMID_SELF },
	};
	int err;

	set_xen_guest_handle(exchange.in.extent_start, &in);
	set_xen_guest_handle(exchange.out.extent_start, out);
	xen->hypercalls++;
	err = HYPERVISOR_memory_op(XENMEM_exchange, &exchange);
	if (exchange.nr_exchanged == 1)
		return 0;
	return err < 0 ? err : -EAGAIN;
}

/**
 * xhb_xen_gmfn_move() - move memory within this guest's own physmap
 * @xen: counts the call
 * @from: loses its memory
 * @to: gets it, with the content
 *
 * Context: may sleep; serialised by the caller.
 * Return: 0, or Xen's error with nothing moved.
 */
int xhb_xen_gmfn_move(struct xhb_xen *xen, struct page *from, struct page *to)
{
	struct xen_add_to_physmap move = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_gmfn,
		.idx = page_to_pfn(from),
		.gpfn = page_to_pfn(to),
	};

	xen->hypercalls++;
	return HYPERVISOR_memory_op(XENMEM_add_to_physmap, &move);
}

/*
 * Bounds how long one call keeps a CPU from everybody else. Xen flushes TLBs for
 * each 4K page that it removes, which takes long where there are many CPUs.
 */
#define XHB_TRANSLATED_HUGE_EXTENTS	8
#define XHB_TRANSLATED_BASE_EXTENTS	XHB_HUGE_PAGES

/**
 * xhb_xen_memory_op() - one hypercall that moves extents
 * @xen: counts the call
 * @cmd: XENMEM_decrease_reservation or XENMEM_populate_physmap
 * @frames: first frame of each extent; populating overwrites it in PV guests
 * @extents: how many
 * @order: log2 of 4K pages in each
 *
 * Context: may sleep; serialised by the caller.
 * Return: extents done, counted from the first. The hypervisor's reason for a
 * short count is not told: whatever it is, the rest has to be tried later.
 */
unsigned long xhb_xen_memory_op(struct xhb_xen *xen, unsigned int cmd,
				xen_pfn_t *frames, unsigned long extents,
			       unsigned int order)
{
	struct xen_memory_reservation reservation = {
		.nr_extents = extents,
		.extent_order = order,
		.domid = DOMID_SELF,
	};
	u64 begin = ktime_get_ns();
	long done;

	set_xen_guest_handle(reservation.extent_start, frames);
	xen->hypercalls++;
	done = HYPERVISOR_memory_op(cmd, &reservation);
	xen->hypercall_ns += ktime_get_ns() - begin;
	if (done <= 0)
		return 0;
	return min_t(unsigned long, done, extents);
}

static unsigned long xhb_translated_op(struct xhb_xen *xen, unsigned int cmd,
				       struct page **pages, unsigned int extents,
				unsigned int order)
{
	unsigned int i;

	for (i = 0; i < extents; i++)
		xen->frames[i] = page_to_pfn(pages[i]);
	return xhb_xen_memory_op(xen, cmd, xen->frames, extents, order);
}

/* The 4K pages of @page from number @from on, one extent each. */
static unsigned long xhb_translated_op_4k(struct xhb_xen *xen, unsigned int cmd,
					  struct page *page, unsigned long from)
{
	unsigned long i;

	xen->refused_2m++;
	for (i = from; i < XHB_HUGE_PAGES; i++)
		xen->frames[i - from] = page_to_pfn(page) + i;
	return xhb_xen_memory_op(xen, cmd, xen->frames, XHB_HUGE_PAGES - from, 0);
}

/* True if Xen has no memory at this frame. */
static bool xhb_translated_is_hole(struct xhb_xen *xen, unsigned long pfn)
{
	struct xen_hvm_get_mem_type query = {
		.domid = DOMID_SELF,
		.pfn = pfn,
	};

	xen->hypercalls++;
	return !HYPERVISOR_hvm_op(HVMOP_get_mem_type, &query) &&
	       query.mem_type == HVMMEM_mmio_dm;
}

/* @extents done as such, and @more 4K pages of the one after them. */
static struct xhb_done xhb_translated_done(unsigned long extents,
					   unsigned int order,
					   unsigned long more)
{
	return (struct xhb_done) {
		.pages = (extents << order) + more,
		.whole = order ? extents : 0,
	};
}

static struct xhb_done xhb_translated_release(struct xhb_xen *xen,
					      struct page **pages,
					      unsigned int extents,
					      unsigned int order)
{
	unsigned long done, gone = 0;

	done = xhb_translated_op(xen, XENMEM_decrease_reservation, pages, extents,
				 order);
	if (done == extents || !order)
		return xhb_translated_done(done, order, 0);

	/*
	 * Xen counts whole extents, but it may have stopped inside one whose
	 * first pages are gone by then, and will not release those again.
	 */
	while (gone < XHB_HUGE_PAGES &&
	       xhb_translated_is_hole(xen, page_to_pfn(pages[done]) + gone))
		gone++;
	if (gone < XHB_HUGE_PAGES)
		gone += xhb_translated_op_4k(xen, XENMEM_decrease_reservation,
					     pages[done], gone);
	return xhb_translated_done(done, order, gone);
}

static struct xhb_done xhb_translated_populate(struct xhb_xen *xen,
					       struct page **pages,
					       unsigned int extents,
					       unsigned int order)
{
	unsigned long done, more;

	done = xhb_translated_op(xen, XENMEM_populate_physmap, pages, extents,
				 order);
	if (done == extents || !order)
		return xhb_translated_done(done, order, 0);

	/*
	 * The first extent refused may still be possible in 4K pages: there is
	 * memory but no 2M block, or less than 2M below the domain's maximum.
	 */
	more = xhb_translated_op_4k(xen, XENMEM_populate_physmap, pages[done], 0);
	return xhb_translated_done(done, order, more);
}

static int xhb_translated_exchange(struct xhb_xen *xen, struct page *from,
				   struct page *to)
{
	xen_pfn_t out = page_to_pfn(to);

	return xhb_xen_exchange_frame(xen, page_to_pfn(from), &out);
}

static unsigned int xhb_translated_max_extents(struct xhb_xen *xen, unsigned int order)
{
	return order ? XHB_TRANSLATED_HUGE_EXTENTS : XHB_TRANSLATED_BASE_EXTENTS;
}

static const struct xhb_xen_ops xhb_xen_translated_ops = {
	.release = xhb_translated_release,
	.populate = xhb_translated_populate,
	.exchange = xhb_translated_exchange,
	.gmfn_move = xhb_xen_gmfn_move,
	.max_extents = xhb_translated_max_extents,
	.superpages = true,
};

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
