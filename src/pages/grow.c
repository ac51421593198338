// SPDX-License-Identifier: GPL-2.0
/*
 * Adding memory to the guest, when its balloon is empty and it is to be larger.
 *
 * What is added is address space that the kernel has page structures for, without
 * memory behind it. When it comes online it is the built-in driver's for an instant,
 * then the balloon's, like all that comes online, and then Xen is asked for memory in
 * 2M pages. That only works where the built-in driver could have added memory itself:
 * otherwise the kernel would use it at once.
 *
 * It is done beside the worker, because the kernel's lock of hotplug may be held by
 * somebody who takes memory offline, for as long as it takes.
 */
#include <linux/ioport.h>
#include <linux/log2.h>
#include <linux/memory.h>
#include <linux/mm.h>

#include "xhb_compat_memory.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* How long to wait at unload before saying so. */
#define XHB_GROW_PATIENCE	(10 * HZ)

/* Where nothing is in the guest's address space; it may be taken at any moment. */
static int xhb_find_hole(u64 first, u64 last, u64 bytes, u64 *start)
{
	struct resource hole = {
		.name = "System RAM",
		.flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
	};
	int err;

	err = allocate_resource(&iomem_resource, &hole, bytes, first, last,
				memory_block_size_bytes(), NULL, NULL);
	if (err)
		return err;
	*start = hole.start;
	release_resource(&hole);
	return 0;
}

static int xhb_add(struct xhb_balloon *b, u64 bytes)
{
	u64 first, last, start;
	int err;

	if (!xhb_compat_can_add_memory(&first, &last))
		return -EOPNOTSUPP;
	err = xhb_find_hole(first, last, bytes, &start);
	if (err)
		return err;
	/* Page tables for it are made as Xen's p2m says. */
	err = xhb_xen_prepare_added(&b->xen, PFN_DOWN(start), PFN_DOWN(bytes));
	if (err)
		return err;
	return xhb_compat_add_memory(start, bytes);
}

static void xhb_grow_work(struct work_struct *work)
{
	struct xhb_balloon *b = container_of(work, struct xhb_balloon,
					     grow.work);
	struct xhb_grow *g = &b->grow;
	unsigned long pages = PFN_DOWN(g->bytes);
	int err = xhb_add(b, g->bytes);

	if (!err) {
		xhb_lock(b);
		xhb_account_added(b, pages);
		xhb_unlock(b);
		pr_info_once("added %lu MiB; if the guest does not grow, write online to the files state in /sys/devices/system/memory/memory*\n",
			     pages >> (20 - PAGE_SHIFT));
	} else {
		pr_warn_ratelimited("cannot add %lu MiB of memory to the guest (error %d); it stays as large as it is\n",
				    pages >> (20 - PAGE_SHIFT), err);
	}
	trace_xen_hugeballoon_added(pages, err);
	/* Whoever sees the end sees what was added. */
	smp_store_release(&g->busy, false);
	g->done(b);
	complete_all(&g->idle);
}

/**
 * xhb_growing() - is memory being added?
 * @b: the balloon
 *
 * Context: any.
 * Return: false once it was added, or could not be.
 */
bool xhb_growing(struct xhb_balloon *b)
{
	/* Pairs with xhb_grow_work(). */
	return smp_load_acquire(&b->grow.busy);
}

/**
 * xhb_grow() - have memory added to the guest
 * @b: the balloon
 * @pages: 4K pages, at least 1; more are added if the kernel adds memory in larger
 *	pieces
 *
 * When it is online it is in the balloon.
 *
 * Context: by the worker only, while nothing is being added; does not wait.
 */
void xhb_grow(struct xhb_balloon *b, unsigned long pages)
{
	struct xhb_grow *g = &b->grow;

	g->bytes = round_up((u64)pages << PAGE_SHIFT, memory_block_size_bytes());
	reinit_completion(&g->idle);
	WRITE_ONCE(g->busy, true);
	queue_work(g->wq, &g->work);
}

/**
 * xhb_can_grow() - could memory be added at all?
 *
 * Context: any.
 * Return: true if this kernel gives memory that comes online to the balloon.
 */
bool xhb_can_grow(void)
{
	u64 first, last;

	return xhb_compat_can_add_memory(&first, &last);
}

/**
 * xhb_grow_init() - prepare for adding memory
 * @b: the balloon
 * @done: called without locks when some was added, or could not be
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_grow_init(struct xhb_balloon *b, void (*done)(struct xhb_balloon *b))
{
	struct xhb_grow *g = &b->grow;

	INIT_WORK(&g->work, xhb_grow_work);
	init_completion(&g->idle);
	complete_all(&g->idle);
	g->done = done;
	g->busy = false;
	g->wq = alloc_ordered_workqueue("xen-hugeballoon-grow", WQ_FREEZABLE);
	return g->wq ? 0 : -ENOMEM;
}

/**
 * xhb_grow_stop() - nothing is being added when this returns
 * @b: the balloon, its worker stopped
 *
 * Waits for as long as somebody else adds, removes or moves memory, and says so.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_grow_stop(struct xhb_balloon *b)
{
	struct xhb_grow *g = &b->grow;

	while (!wait_for_completion_timeout(&g->idle, XHB_GROW_PATIENCE))
		pr_warn("waiting for memory that is being added; is somebody taking memory offline?\n");
	flush_work(&g->work);
}

/**
 * xhb_grow_destroy() - free what xhb_grow_init() allocated
 * @b: the balloon, nothing being added
 *
 * Context: may sleep.
 */
void xhb_grow_destroy(struct xhb_balloon *b)
{
	destroy_workqueue(b->grow.wq);
}
