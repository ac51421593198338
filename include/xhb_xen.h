/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exchange of pages with the hypervisor.
 */
#ifndef XHB_XEN_H
#define XHB_XEN_H

#include <linux/types.h>
#include <xen/interface/xen.h>

struct multicall_entry;
struct page;
struct xhb_xen;

#define XHB_HUGE_ORDER	(PMD_SHIFT - PAGE_SHIFT)
#define XHB_HUGE_PAGES	(1UL << XHB_HUGE_ORDER)

/**
 * enum xhb_method - how the memory of one page is moved to another
 * @XHB_METHOD_EXCHANGE: XENMEM_exchange; what Xen allows PV guests
 * @XHB_METHOD_GMFN_MOVE: XENMEM_add_to_physmap of a frame of one's own; what
 *	Xen allows translated guests
 * @XHB_METHOD_POPULATE_RELEASE: two steps; needs memory from Xen for an instant
 * @XHB_METHOD_COUNT: number of methods
 */
enum xhb_method {
	XHB_METHOD_EXCHANGE,
	XHB_METHOD_GMFN_MOVE,
	XHB_METHOD_POPULATE_RELEASE,
	XHB_METHOD_COUNT,
};

/**
 * struct xhb_done - how much of what it was asked for the hypervisor has done
 * @pages: 4K pages done, counted strictly in order; may end inside an extent.
 *	The pages before that have changed hands, those after it are as they
 *	were.
 * @whole: of the extents of order XHB_HUGE_ORDER how many, from the first, were
 *	done as one 2M extent; 0 in PV guests, which have no such thing, and for
 *	order 0
 */
struct xhb_done {
	unsigned long pages;
	unsigned long whole;
};

/**
 * struct xhb_xen_ops - what a kind of guest can ask its hypervisor for
 *
 * @pages names the first page of each of @extents extents of 2^@order pages,
 * where @order is 0 or XHB_HUGE_ORDER and @extents is at most what @max_extents
 * says. What was done of them is returned.
 *
 * @release: populated pages go to the hypervisor, content is lost
 * @populate: pages come back; content is undefined
 * @exchange: @to gets memory, @from loses its own, in one step; 0 or an error
 *	with nothing changed
 * @gmfn_move: the memory of @from becomes that of @to, likewise
 * @max_extents: how many extents of 2^@order one call takes
 * @prepare_foreign: a page that is not populated gets ready for a foreign
 *	mapping; NULL where nothing has to be done
 * @superpages: a 2M extent is more to the hypervisor than 512 of 4K
 *
 * Context: may sleep; the caller serialises calls on one &struct xhb_xen.
 */
struct xhb_xen_ops {
	struct xhb_done (*release)(struct xhb_xen *xen, struct page **pages,
				   unsigned int extents, unsigned int order);
	struct xhb_done (*populate)(struct xhb_xen *xen, struct page **pages,
				    unsigned int extents, unsigned int order);
	int (*exchange)(struct xhb_xen *xen, struct page *from, struct page *to);
	int (*gmfn_move)(struct xhb_xen *xen, struct page *from,
			 struct page *to);
	unsigned int (*max_extents)(struct xhb_xen *xen, unsigned int order);
	int (*prepare_foreign)(struct xhb_xen *xen, struct page *page);
	bool superpages;
};

/**
 * struct xhb_xen - a hypervisor and the buffers for talking to it
 * @ops: how; set before first use, constant after
 * @method: the way to move memory that Xen allows; set at load, constant after
 * @frames: argument of hypercalls, XHB_XEN_FRAMES entries; under the lock that
 *	serialises calls, as are all below
 * @calls: hypercalls made at once by PV guests, XHB_XEN_CALLS entries; NULL in
 *	other guests
 * @hypercalls: made since load
 * @hypercall_ns: time spent in those that move memory
 * @refused_2m: 2M extents that the hypervisor did only in 4K pages
 */
struct xhb_xen {
	const struct xhb_xen_ops *ops;
	enum xhb_method method;
	xen_pfn_t *frames;
	struct multicall_entry *calls;
	u64 hypercalls;
	u64 hypercall_ns;
	u64 refused_2m;
};

#define XHB_XEN_FRAMES	(16 * XHB_HUGE_PAGES)
#define XHB_XEN_CALLS	XHB_HUGE_PAGES

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
unsigned int xhb_xen_max_extents(struct xhb_xen *xen, unsigned int order);
bool xhb_xen_has_superpages(const struct xhb_xen *xen);
int xhb_xen_prepare_foreign(struct xhb_xen *xen, struct page *page);

/* Memory moves from page to page. */
int xhb_xen_move(struct xhb_xen *xen, struct page *from, struct page *to);
bool xhb_xen_move_leaks(const struct xhb_xen *xen);
int xhb_xen_choose_method(struct xhb_xen *xen, struct page *from,
			  struct page *to);
void xhb_xen_assume_two_steps(struct xhb_xen *xen);
const char *xhb_xen_method_name(const struct xhb_xen *xen);

void xhb_xen_counters(const struct xhb_xen *xen,
		      struct xhb_xen_counters *counters);

/* Shared between the kinds of guest, not for use above this layer. */
unsigned long xhb_xen_memory_op(struct xhb_xen *xen, unsigned int cmd,
				xen_pfn_t *frames, unsigned long extents,
				unsigned int order);
int xhb_xen_exchange_frame(struct xhb_xen *xen, xen_pfn_t in, xen_pfn_t *out);
int xhb_xen_gmfn_move(struct xhb_xen *xen, struct page *from, struct page *to);
bool xhb_xen_is_hole(struct xhb_xen *xen, unsigned long pfn);
int xhb_xen_multicall(struct xhb_xen *xen, struct multicall_entry *calls,
		      unsigned int n);
int xhb_xen_flush_tlb(struct xhb_xen *xen);
extern const struct xhb_xen_ops xhb_xen_translated_ops;
extern const struct xhb_xen_ops xhb_xen_pv_ops;

#endif /* XHB_XEN_H */
