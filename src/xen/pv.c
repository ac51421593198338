// SPDX-License-Identifier: GPL-2.0
/*
 * Exchange of pages with Xen in PV guests.
 *
 * A PV guest owns machine frames and maps them itself: before a page is
 * released its mapping and p2m entry have to go, and after it is populated they
 * have to be set to whatever frame Xen chose. Superpages do not exist here, and nobody
 * knows whether the frames of a 2M page are side by side, so it is released as 4K
 * extents, a whole batch in one hypercall.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/printk.h>
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

static u64 xhb_pv_mapping(struct xhb_xen *xen, unsigned long i, bool map)
{
	return map ? pte_val_ma(mfn_pte(xen->frames[i], PAGE_KERNEL)) : 0;
}

/* Where the kernel's mapping of a page is, for Xen; 0 if it is no 4K mapping. */
static u64 xhb_pv_mapping_of(struct page *page)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)page_address(page), &level);

	return pte && level == PG_LEVEL_4K ? virt_to_machine(pte).maddr : 0;
}

/*
 * Of pages [from, to), XHB_XEN_UPDATES at most. Those of a 2M block are side by side, so
 * that not each has to be looked up. Returns how many were set, from the first; why it is
 * not all does not matter.
 */
static unsigned int xhb_pv_update(struct xhb_xen *xen, struct page **pages,
				  unsigned int order, unsigned long from,
				  unsigned long to, bool map)
{
	struct page *page, *last = NULL;
	unsigned int n = 0;
	u64 at = 0;

	for (; from < to; from++, last = page) {
		page = xhb_pv_page(pages, order, from);
		at = last && page == last + 1 && page_to_pfn(page) % XHB_HUGE_PAGES ?
		     at + sizeof(pte_t) : xhb_pv_mapping_of(page);
		if (!at)
			break;
		xen->updates[n].ptr = at | MMU_NORMAL_PT_UPDATE;
		xen->updates[n++].val = xhb_pv_mapping(xen, from, map);
	}
	return n ? xhb_xen_mmu_update(xen, xen->updates, n) : 0;
}

/* Of pages [from, to), XHB_XEN_CALLS at most, wherever they are. */
static void xhb_pv_call(struct xhb_xen *xen, struct page **pages,
			unsigned int order, unsigned long from, unsigned long to,
			bool map)
{
	struct multicall_entry *calls = xen->calls;
	unsigned int i, n = to - from;
	int err;

	for (i = 0; i < n; i++) {
		struct page *page = xhb_pv_page(pages, order, from + i);

		calls[i].op = __HYPERVISOR_update_va_mapping;
		calls[i].result = 0;
		calls[i].args[0] = (unsigned long)page_address(page);
		calls[i].args[1] = xhb_pv_mapping(xen, from + i, map);
		calls[i].args[2] = 0;
	}
	err = xhb_xen_multicall(xen, calls, n);
	for (i = 0; i < n; i++) {
		if (err || calls[i].result)
			xhb_xen_stray_add(xen, from + i);
	}
}

/*
 * Sets the kernel's mapping of pages [from, to) to @xen->frames, or to nothing.
 * Where Xen refuses it a bit in @xen->stray is set, and the mapping is as it was.
 * Returns false if there is such a page.
 */
static bool xhb_pv_set_mappings(struct xhb_xen *xen, struct page **pages,
				unsigned int order, unsigned long from,
				unsigned long to, bool map)
{
	unsigned long end, refused = xen->strays;

	for (; from < to; from = end) {
		end = min(to, round_down(from, XHB_XEN_CALLS) + XHB_XEN_CALLS);
		if (end - from > 1)
			from += xhb_pv_update(xen, pages, order, from, end, map);
		/* One by one, so that each page has an answer of its own. */
		if (from < end)
			xhb_pv_call(xen, pages, order, from, end, map);
	}
	if (xen->strays == refused)
		return true;
	pr_warn_ratelimited("Xen refuses to change mappings of %lu pages of this guest, which stay as they are or in the balloon; see xl dmesg\n",
			    xen->strays - refused);
	return false;
}

