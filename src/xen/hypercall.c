// SPDX-License-Identifier: GPL-2.0
/*
 * Hypercalls: one function for each that is used, and the only place that makes
 * and counts them.
 */
#include <linux/acpi.h>
#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <asm/xen/hypercall.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/memory.h>
#include <xen/page.h>

#include "xen/private.h"

/*
 * A host that shows its guest NUMA nodes has tied each to one of its own. The guest's
 * kernel numbers them as it likes; the host goes by proximity domains.
 */
#define XHB_MEMF_EXACT		BIT(17)
#define XHB_MEMF_VNODE		BIT(18)
#define XHB_MEMF_NODE_SHIFT	8
#define XHB_MEMF_NODES		254

/* Asks for memory of a node's own. A host that has not shown any takes no notice. */
static unsigned int xhb_xen_node_flags(int node)
{
	int pxm;

	for (pxm = 0; pxm < XHB_MEMF_NODES; pxm++) {
		if (pxm_to_node(pxm) == node)
			return XHB_MEMF_VNODE | (pxm + 1) << XHB_MEMF_NODE_SHIFT;
	}
	return 0;
}

static unsigned long xhb_xen_one_op(struct xhb_xen *xen, unsigned int cmd,
				    xen_pfn_t *frames, unsigned long extents,
				    unsigned int order, unsigned int flags)
{
	struct xen_memory_reservation reservation = {
		.nr_extents = extents,
		.extent_order = order,
		/* The interface has renamed it, and the kernel's copy has not. */
		.address_bits = flags,
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

/* How many extents, from the first on, are of one node. */
static unsigned long xhb_xen_of_node(const xen_pfn_t *frames, unsigned long extents,
				     int node)
{
	unsigned long i;

	for (i = 1; i < extents; i++) {
		if (page_to_nid(pfn_to_page(frames[i])) != node)
			break;
	}
	return i;
}

/*
 * A node's own memory while there is any. Unless it is told so, Xen prefers another
 * node's to what it keeps for devices with short addresses, which is in the first.
 */
static unsigned long xhb_xen_populate_node(struct xhb_xen *xen, xen_pfn_t *frames,
					   unsigned long extents, unsigned int order,
					   int node)
{
	unsigned int flags = xhb_xen_node_flags(node);
	unsigned long done = 0;

	if (flags)
		done = xhb_xen_one_op(xen, XENMEM_populate_physmap, frames, extents,
				      order, flags | XHB_MEMF_EXACT);
	if (done < extents)
		done += xhb_xen_one_op(xen, XENMEM_populate_physmap, frames + done,
				       extents - done, order, flags);
	return done;
}

/* A call names one node, so there is one for each stretch of extents of the same. */
static unsigned long xhb_xen_populate_nodes(struct xhb_xen *xen, xen_pfn_t *frames,
					    unsigned long extents, unsigned int order)
{
	unsigned long n, got, done = 0;
	int node;

	do {
		node = page_to_nid(pfn_to_page(frames[done]));
		n = xhb_xen_of_node(frames + done, extents - done, node);
		got = xhb_xen_populate_node(xen, frames + done, n, order, node);
		done += got;
	} while (got == n && done < extents);
	return done;
}

/**
 * xhb_xen_memory_op() - hypercalls that move extents, one but for several nodes
 * @xen: counts the calls
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
	if (cmd == XENMEM_populate_physmap && num_online_nodes() > 1)
		return xhb_xen_populate_nodes(xen, frames, extents, order);
	return xhb_xen_one_op(xen, cmd, frames, extents, order, 0);
}

/* What Xen tells of this domain by a number of pages. */
static unsigned long xhb_xen_pages(struct xhb_xen *xen, unsigned int cmd)
{
	domid_t domid = DOMID_SELF;
	long pages;

	xen->hypercalls++;
	pages = HYPERVISOR_memory_op(cmd, &domid);
	return max(pages, 0L);
}

/**
 * xhb_xen_reservation() - how many pages Xen counts for this domain
 * @xen: counts the call
 *
 * Context: may sleep; serialised by the caller.
 * Return: 4K pages, or 0 if Xen does not tell.
 */
unsigned long xhb_xen_reservation(struct xhb_xen *xen)
{
	return xhb_xen_pages(xen, XENMEM_current_reservation);
}

/**
 * xhb_xen_refuses_order() - ask whether extents of an order are forbidden
 * @xen: counts the call
 * @order: log2 of 4K pages in an extent
 *
 * A short count does not tell. An exchange of something for nothing does, in every
 * kind of guest: that it is nonsense Xen only says if the order is allowed.
 *
 * Context: may sleep; serialised by the caller.
 * Return: true if Xen allows no extents of this order, false also if it does not
 * tell.
 */
bool xhb_xen_refuses_order(struct xhb_xen *xen, unsigned int order)
{
	struct xen_memory_exchange exchange = {
		.in = { .nr_extents = 1, .extent_order = order, .domid = DOMID_SELF },
		.out = { .extent_order = order, .domid = DOMID_SELF },
	};

	xen->hypercalls++;
	return HYPERVISOR_memory_op(XENMEM_exchange, &exchange) == -EPERM;
}

/**
 * xhb_xen_headroom() - how much more memory Xen lets this domain have
 * @xen: counts the calls
 *
 * Context: may sleep; serialised by the caller.
 * Return: 4K pages; 0 also if Xen does not tell.
 */
unsigned long xhb_xen_headroom(struct xhb_xen *xen)
{
	unsigned long most = xhb_xen_pages(xen, XENMEM_maximum_reservation);
	unsigned long has = xhb_xen_reservation(xen);

	return has && most > has ? most - has : 0;
}

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
 * Return: 0, or Xen's error. @from may have lost its memory even so: Xen takes it
 * out of its old place before it looks whether the new one can be had.
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

/* What Xen has at a frame, an hvmmem_type_t, or -1 if it does not tell. */
static int xhb_xen_mem_type(struct xhb_xen *xen, unsigned long pfn)
{
	struct xen_hvm_get_mem_type query = {
		.domid = DOMID_SELF,
		.pfn = pfn,
	};

	xen->hypercalls++;
	return HYPERVISOR_hvm_op(HVMOP_get_mem_type, &query) ? -1 :
							       query.mem_type;
}

/**
 * xhb_xen_is_ram() - ask whether there is memory at a frame
 * @xen: counts the call
 * @pfn: the frame, of a translated guest
 *
 * Context: may sleep; serialised by the caller.
 * Return: true if Xen has some there, false also if it does not tell.
 */
bool xhb_xen_is_ram(struct xhb_xen *xen, unsigned long pfn)
{
	int type = xhb_xen_mem_type(xen, pfn);

	return type == HVMMEM_ram_rw || type == HVMMEM_ram_ro;
}

/**
 * xhb_xen_is_protected() - ask whether a write to a frame would trap
 * @xen: counts the call
 * @pfn: the frame, of a translated guest
 *
 * Context: may sleep; serialised by the caller.
 * Return: true if Xen has made it read-only, false also if it does not tell.
 */
bool xhb_xen_is_protected(struct xhb_xen *xen, unsigned long pfn)
{
	return xhb_xen_mem_type(xen, pfn) == HVMMEM_ram_ro;
}

/**
 * xhb_xen_copy() - GNTTABOP_copy between frames of this guest
 * @xen: counts the call
 * @copies: what to copy; each gets its result
 * @n: how many
 *
 * Context: may sleep; serialised by the caller.
 * Return: how many were not done.
 */
unsigned int xhb_xen_copy(struct xhb_xen *xen, struct gnttab_copy *copies,
			  unsigned int n)
{
	unsigned int i, failed = 0;

	xen->hypercalls++;
	if (HYPERVISOR_grant_table_op(GNTTABOP_copy, copies, n))
		return n;
	for (i = 0; i < n; i++)
		failed += copies[i].status != GNTST_okay;
	return failed;
}

/**
 * xhb_xen_multicall() - several hypercalls of a PV guest at once
 * @xen: counts them as one
 * @calls: what to call; each gets its result
 * @n: how many
 *
 * Context: may sleep; serialised by the caller.
 * Return: 0 with all of them called, or Xen's error.
 */
int xhb_xen_multicall(struct xhb_xen *xen, struct multicall_entry *calls,
		      unsigned int n)
{
	xen->hypercalls++;
	return HYPERVISOR_multicall(calls, n);
}

/**
 * xhb_xen_mmu_update() - set entries of a PV guest's page tables
 * @xen: counts the call
 * @updates: which, and to what
 * @n: how many
 *
 * Context: may sleep; serialised by the caller.
 * Return: how many were set, from the first. Those after them are as they were.
 */
unsigned int xhb_xen_mmu_update(struct xhb_xen *xen, struct mmu_update *updates,
				unsigned int n)
{
	int done = 0;

	xen->hypercalls++;
	if (!HYPERVISOR_mmu_update(updates, n, &done, DOMID_SELF))
		return n;
	return clamp_t(int, done, 0, n);
}

/**
 * xhb_xen_flush_tlb() - forget a PV guest's old mappings, on all its CPUs
 * @xen: counts the call
 *
 * Context: may sleep; serialised by the caller.
 * Return: 0, or Xen's error.
 */
int xhb_xen_flush_tlb(struct xhb_xen *xen)
{
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_ALL };

	xen->hypercalls++;
	return HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF);
}
