/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exchange of pages with the hypervisor: what other rooms may use. One struct
 * xhb_xen stands for it; who owns that serialises the calls.
 */
#ifndef XHB_XEN_H
#define XHB_XEN_H

#include <linux/pgtable.h>
#include <linux/types.h>

struct page;
struct xhb_xen;

#define XHB_HUGE_ORDER	(PMD_SHIFT - PAGE_SHIFT)
#define XHB_HUGE_PAGES	(1UL << XHB_HUGE_ORDER)

/**
 * struct xhb_done - how much of what it was asked for the hypervisor has done
 * @pages: 4K pages done, counted strictly in order; may end inside an extent.
 *	The pages before that have changed hands, those after it are as they
 *	were, but for @stray.
 * @whole: of the extents of order XHB_HUGE_ORDER how many, from the first, were
 *	done as one 2M extent; 0 in PV guests, which have no such thing, and for
 *	order 0
 * @stray: of a release, how many 4K pages beside those of @pages have no memory any
 *	more; xhb_xen_is_stray() tells which. 0 for other operations.
 */
struct xhb_done {
	unsigned long pages;
	unsigned long whole;
	unsigned long stray;
};

/**
 * struct xhb_xen_counters - what was counted since load
 * @hypercalls: made
 * @hypercall_ns: time spent in those that release or populate
 * @refused_2m: 2M extents that the hypervisor did only in 4K pages
 */
struct xhb_xen_counters {
	u64 hypercalls;
	u64 hypercall_ns;
	u64 refused_2m;
};

int xhb_xen_init(struct xhb_xen *xen);
void xhb_xen_destroy(struct xhb_xen *xen);

/* Memory goes to Xen and comes back. */
struct xhb_done xhb_xen_release(struct xhb_xen *xen, struct page **pages,
				unsigned int extents, unsigned int order);
struct xhb_done xhb_xen_populate(struct xhb_xen *xen, struct page **pages,
				 unsigned int extents, unsigned int order);
unsigned int xhb_xen_max_extents(struct xhb_xen *xen, unsigned int order, bool populate);
bool xhb_xen_is_stray(const struct xhb_xen *xen, unsigned long i);
unsigned long xhb_xen_take_lost(struct xhb_xen *xen);
bool xhb_xen_has_superpages(const struct xhb_xen *xen);
int xhb_xen_prepare_added(struct xhb_xen *xen, unsigned long pfn,
			  unsigned long pages);
bool xhb_xen_is_populated(struct xhb_xen *xen, struct page *page);
void xhb_xen_restored(struct xhb_xen *xen);
int xhb_xen_prepare_foreign(struct xhb_xen *xen, struct page *page);

/* What Xen has of the domain. */
unsigned long xhb_xen_reservation(struct xhb_xen *xen);
unsigned long xhb_xen_headroom(struct xhb_xen *xen);

/* While the domain is being copied to another host. */
bool xhb_xen_tells_copied(const struct xhb_xen *xen);
bool xhb_xen_is_copied(struct xhb_xen *xen);
bool xhb_xen_sees_write(struct xhb_xen *xen, struct page *page);
unsigned long xhb_xen_mark_written(struct xhb_xen *xen, struct page **pages,
				   unsigned int order, unsigned long count);

/* Memory moves from page to page. */
int xhb_xen_move(struct xhb_xen *xen, struct page *from, struct page *to);
bool xhb_xen_move_may_fail_half_way(const struct xhb_xen *xen);
bool xhb_xen_move_leaks(const struct xhb_xen *xen);
int xhb_xen_choose_method(struct xhb_xen *xen, struct page *from,
			  struct page *to);
void xhb_xen_assume_two_steps(struct xhb_xen *xen);
const char *xhb_xen_method_name(const struct xhb_xen *xen);

void xhb_xen_counters(const struct xhb_xen *xen,
		      struct xhb_xen_counters *counters);

#endif /* XHB_XEN_H */
