// SPDX-License-Identifier: GPL-2.0
/*
 * Exchange of pages with Xen in guests that Xen translates (PVH, HVM).
 *
 * These guests name pages by their own frame numbers, so nothing but the
 * hypercall itself is needed, and extents of 2M keep or make superpages in the
 * guest's p2m.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "xen/private.h"

/*
 * Bounds how long one call keeps a CPU from everybody else. Xen flushes TLBs for
 * each 4K page that it removes, which takes long where there are many CPUs. To enter
 * 2M at once takes a tenth of that, so the questions that go with each call should not
 * be asked too often. The third is for 2M extents that have to be done in 4K pages:
 * four times the work.
 */
#define XHB_TRANSLATED_HUGE_EXTENTS	8
#define XHB_TRANSLATED_HUGE_POPULATED	32
#define XHB_TRANSLATED_SPLIT_EXTENTS	2
#define XHB_TRANSLATED_BASE_EXTENTS	XHB_HUGE_PAGES

static unsigned long xhb_translated_op(struct xhb_xen *xen, unsigned int cmd,
				       struct page **pages, unsigned int extents,
				unsigned int order)
{
	unsigned int i;

	for (i = 0; i < extents; i++)
		xen->frames[i] = page_to_pfn(pages[i]);
	return order ? xhb_xen_memory_op(xen, cmd, xen->frames, extents, order) :
		       xhb_xen_memory_op_4k(xen, cmd, xen->frames, extents);
}

