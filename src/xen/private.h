/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of this room share. Of other rooms only the one that embeds a
 * struct xhb_xen sees this, and it does not look inside.
 */
#ifndef XHB_XEN_PRIVATE_H
#define XHB_XEN_PRIVATE_H

#include <linux/types.h>
#include <xen/interface/xen.h>

#include "xhb_xen.h"

struct gnttab_copy;
struct mmu_update;
struct multicall_entry;

/* What one call of xhb_xen_release() or xhb_xen_populate() takes at most. */
#define XHB_XEN_FRAMES	(16 * XHB_HUGE_PAGES)
#define XHB_XEN_CALLS	XHB_HUGE_PAGES
/* Entries of a PV guest's page tables. */
#define XHB_XEN_UPDATES	XHB_HUGE_PAGES
/* Pages that Xen is asked to write to at once. */
#define XHB_XEN_COPIES	XHB_HUGE_PAGES

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
 * enum xhb_answer - what is known of something that Xen may allow or not
 * @XHB_ANSWER_NONE: it was not asked
 * @XHB_ANSWER_ALLOWED: nothing speaks against it
 * @XHB_ANSWER_REFUSED: it does not allow it
 */
enum xhb_answer {
	XHB_ANSWER_NONE,
	XHB_ANSWER_ALLOWED,
	XHB_ANSWER_REFUSED,
};

/**
 * struct xhb_xen_ops - what a kind of guest can ask its hypervisor for
 *
 * Extents are given as xhb_xen_release() and xhb_xen_populate() get them.
 *
 * @release: populated pages go to the hypervisor, content is lost
 * @populate: pages come back; content is undefined
 * @exchange: @to gets memory, @from loses its own, in one step; 0, or -ENODATA if
 *	@from has lost its own and @to got none, or another error with nothing
 *	changed
 * @gmfn_move: the memory of @from becomes that of @to, likewise
 * @max_extents: how many extents of 2^@order pages one call of @populate takes, or of
 *	@release
 * @is_populated: there is memory behind a 4K page
 * @prepare_added: frames without memory are going to be the guest's; NULL where
 *	nothing has to be done
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
	unsigned int (*max_extents)(struct xhb_xen *xen, unsigned int order,
				    bool populate);
	bool (*is_populated)(struct xhb_xen *xen, struct page *page);
	int (*prepare_added)(struct xhb_xen *xen, unsigned long pfn,
			     unsigned long pages);
	int (*prepare_foreign)(struct xhb_xen *xen, struct page *page);
	bool superpages;
};

/**
 * struct xhb_xen - a hypervisor and the buffers for talking to it
 * @ops: how; set before first use, constant after, so it needs no lock
 * @method: the way to move memory that Xen allows; set at load before anybody
 *	else looks, constant after, so it needs no lock
 * @extents_2m: does it allow 2M extents? Asked when it does none for the first time,
 *	and once more after the domain was restored; written under the caller's lock,
 *	read without where it is about the size of a batch
 * @runs: are 4K pages asked for in runs? Not if Xen has refused extents of that size, or
 *	has lost memory; under the caller's lock
 * @frames: argument of hypercalls, XHB_XEN_FRAMES entries; its content is under
 *	the caller's lock, the one that serialises calls
 * @calls: hypercalls made at once by PV guests, XHB_XEN_CALLS entries, NULL in
 *	other guests; its content is under the caller's lock
 * @updates: of page tables, made at once by PV guests, XHB_XEN_UPDATES entries, NULL
 *	in other guests; its content is under the caller's lock
 * @copies: asked for at once by translated guests, XHB_XEN_COPIES entries, NULL in
 *	other guests; its content is under the caller's lock
 * @stray: of the operation under way or the last one, pages that have lost their memory
 *	out of turn, or whose mapping Xen has refused, by their number in it; under the
 *	caller's lock
 * @strays: how many pages that were; under the caller's lock
 * @lost: 4K pages that Xen has taken for this domain and that are nowhere in it,
 *	since xhb_xen_take_lost() was called last; under the caller's lock
 * @hypercalls: made since load; under the caller's lock
 * @hypercall_ns: time spent in those that release or populate; under the
 *	caller's lock
 * @refused_2m: 2M extents that the hypervisor did only in 4K pages; under the
 *	caller's lock
 */
struct xhb_xen {
	const struct xhb_xen_ops *ops;
	enum xhb_method method;
	enum xhb_answer extents_2m;
	enum xhb_answer runs;
	xen_pfn_t *frames;
	struct multicall_entry *calls;
	struct mmu_update *updates;
	struct gnttab_copy *copies;
	DECLARE_BITMAP(stray, XHB_XEN_FRAMES);
	unsigned long strays;
	unsigned long lost;
	u64 hypercalls;
	u64 hypercall_ns;
	u64 refused_2m;
};

/* Hypercalls, for the kinds of guest. */
unsigned long xhb_xen_memory_op(struct xhb_xen *xen, unsigned int cmd,
				xen_pfn_t *frames, unsigned long extents,
				unsigned int order);
bool xhb_xen_refuses_order(struct xhb_xen *xen, unsigned int order);
int xhb_xen_exchange_frame(struct xhb_xen *xen, xen_pfn_t in, xen_pfn_t *out);
int xhb_xen_gmfn_move(struct xhb_xen *xen, struct page *from, struct page *to);
bool xhb_xen_is_ram(struct xhb_xen *xen, unsigned long pfn);
bool xhb_xen_is_protected(struct xhb_xen *xen, unsigned long pfn);
unsigned int xhb_xen_copy(struct xhb_xen *xen, struct gnttab_copy *copies,
			  unsigned int n);
int xhb_xen_multicall(struct xhb_xen *xen, struct multicall_entry *calls,
		      unsigned int n);
unsigned int xhb_xen_mmu_update(struct xhb_xen *xen, struct mmu_update *updates,
				unsigned int n);
int xhb_xen_flush_tlb(struct xhb_xen *xen);

/* Pages out of turn. */
void xhb_xen_stray_none(struct xhb_xen *xen);
void xhb_xen_stray_add(struct xhb_xen *xen, unsigned long i);
void xhb_xen_stray_find(struct xhb_xen *xen, const xen_pfn_t *frames, unsigned long n,
			unsigned long first);

/* Hypercalls that move 4K pages. */
void xhb_xen_all_frames(xen_pfn_t *frames, unsigned long n, unsigned int order);
unsigned long xhb_xen_release_rest(struct xhb_xen *xen, xen_pfn_t *frames,
				   unsigned long n, unsigned long first);
unsigned long xhb_xen_memory_op_4k(struct xhb_xen *xen, unsigned int cmd,
				   xen_pfn_t *frames, unsigned long n);

/* The kinds of guest. */
extern const struct xhb_xen_ops xhb_xen_translated_ops;
extern const struct xhb_xen_ops xhb_xen_pv_ops;

#endif /* XHB_XEN_PRIVATE_H */
