// SPDX-License-Identifier: GPL-2.0
/*
 * 4K pages that stand side by side travel as one extent.
 *
 * For each extent Xen looks up where the guest has the argument, takes a lock and
 * looks for memory. To ask for a run of 4K pages at once saves most of that, and
 * leaves the p2m as it would have been: in it only 2M and 1G are sizes of their own.
 */
#include <linux/align.h>
#include <linux/bits.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "xen/private.h"

/*
 * Larger ones gain little more, a host has fewer of them, and what Xen loses when it
 * cannot enter one in the p2m is all of it.
 */
#define XHB_RUN_ORDER		3
#define XHB_RUN_PAGES		BIT(XHB_RUN_ORDER)
/* Fewer of them in a row are not worth a hypercall of their own. */
#define XHB_RUNS_LEAST		(4 * XHB_RUN_PAGES)

static bool xhb_is_run(const xen_pfn_t *frames)
{
	unsigned long i;

	if (!IS_ALIGNED(frames[0], XHB_RUN_PAGES))
		return false;
	for (i = 1; i < XHB_RUN_PAGES; i++) {
		if (frames[i] != frames[0] + i)
			return false;
	}
	return true;
}

/* How many of @n frames, from the first on, are runs; 0 if they are not worth it. */
static unsigned long xhb_runs_at(const xen_pfn_t *frames, unsigned long n)
{
	unsigned long i = 0;

	while (n - i >= XHB_RUN_PAGES && xhb_is_run(frames + i))
		i += XHB_RUN_PAGES;
	return i < XHB_RUNS_LEAST ? 0 : i;
}

/* How many of @n frames, from the first on, are better done one by one. */
static unsigned long xhb_single_at(const xen_pfn_t *frames, unsigned long n)
{
	unsigned long i = 0;

	while (i < n && !xhb_runs_at(frames + i, n - i))
		i++;
	return i;
}

/**
 * xhb_xen_all_frames() - frames of all 4K pages of extents
 * @frames: begins with the first frame of each extent
 * @n: 4K pages, of whole extents
 * @order: log2 of 4K pages in each
 *
 * Context: any; the caller serialises.
 */
void xhb_xen_all_frames(xen_pfn_t *frames, unsigned long n, unsigned int order)
{
	unsigned long i;

	/* From the end, for what they are made of stands at the beginning. */
	for (i = n; i-- > 0; )
		frames[i] = frames[i >> order] + (i & ((1UL << order) - 1));
}

/* @n frames that are runs. Returns 4K pages, of whole runs. */
static unsigned long xhb_runs_op(struct xhb_xen *xen, unsigned int cmd,
				 xen_pfn_t *frames, unsigned long n)
{
	unsigned long i, done;

	for (i = 1; i < n >> XHB_RUN_ORDER; i++)
		frames[i] = frames[i << XHB_RUN_ORDER];
	done = xhb_xen_memory_op(xen, cmd, frames, n >> XHB_RUN_ORDER, XHB_RUN_ORDER);
	xhb_xen_all_frames(frames, n, XHB_RUN_ORDER);
	return done << XHB_RUN_ORDER;
}

/* How many of @n frames, from the first on, have memory, or, if @gone, have none. */
static unsigned long xhb_alike_at(struct xhb_xen *xen, const xen_pfn_t *frames,
				  unsigned long n, bool gone)
{
	unsigned long i = 0;

	while (i < n && xhb_xen_is_ram(xen, frames[i]) != gone)
		i++;
	return i;
}

/**
 * xhb_xen_release_rest() - release what is left of an extent
 * @xen: counts the calls, and knows which pages are out of turn then
 * @frames: 4K pages of a translated guest, of an extent that Xen has not finished
 * @n: how many
 * @first: number of the first of them in the operation under way
 *
 * Xen counts whole extents, but it may have stopped inside one of which some pages are
 * gone by then, and will not release those again. What it does not tell of must not get
 * back to the guest.
 *
 * Context: may sleep; serialised by the caller.
 * Return: how many are gone, counted from the first. More of them may be stray.
 */
unsigned long xhb_xen_release_rest(struct xhb_xen *xen, xen_pfn_t *frames,
				   unsigned long n, unsigned long first)
{
	unsigned long part, got, gone = 0;

	do {
		gone += xhb_alike_at(xen, frames + gone, n - gone, true);
		part = xhb_alike_at(xen, frames + gone, n - gone, false);
		got = part ? xhb_xen_memory_op(xen, XENMEM_decrease_reservation,
					       frames + gone, part, 0) : 0;
		gone += got;
	} while (part && got == part);
	xhb_xen_stray_find(xen, frames + gone, n - gone, first + gone);
	return gone;
}

/*
 * What Xen did not do in runs, or in @none of them, may be possible one by one. @first
 * is the number of the first of @frames in the operation.
 */
static unsigned long xhb_runs_rest(struct xhb_xen *xen, unsigned int cmd,
				   xen_pfn_t *frames, unsigned long n,
				   unsigned long first, bool none)
{
	unsigned long done = 0;

	if (none && xen->runs == XHB_ANSWER_NONE)
		xen->runs = xhb_xen_refuses_order(xen, XHB_RUN_ORDER) ?
			    XHB_ANSWER_REFUSED : XHB_ANSWER_ALLOWED;
	if (cmd == XENMEM_decrease_reservation) {
		done = xhb_xen_release_rest(xen, frames, XHB_RUN_PAGES, first);
		if (done < XHB_RUN_PAGES)
			return done;
	}
	return done + xhb_xen_memory_op(xen, cmd, frames + done, n - done, 0);
}

/**
 * xhb_xen_memory_op_4k() - hypercalls that move 4K pages
 * @xen: counts the calls, and says whether runs are asked for
 * @cmd: XENMEM_populate_physmap, or in translated guests XENMEM_decrease_reservation
 * @frames: of the pages, of a release all; populating overwrites them in PV guests
 * @n: how many
 *
 * Context: may sleep; serialised by the caller.
 * Return: pages done, counted from the first, see xhb_xen_memory_op(). After a release
 * some of the others may be stray.
 */
unsigned long xhb_xen_memory_op_4k(struct xhb_xen *xen, unsigned int cmd,
				   xen_pfn_t *frames, unsigned long n)
{
	unsigned long runs, part, got, done = 0;

	if (xen->runs == XHB_ANSWER_REFUSED)
		return xhb_xen_memory_op(xen, cmd, frames, n, 0);
	while (done < n) {
		runs = xhb_runs_at(frames + done, n - done);
		part = runs ?: xhb_single_at(frames + done, n - done);
		got = runs ? xhb_runs_op(xen, cmd, frames + done, part) :
			     xhb_xen_memory_op(xen, cmd, frames + done, part, 0);
		done += got;
		if (got == part)
			continue;
		if (runs)
			done += xhb_runs_rest(xen, cmd, frames + done, n - done, done,
					      !got);
		break;
	}
	return done;
}
