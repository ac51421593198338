// SPDX-License-Identifier: GPL-2.0
/*
 * Emptying a 2M block of guest memory by moving what is in it elsewhere.
 *
 * This waits for locked pages and for writeback, that is for as long as a file
 * system or a device likes. So it runs beside the worker, which asks for a block
 * and is told when there is a result, and never waits.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>

#include "pages/choose.h"
#include "xhb_compat_memory.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* Of a window, the blocks that are tried at most. */
#define XHB_TRIES	4
/* How long the worker waits for a block before it does without. */
#define XHB_PATIENCE	(2 * HZ)
/* How long unloading waits before it says so, and then between two times. */
#define XHB_SAY_FIRST	(5 * HZ)
#define XHB_SAY_AGAIN	(60 * HZ)

static struct page *xhb_empty_block(struct xhb_balloon *b, unsigned long block)
{
	unsigned long i, pfn = block << XHB_HUGE_ORDER;
	struct page *page;
	int err;

	/* Memory may have been unplugged since the block was looked at. */
	if (!xhb_choose_first(block))
		return ERR_PTR(-EBUSY);
	WRITE_ONCE(b->evacuation.at, pfn);
	xhb_keep_begin(b, pfn_to_page(pfn));
	err = xhb_compat_alloc_range(pfn, XHB_HUGE_PAGES);
	xhb_keep_end(b);
	xhb_tried(b, XHB_TRY_EVACUATE_2M, 1, !err);
	trace_xen_hugeballoon_evacuate(pfn, err);
	if (err)
		return ERR_PTR(-EBUSY);

	page = pfn_to_page(pfn);
	if (!xhb_unsplit_page(page)) {
		/* Freed as a range, they were to have no other reference. */
		for (i = 0; i < XHB_HUGE_PAGES; i++)
			__free_page(page + i);
		return ERR_PTR(-EBUSY);
	}
	return page;
}

/* What moves out needs somewhere to go. */
static bool xhb_may_go_on(struct xhb_balloon *b)
{
	return !READ_ONCE(b->evacuation.cancel) && xhb_spare(b, XHB_USE_MOVE);
}

static struct page *xhb_empty_one_of_window(struct xhb_balloon *b)
{
	struct page *page;
	unsigned int i;
	long block;

	for (i = 0; i < XHB_TRIES && xhb_may_go_on(b); i++) {
		block = xhb_choose_block(b, b->evacuation.choice);
		if (block < 0)
			break;
		page = xhb_empty_block(b, block);
		xhb_block_tried(b, block, !IS_ERR(page));
		if (!IS_ERR(page))
			return page;
		cond_resched();
	}
	return ERR_PTR(-EBUSY);
}

/* Looks once at all memory at most. */
static struct page *xhb_empty_one(struct xhb_balloon *b)
{
	struct page *page = ERR_PTR(-EBUSY);
	unsigned long seen;

	for (seen = 0; seen < xhb_blocks_count(b) && IS_ERR(page) &&
	     xhb_may_go_on(b); seen += XHB_WINDOW) {
		page = xhb_empty_one_of_window(b);
		/* The next call looks at others, so that the cheapest go first. */
		xhb_choose_next(b);
	}
	return page;
}

static void xhb_evacuation_work(struct work_struct *work)
{
	struct xhb_balloon *b = container_of(work, struct xhb_balloon,
					     evacuation.work);
	struct xhb_evacuation *e = &b->evacuation;

	e->page = e->choice == XHB_CHOICE_THIS ? xhb_empty_block(b, e->block) :
						 xhb_empty_one(b);
	/* The result belongs to the worker from here on. */
	smp_store_release(&e->state, XHB_EVACUATION_READY);
	wake_up(&e->waiting);
	e->done(b);
}

/**
 * xhb_evacuation_is_current() - is it who empties a block that asks?
 * @b: the balloon
 *
 * Context: process context.
 * Return: true if so.
 */
bool xhb_evacuation_is_current(struct xhb_balloon *b)
{
	return current_work() == &b->evacuation.work;
}

/**
 * xhb_evacuating() - is a block being emptied?
 * @b: the balloon
 *
 * Context: any.
 * Return: false once there is a result, or if nobody has asked for a block.
 */
bool xhb_evacuating(struct xhb_balloon *b)
{
	/* Whoever sees the end sees the result. */
	return smp_load_acquire(&b->evacuation.state) == XHB_EVACUATION_RUNNING;
}

