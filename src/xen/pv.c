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
#include <xen/page.h>

#include "xen/private.h"

/* The 4K page number @i of a batch of extents of 2^@order pages. */
static struct page *xhb_pv_page(struct page **pages, unsigned int order,
				unsigned long i)
{
	return pages[i >> order] + (i & ((1UL << order) - 1));
}

static void xhb_pv_flush_tlb(struct xhb_xen *xen)
{
	/*
	 * A failure would leave stale translations only to frames that Xen
	 * itself flushes before it gives them to anybody else.
	 */
	WARN_ON_ONCE(xhb_xen_flush_tlb(xen) < 0);
}

/*
 * Sets the kernel's mapping of pages [from, to) to @xen->frames, or to nothing.
 * Returns the end of what was done; Xen refuses only what this driver should
 * never ask for.
 */
static unsigned long xhb_pv_set_mappings(struct xhb_xen *xen,
					 struct page **pages,
					 unsigned int order,
					 unsigned long from, unsigned long to,
					 bool map)
{
	struct multicall_entry *calls = xen->calls;

	while (from < to) {
		unsigned int n = min(to - from, XHB_XEN_CALLS);
		unsigned int i;

		for (i = 0; i < n; i++) {
			struct page *page = xhb_pv_page(pages, order, from + i);
			pte_t pte = __pte_ma(0);

			if (map)
				pte = mfn_pte(xen->frames[from + i],
					      PAGE_KERNEL);
			calls[i].op = __HYPERVISOR_update_va_mapping;
			calls[i].result = 0;
			calls[i].args[0] = (unsigned long)page_address(page);
			calls[i].args[1] = pte_val_ma(pte);
			calls[i].args[2] = 0;
		}
		if (WARN_ON_ONCE(xhb_xen_multicall(xen, calls, n)))
			return from;
		for (i = 0; i < n; i++, from++) {
			if (WARN_ON_ONCE(calls[i].result))
				return from;
		}
	}
	return to;
}

/* Every page that the kernel has used has a p2m entry that can be written. */
static void xhb_pv_set_p2m(struct page *page, unsigned long frame)
{
	WARN_ON_ONCE(xen_safe_write_ulong(xen_p2m_addr + page_to_pfn(page),
					  frame));
}

static struct xhb_done xhb_pv_release(struct xhb_xen *xen, struct page **pages,
				      unsigned int extents, unsigned int order)
{
	unsigned long i, unmapped, done, total = (unsigned long)extents << order;

	for (i = 0; i < total; i++)
		xen->frames[i] = xen_page_to_gfn(xhb_pv_page(pages, order, i));
	unmapped = xhb_pv_set_mappings(xen, pages, order, 0, total, false);
	for (i = 0; i < unmapped; i++)
		xhb_pv_set_p2m(xhb_pv_page(pages, order, i), INVALID_P2M_ENTRY);
	xhb_pv_flush_tlb(xen);

	done = xhb_xen_memory_op(xen, XENMEM_decrease_reservation, xen->frames,
				 unmapped, 0);

	/* Still ours: their frames are where they were. */
	for (i = done; i < unmapped; i++)
		xhb_pv_set_p2m(xhb_pv_page(pages, order, i), xen->frames[i]);
	xhb_pv_set_mappings(xen, pages, order, done, total, true);
	return (struct xhb_done) { .pages = done };
}

static struct xhb_done xhb_pv_populate(struct xhb_xen *xen, struct page **pages,
				       unsigned int extents, unsigned int order)
{
	unsigned long i, done, total = (unsigned long)extents << order;

	for (i = 0; i < total; i++)
		xen->frames[i] = page_to_pfn(xhb_pv_page(pages, order, i));

	done = xhb_xen_memory_op(xen, XENMEM_populate_physmap, xen->frames, total,
				 0);

	for (i = 0; i < done; i++)
		xhb_pv_set_p2m(xhb_pv_page(pages, order, i), xen->frames[i]);
	done = xhb_pv_set_mappings(xen, pages, order, 0, done, true);
	return (struct xhb_done) { .pages = done };
}

static int xhb_pv_exchange(struct xhb_xen *xen, struct page *from,
			   struct page *to)
{
	xen_pfn_t in = xen_page_to_gfn(from), out = page_to_pfn(to);
	int err;

	xen->frames[0] = in;
	if (!xhb_pv_set_mappings(xen, &from, 0, 0, 1, false))
		return -EAGAIN;
	xhb_pv_set_p2m(from, INVALID_P2M_ENTRY);
	xhb_pv_flush_tlb(xen);

	err = xhb_xen_exchange_frame(xen, in, &out);
	if (err) {
		xhb_pv_set_p2m(from, in);
		xhb_pv_set_mappings(xen, &from, 0, 0, 1, true);
		return err;
	}

	xen->frames[0] = out;
	xhb_pv_set_p2m(to, out);
	xhb_pv_set_mappings(xen, &to, 0, 0, 1, true);
	return 0;
}

static unsigned int xhb_pv_max_extents(struct xhb_xen *xen, unsigned int order)
{
	return order ? XHB_XEN_FRAMES >> order : XHB_HUGE_PAGES;
}

/* The guest itself keeps track of that. */
static bool xhb_pv_is_populated(struct xhb_xen *xen, struct page *page)
{
	return xen_page_to_gfn(page) != INVALID_P2M_ENTRY;
}

/* The mapping writes the page's p2m entry, which must exist for that. */
static int xhb_pv_prepare_foreign(struct xhb_xen *xen, struct page *page)
{
	return xen_alloc_p2m_entry(page_to_pfn(page));
}

const struct xhb_xen_ops xhb_xen_pv_ops = {
	.release = xhb_pv_release,
	.populate = xhb_pv_populate,
	.exchange = xhb_pv_exchange,
	.gmfn_move = xhb_xen_gmfn_move,
	.max_extents = xhb_pv_max_extents,
	.is_populated = xhb_pv_is_populated,
	.prepare_foreign = xhb_pv_prepare_foreign,
};