/* Maps those of pages [from, to) again that were unmapped. */
static bool xhb_pv_map_again(struct xhb_xen *xen, struct page **pages,
			     unsigned int order, unsigned long from,
			     unsigned long to)
{
	bool mapped = true;

	while (from < to) {
		unsigned long end;

		/* Could not be unmapped. */
		if (__test_and_clear_bit(from, xen->stray)) {
			from++;
			continue;
		}
		end = find_next_bit(xen->stray, to, from);
		mapped &= xhb_pv_set_mappings(xen, pages, order, from, end,
					      true);
		from = end;
	}
	return mapped;
}

/* Every page that the kernel has used has a p2m entry that can be written. */
static void xhb_pv_set_p2m(struct page *page, unsigned long frame)
{
	WARN_ON_ONCE(xen_safe_write_ulong(xen_p2m_addr + page_to_pfn(page),
					  frame));
}

/*
 * A page that Xen does not map is of no use to the guest, which does not need its
 * memory then. Lost if Xen does not take it.
 */
static void xhb_pv_give_up(struct xhb_xen *xen, struct page *page,
			   xen_pfn_t frame)
{
	xhb_pv_set_p2m(page, INVALID_P2M_ENTRY);
	if (!xhb_xen_memory_op(xen, XENMEM_decrease_reservation, &frame, 1, 0))
		xen->lost++;
}

/* Returns how many of pages [from, to) were given up, the bits in @xen->stray. */
static unsigned long xhb_pv_give_up_stray(struct xhb_xen *xen,
					  struct page **pages,
					  unsigned int order,
					  unsigned long from, unsigned long to)
{
	unsigned long i = from, n = 0;

	xhb_pv_flush_tlb(xen);
	for_each_set_bit_from(i, xen->stray, to) {
		xhb_pv_give_up(xen, xhb_pv_page(pages, order, i),
			       xen->frames[i]);
		n++;
	}
	return n;
}

static struct xhb_done xhb_pv_release(struct xhb_xen *xen, struct page **pages,
				      unsigned int extents, unsigned int order)
{
	unsigned long i, unmapped, total = (unsigned long)extents << order;
	struct xhb_done done = {};

	xhb_xen_stray_none(xen);
	for (i = 0; i < total; i++)
		xen->frames[i] = xen_page_to_gfn(xhb_pv_page(pages, order, i));
	unmapped = total;
	if (!xhb_pv_set_mappings(xen, pages, order, 0, total, false))
		unmapped = find_first_bit(xen->stray, total);
	for (i = 0; i < unmapped; i++)
		xhb_pv_set_p2m(xhb_pv_page(pages, order, i), INVALID_P2M_ENTRY);
	xhb_pv_flush_tlb(xen);

	done.pages = xhb_xen_memory_op(xen, XENMEM_decrease_reservation,
				       xen->frames, unmapped, 0);

	/* Still ours: their frames are where they were. */
	for (i = done.pages; i < unmapped; i++)
		xhb_pv_set_p2m(xhb_pv_page(pages, order, i), xen->frames[i]);
	if (!xhb_pv_map_again(xen, pages, order, done.pages, total))
		done.stray = xhb_pv_give_up_stray(xen, pages, order, done.pages,
						  total);
	return done;
}

/* Pages [from, to) go back to Xen, which does not map all of them. */
static void xhb_pv_undo_populate(struct xhb_xen *xen, struct page **pages,
				 unsigned int order, unsigned long from,
				 unsigned long to)
{
	unsigned long i;

	xhb_pv_set_mappings(xen, pages, order, from, to, false);
	for (i = from; i < to; i++)
		xhb_pv_set_p2m(xhb_pv_page(pages, order, i), INVALID_P2M_ENTRY);
	xhb_pv_flush_tlb(xen);
	xen->lost += to - from -
		     xhb_xen_memory_op(xen, XENMEM_decrease_reservation,
				       xen->frames + from, to - from, 0);
}

/* 2M extents, for each of which Xen looks for memory just once. Returns 4K pages. */
static unsigned long xhb_pv_get_2m(struct xhb_xen *xen, struct page **pages,
				   unsigned int extents, unsigned int order)
{
	unsigned long i, got;

	for (i = 0; i < extents; i++)
		xen->frames[i] = page_to_pfn(pages[i]);
	got = xhb_xen_memory_op(xen, XENMEM_populate_physmap, xen->frames, extents,
				order) << order;
	xhb_xen_all_frames(xen->frames, got, order);
	return got;
}