/**
 * xhb_evacuate_drop() - nobody wants the result any more
 * @b: the balloon
 *
 * Context: by the worker, or once it is stopped.
 */
void xhb_evacuate_drop(struct xhb_balloon *b)
{
	struct xhb_evacuation *e = &b->evacuation;

	if (xhb_evacuating(b) || e->state == XHB_EVACUATION_IDLE)
		return;
	e->state = XHB_EVACUATION_IDLE;
	if (!IS_ERR(e->page))
		__free_pages(e->page, XHB_HUGE_ORDER);
}

/**
 * xhb_evacuate() - have a 2M block of guest memory emptied
 * @b: the balloon
 * @choice: which blocks will do
 * @block: the number of the block, if only one will do, else 0
 *
 * Ask again with the same words until there is a result. Asking for something
 * else gives up what was asked for before. Nothing is swapped out.
 *
 * Context: by the worker only; does not wait.
 * Return: a 2M page as the allocator would have given it, but not scrubbed; or
 * -EINPROGRESS while the block is being emptied, after which the worker is
 * told; -EBUSY if no block could be emptied, or emptying takes too long. If only
 * one block will do: -ENXIO if it is not all memory of one zone, -EPERM if it
 * holds what cannot be moved, -ENOMEM if there is no room to move it to.
 */
struct page *xhb_evacuate(struct xhb_balloon *b, enum xhb_choice choice,
			  unsigned long block)
{
	struct xhb_evacuation *e = &b->evacuation;
	bool same;
	int err;

	if (xhb_evacuating(b)) {
		same = e->choice == choice && e->block == block;
		WRITE_ONCE(e->cancel, !same);
		return ERR_PTR(time_after(jiffies, e->since + XHB_PATIENCE) ?
			       -EBUSY : -EINPROGRESS);
	}
	if (e->state == XHB_EVACUATION_READY && e->choice == choice &&
	    e->block == block) {
		e->state = XHB_EVACUATION_IDLE;
		return e->page;
	}

	xhb_evacuate_drop(b);
	err = choice == XHB_CHOICE_THIS ? xhb_choose_check(b, block) : 0;
	if (err)
		return ERR_PTR(err);
	e->choice = choice;
	e->block = block;
	e->cancel = false;
	e->since = jiffies;
	e->state = XHB_EVACUATION_RUNNING;
	queue_work(e->wq, &e->work);
	return ERR_PTR(-EINPROGRESS);
}

/**
 * xhb_evacuation_init() - prepare for emptying blocks
 * @b: the balloon
 * @done: called without locks when there is a result
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_evacuation_init(struct xhb_balloon *b,
			void (*done)(struct xhb_balloon *b))
{
	struct xhb_evacuation *e = &b->evacuation;

	INIT_WORK(&e->work, xhb_evacuation_work);
	init_waitqueue_head(&e->waiting);
	e->done = done;
	e->state = XHB_EVACUATION_IDLE;
	e->wq = alloc_ordered_workqueue("xen-hugeballoon-evacuate", 0);
	return e->wq ? 0 : -ENOMEM;
}

/**
 * xhb_evacuation_stop() - no block is being emptied when this returns
 * @b: the balloon, its worker stopped
 *
 * Waits for as long as a page stays locked, and says so.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_evacuation_stop(struct xhb_balloon *b)
{
	struct xhb_evacuation *e = &b->evacuation;
	unsigned long patience = XHB_SAY_FIRST;

	WRITE_ONCE(e->cancel, true);
	while (!wait_event_timeout(e->waiting, !xhb_evacuating(b), patience)) {
		pr_warn("waiting for the 2M block at %#llx, which is being emptied and holds a locked page; is a file system or a disk stalled?\n",
			(u64)READ_ONCE(e->at) << PAGE_SHIFT);
		patience = XHB_SAY_AGAIN;
	}
	flush_work(&e->work);
	xhb_evacuate_drop(b);
}

/**
 * xhb_evacuation_destroy() - free what xhb_evacuation_init() allocated
 * @b: the balloon, evacuation stopped
 *
 * Context: may sleep.
 */
void xhb_evacuation_destroy(struct xhb_balloon *b)
{
	destroy_workqueue(b->evacuation.wq);
}
