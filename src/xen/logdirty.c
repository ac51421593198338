// SPDX-License-Identifier: GPL-2.0
/*
 * Live migration, seen from the guest that is being copied.
 *
 * Meanwhile Xen write-protects what was sent, so that it knows what has to be
 * sent again: log-dirty mode. Until Xen 4.19.5, 4.20.3 and 4.21.1 a page that is
 * populated in the meantime is neither protected nor marked as written. If its
 * place in the stream has passed, it does not exist at the destination.
 */
#include <linux/mm.h>
#include <xen/interface/grant_table.h>

#include "xen/private.h"

/* Any number of bytes marks a page. */
#define XHB_MARK_BYTES	8

/**
 * xhb_xen_tells_copied() - can this domain see that it is being copied?
 * @xen: the hypervisor
 *
 * Context: any.
 * Return: false in PV guests.
 */
bool xhb_xen_tells_copied(const struct xhb_xen *xen)
{
	return xen->copies;
}

/**
 * xhb_xen_is_copied() - is this domain being copied just now?
 * @xen: the hypervisor
 *
 * Asked after a page was populated, the answer is good for that page: a copy that
 * begins later protects it.
 *
 * Context: may sleep; the caller serialises.
 * Return: true while log-dirty mode is on; false also in PV guests, which cannot
 * see it.
 */
bool xhb_xen_is_copied(struct xhb_xen *xen)
{
	/* Nobody ever writes to this page, so Xen has no reason to unprotect it. */
	return xen->copies &&
	       xhb_xen_is_protected(xen, page_to_pfn(ZERO_PAGE(0)));
}

/**
 * xhb_xen_sees_write() - would Xen see the next write to a page?
 * @xen: the hypervisor
 * @page: 4K, populated
 *
 * It sees the first one after each time that the toolstack has collected what was
 * written.
 *
 * Context: may sleep; the caller serialises.
 * Return: true if so.
 */
bool xhb_xen_sees_write(struct xhb_xen *xen, struct page *page)
{
	return xhb_xen_is_protected(xen, page_to_pfn(page));
}

/**
 * xhb_xen_mark_written() - have pages sent by the copy that is under way
 * @xen: the hypervisor
 * @pages: first 4K page of each extent, populated; the content of the first bytes
 *	of each 4K page is lost
 * @order: log2 of 4K pages in each extent
 * @count: 4K pages to mark, from the first
 *
 * A write by the guest itself would not do: Xen does not see it. So Xen is asked
 * to write.
 *
 * Context: may sleep; the caller serialises.
 * Return: 4K pages that could not be marked.
 */
unsigned long xhb_xen_mark_written(struct xhb_xen *xen, struct page **pages,
				   unsigned int order, unsigned long count)
{
	unsigned long zero = page_to_pfn(ZERO_PAGE(0));
	unsigned long i, failed = 0;
	unsigned int n = 0;

	for (i = 0; i < count; i++) {
		struct page *page = pages[i >> order] +
				    (i & ((1UL << order) - 1));

		xen->copies[n++] = (struct gnttab_copy) {
			.source.u.gmfn = zero,
			.source.domid = DOMID_SELF,
			.dest.u.gmfn = page_to_pfn(page),
			.dest.domid = DOMID_SELF,
			.len = XHB_MARK_BYTES,
		};
		if (n == XHB_XEN_COPIES || i + 1 == count) {
			failed += xhb_xen_copy(xen, xen->copies, n);
			n = 0;
		}
	}
	return failed;
}