/* Their frames are those of all 4K pages of @page then. */
static void xhb_translated_instead_of_2m(struct xhb_xen *xen, struct page *page)
{
	unsigned long i;

	xen->refused_2m++;
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		xen->frames[i] = page_to_pfn(page) + i;
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

/* 2M extents of which each 4K page is an extent to Xen. */
static struct xhb_done xhb_translated_split(struct xhb_xen *xen, unsigned int cmd,
					    struct page **pages,
					    unsigned int extents)
{
	unsigned long i, n, got, done = 0, total = extents * XHB_HUGE_PAGES;

	xen->refused_2m += extents;
	do {
		n = min(total - done, XHB_TRANSLATED_SPLIT_EXTENTS * XHB_HUGE_PAGES);
		for (i = 0; i < n; i++)
			xen->frames[i] =
				page_to_pfn(pages[(done + i) >> XHB_HUGE_ORDER]) +
				(done + i) % XHB_HUGE_PAGES;
		got = xhb_xen_memory_op(xen, cmd, xen->frames, n, 0);
		done += got;
	} while (got == n && done < total);
	return xhb_translated_done(0, XHB_HUGE_ORDER, done);
}

/*
 * Xen has done no 2M extent at all. To know that it never will saves a hypercall
 * each time; the host's administrator may have set memop-max-order.
 */
static bool xhb_translated_never_2m(struct xhb_xen *xen)
{
	if (xen->extents_2m != XHB_ANSWER_NONE)
		return xen->extents_2m == XHB_ANSWER_REFUSED;
	WRITE_ONCE(xen->extents_2m, XHB_ANSWER_ALLOWED);
	if (!xhb_xen_refuses_order(xen, XHB_HUGE_ORDER))
		return false;
	WRITE_ONCE(xen->extents_2m, XHB_ANSWER_REFUSED);
	pr_info("Xen allows no 2M extents here, so memory comes back in 4K pages; on its command line memop-max-order=9 allows them\n");
	return true;
}

static struct xhb_done xhb_translated_try_release(struct xhb_xen *xen,
						  struct page **pages,
						  unsigned int extents,
						  unsigned int order)
{
	unsigned long done;

	if (order && xen->extents_2m == XHB_ANSWER_REFUSED)
		return xhb_translated_split(xen, XENMEM_decrease_reservation,
					    pages, extents);
	done = xhb_translated_op(xen, XENMEM_decrease_reservation, pages, extents,
				 order);
	if (done == extents || !order)
		return xhb_translated_done(done, order, 0);
	if (!done && xhb_translated_never_2m(xen))
		return xhb_translated_split(xen, XENMEM_decrease_reservation,
					    pages, extents);

	xhb_translated_instead_of_2m(xen, pages[done]);
	return xhb_translated_done(done, order,
				   xhb_xen_release_rest(xen, xen->frames,
							XHB_HUGE_PAGES, done << order));
}

static struct xhb_done xhb_translated_release(struct xhb_xen *xen,
					      struct page **pages,
					      unsigned int extents,
					      unsigned int order)
{
	struct xhb_done done;

	xhb_xen_stray_none(xen);
	done = xhb_translated_try_release(xen, pages, extents, order);
	done.stray = xen->strays;
	return done;
}

static struct xhb_done xhb_translated_try_populate(struct xhb_xen *xen,
						   struct page **pages,
						   unsigned int extents,
						   unsigned int order)
{
	unsigned long done;

	if (order && xen->extents_2m == XHB_ANSWER_REFUSED)
		return xhb_translated_split(xen, XENMEM_populate_physmap, pages,
					    extents);
	done = xhb_translated_op(xen, XENMEM_populate_physmap, pages, extents,
				 order);
	if (done == extents || !order)
		return xhb_translated_done(done, order, 0);
	if (!done && xhb_translated_never_2m(xen))
		return xhb_translated_split(xen, XENMEM_populate_physmap, pages,
					    extents);

	/*
	 * The first extent refused may still be possible in 4K pages: there is
	 * memory but no 2M block, or less than 2M below the domain's maximum.
	 */
	xhb_translated_instead_of_2m(xen, pages[done]);
	return xhb_translated_done(done, order,
				   xhb_xen_memory_op_4k(xen, XENMEM_populate_physmap,
							xen->frames, XHB_HUGE_PAGES));
}

/*
 * Xen takes memory for an extent before it enters it in the p2m, and does not give
 * it up when that fails.
 */
static void xhb_translated_find_lost(struct xhb_xen *xen, unsigned long had,
				     unsigned long pages)
{
	unsigned long has = xhb_xen_reservation(xen);

	if (!had || has <= had + pages)
		return;
	xen->lost += has - had - pages;
	/* Least with one page at a time. */
	xen->runs = XHB_ANSWER_REFUSED;
}

static struct xhb_done xhb_translated_populate(struct xhb_xen *xen,
					       struct page **pages,
					       unsigned int extents,
					       unsigned int order)
{
	unsigned long had = xhb_xen_reservation(xen);
	struct xhb_done done;

	done = xhb_translated_try_populate(xen, pages, extents, order);
	if (done.pages < (unsigned long)extents << order)
		xhb_translated_find_lost(xen, had, done.pages);
	return done;
}

/*
 * Xen takes the memory from its old frame before it enters it at the new one,
 * which may need a table of the p2m, and there may be no page left for that.
 */
static int xhb_translated_gmfn_move(struct xhb_xen *xen, struct page *from,
				    struct page *to)
{
	int err = xhb_xen_gmfn_move(xen, from, to);

	if (!err || xhb_xen_is_ram(xen, page_to_pfn(from)))
		return err;
	if (xhb_xen_is_ram(xen, page_to_pfn(to)))
		return 0;
	xen->lost++;
	return -ENODATA;
}

static int xhb_translated_exchange(struct xhb_xen *xen, struct page *from,
				   struct page *to)
{
	xen_pfn_t out = page_to_pfn(to);

	return xhb_xen_exchange_frame(xen, page_to_pfn(from), &out);
}

static unsigned int xhb_translated_max_extents(struct xhb_xen *xen, unsigned int order,
					       bool populate)
{
	if (!order)
		return XHB_TRANSLATED_BASE_EXTENTS;
	/* Asked without the lock, too: an old answer costs one long batch. */
	if (READ_ONCE(xen->extents_2m) == XHB_ANSWER_REFUSED)
		return XHB_TRANSLATED_SPLIT_EXTENTS;
	return populate ? XHB_TRANSLATED_HUGE_POPULATED : XHB_TRANSLATED_HUGE_EXTENTS;
}

static bool xhb_translated_is_populated(struct xhb_xen *xen, struct page *page)
{
	return xhb_xen_is_ram(xen, page_to_pfn(page));
}

const struct xhb_xen_ops xhb_xen_translated_ops = {
	.release = xhb_translated_release,
	.populate = xhb_translated_populate,
	.exchange = xhb_translated_exchange,
	.gmfn_move = xhb_translated_gmfn_move,
	.max_extents = xhb_translated_max_extents,
	.is_populated = xhb_translated_is_populated,
	.superpages = true,
};