/* Fills @xen->frames. Returns how many 4K pages Xen has given, from the first. */
static unsigned long xhb_pv_get_frames(struct xhb_xen *xen, struct page **pages,
				       unsigned int extents, unsigned int order)
{
	unsigned long i, got = 0, total = (unsigned long)extents << order;

	if (order)
		got = xhb_pv_get_2m(xen, pages, extents, order);
	if (got == total)
		return got;
	/* What the host has in pieces only is as good. */
	for (i = got; i < total; i++)
		xen->frames[i] = page_to_pfn(xhb_pv_page(pages, order, i));
	return got + xhb_xen_memory_op_4k(xen, XENMEM_populate_physmap,
					  xen->frames + got, total - got);
}

static struct xhb_done xhb_pv_populate(struct xhb_xen *xen, struct page **pages,
				       unsigned int extents, unsigned int order)
{
	unsigned long i, done, mapped;

	xhb_xen_stray_none(xen);
	done = xhb_pv_get_frames(xen, pages, extents, order);
	for (i = 0; i < done; i++)
		xhb_pv_set_p2m(xhb_pv_page(pages, order, i), xen->frames[i]);
	mapped = done;
	if (!xhb_pv_set_mappings(xen, pages, order, 0, done, true)) {
		mapped = find_first_bit(xen->stray, done);
		xhb_pv_undo_populate(xen, pages, order, mapped, done);
	}
	return (struct xhb_done) { .pages = mapped };
}

static bool xhb_pv_map_one(struct xhb_xen *xen, struct page *page,
			   xen_pfn_t frame)
{
	xen->frames[0] = frame;
	xhb_pv_set_p2m(page, frame);
	if (xhb_pv_set_mappings(xen, &page, 0, 0, 1, true))
		return true;
	xhb_pv_flush_tlb(xen);
	xhb_pv_give_up(xen, page, frame);
	return false;
}

/* Of the two pages of an exchange, the one that Xen does map gets memory. */
static int xhb_pv_exchange(struct xhb_xen *xen, struct page *from,
			   struct page *to)
{
	xen_pfn_t in = xen_page_to_gfn(from), out = page_to_pfn(to);
	int err;

	xhb_xen_stray_none(xen);
	xen->frames[0] = in;
	if (!xhb_pv_set_mappings(xen, &from, 0, 0, 1, false))
		return -EAGAIN;
	xhb_pv_set_p2m(from, INVALID_P2M_ENTRY);
	xhb_pv_flush_tlb(xen);

	err = xhb_xen_exchange_frame(xen, in, &out);
	if (err) {
		if (xhb_pv_map_one(xen, from, in))
			return err;
		return xhb_pv_populate(xen, &to, 1, 0).pages ? 0 : -ENODATA;
	}
	if (xhb_pv_map_one(xen, to, out))
		return 0;
	return xhb_pv_populate(xen, &from, 1, 0).pages ? -EAGAIN : -ENODATA;
}

static unsigned int xhb_pv_max_extents(struct xhb_xen *xen, unsigned int order,
				       bool populate)
{
	return order ? XHB_XEN_FRAMES >> order : XHB_HUGE_PAGES;
}

/* The guest itself keeps track of that. */
static bool xhb_pv_is_populated(struct xhb_xen *xen, struct page *page)
{
	return xen_page_to_gfn(page) != INVALID_P2M_ENTRY;
}

/*
 * The kernel makes page tables for memory that is added, of what the p2m says. Beyond
 * memory that is that frames are machine frames, devices maybe. So say that there is
 * nothing.
 */
static int xhb_pv_prepare_added(struct xhb_xen *xen, unsigned long pfn,
				unsigned long pages)
{
	unsigned long end = pfn + pages;
	int err;

	if (end > xen_p2m_size)
		return -ENOSPC;
	for (; pfn < end; pfn++) {
		err = xen_alloc_p2m_entry(pfn);
		if (err < 0)
			return err;
		if (xen_safe_write_ulong(xen_p2m_addr + pfn, INVALID_P2M_ENTRY))
			return -ENOSPC;
		cond_resched();
	}
	return 0;
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
	.prepare_added = xhb_pv_prepare_added,
	.prepare_foreign = xhb_pv_prepare_foreign,
};
