// SPDX-License-Identifier: GPL-2.0
/*
 * The queues of the balloon, and how pages change from one to the other.
 *
 * A page in a queue is not populated and is marked offline, and no count but the
 * queue's changes here. The huge queue holds 2M pages as the allocator gave them,
 * with one reference on the first 4K page, by NUMA node; 4K pages have one reference
 * each. The base queue is the kernel's core balloon, whose pages compaction can move.
 */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/page_ref.h>
#include <linux/slab.h>

#include "xhb_compat.h"
#include "xhb_compat_memory.h"
#include "xhb_pages.h"

/**
 * xhb_queues_init() - empty queues
 * @b: the balloon
 * @migrate: called when compaction wants the place of a base page
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_queues_init(struct xhb_balloon *b,
		    int (*migrate)(struct balloon_dev_info *core,
				   struct page *newpage, struct page *page,
				   enum migrate_mode mode))
{
	unsigned int node;

	b->queues.huge = kvmalloc_array(nr_node_ids, sizeof(*b->queues.huge),
					GFP_KERNEL);
	if (!b->queues.huge)
		return -ENOMEM;
	for (node = 0; node < nr_node_ids; node++)
		INIT_LIST_HEAD(&b->queues.huge[node]);
	balloon_devinfo_init(&b->queues.base);
	b->queues.base.migratepage = migrate;
	return 0;
}

/**
 * xhb_queues_destroy() - nothing may be left in them
 * @b: the balloon
 *
 * Context: may sleep.
 */
void xhb_queues_destroy(struct xhb_balloon *b)
{
	WARN_ON_ONCE(b->queues.huge_count || b->queues.base_count);
	kvfree(b->queues.huge);
	b->queues.huge = NULL;
}

/**
 * xhb_balloon_of() - whose base queue is this?
 * @core: a base queue
 *
 * Context: any.
 * Return: the balloon.
 */
struct xhb_balloon *xhb_balloon_of(struct balloon_dev_info *core)
{
	return container_of(core, struct xhb_balloon, queues.base);
}

/**
 * xhb_huge_put() - add a 2M page to the huge queue
 * @b: the balloon
 * @page: first 4K page, released and marked offline
 *
 * Where only movable pages may be it is split, and goes to the base queue.
 *
 * Context: under the balloon's lock; may sleep.
 */
void xhb_huge_put(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	if (xhb_compat_only_movable(page)) {
		split_page(page, XHB_HUGE_ORDER);
		xhb_base_put_range(b, page, 0, XHB_HUGE_PAGES);
		xhb_count_add(b, XHB_COUNT_SPLIT, 1);
		return;
	}
	list_add(&page->lru, &b->queues.huge[page_to_nid(page)]);
	b->queues.huge_count++;
	xhb_block_backed(b, page, XHB_BACKING_NONE);
}

/* The pages of the node that is shortest of memory. */
static struct list_head *xhb_huge_neediest(struct xhb_balloon *b)
{
	struct list_head *huge = b->queues.huge;
	unsigned int node, best = 0;

	for (node = 1; node < nr_node_ids; node++) {
		if (!list_empty(&huge[node]) &&
		    (list_empty(&huge[best]) || xhb_node_needier(node, best)))
			best = node;
	}
	return &huge[best];
}

/**
 * xhb_huge_take() - take a 2M page out of the huge queue
 * @b: the balloon
 *
 * Of several nodes the one that has least memory left gets its own back first.
 *
 * Context: under the balloon's lock.
 * Return: first 4K page, or NULL if the queue is empty.
 */
struct page *xhb_huge_take(struct xhb_balloon *b)
{
	struct page *page;

	lockdep_assert_held(&b->lock);
	page = list_first_entry_or_null(xhb_huge_neediest(b), struct page, lru);
	if (page) {
		list_del(&page->lru);
		b->queues.huge_count--;
	}
	return page;
}

/**
 * xhb_base_put() - add a 4K page to the base queue
 * @b: the balloon
 * @page: released and marked offline
 *
 * From now on compaction may exchange it for another page.
 *
 * Context: under the balloon's lock; may sleep.
 */
void xhb_base_put(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	xhb_compat_core_add(&b->queues.base, page);
	b->queues.base_count++;
	xhb_block_add_base(b, page, 1);
	xhb_block_backed(b, page, XHB_BACKING_4K);
}

static void xhb_base_left(struct xhb_balloon *b, struct page *page)
{
	b->queues.base_count--;
	xhb_block_add_base(b, page, -1);
}

/**
 * xhb_base_take() - take a 4K page out of the base queue
 * @b: the balloon
 *
 * Context: under the balloon's lock; may sleep.
 * Return: the page, or NULL if the queue is empty or all its pages are isolated
 * by compaction.
 */
struct page *xhb_base_take(struct xhb_balloon *b)
{
	struct page *page;

	lockdep_assert_held(&b->lock);
	page = xhb_compat_core_take(&b->queues.base);
	if (page)
		xhb_base_left(b, page);
	return page;
}

/**
 * xhb_base_moved() - another page has taken the place of one in the base queue
 * @b: the balloon
 * @newpage: in the queue now
 * @page: belongs to the kernel
 *
 * Context: from the migration callback, under the balloon's lock.
 */
void xhb_base_moved(struct xhb_balloon *b, struct page *newpage,
		    struct page *page)
{
	xhb_compat_core_moved(&b->queues.base, newpage, page);
	xhb_block_add_base(b, page, -1);
	xhb_block_add_base(b, newpage, 1);
	xhb_block_backed(b, newpage, XHB_BACKING_4K);
}

/**
 * xhb_base_isolated() - pages of the base queue that compaction has now
 * @b: the balloon
 *
 * Context: any; the number may be old when it returns.
 * Return: 4K pages.
 */
unsigned long xhb_base_isolated(struct xhb_balloon *b)
{
	return READ_ONCE(b->queues.base.isolated_pages);
}

/**
 * xhb_base_at_rest() - pages of the base queue but those that compaction has now
 * @b: the balloon
 *
 * Context: any; the number may be old when it returns.
 * Return: 4K pages.
 */
unsigned long xhb_base_at_rest(struct xhb_balloon *b)
{
	unsigned long base = xhb_base_pages(b);

	return base - min(base, xhb_base_isolated(b));
}

/**
 * xhb_base_has() - is the page in the base queue?
 * @b: the balloon
 * @page: any page
 *
 * Context: under the balloon's lock.
 * Return: true if so, also while it is isolated.
 */
bool xhb_base_has(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	return xhb_compat_core_has(&b->queues.base, page);
}

/**
 * xhb_base_put_range() - add 4K pages of a split 2M page to the base queue
 * @b: the balloon
 * @page: first 4K page of the split page
 * @from: number of the first page to add
 * @to: number of the page after the last one to add
 *
 * Context: under the balloon's lock; may sleep.
 */
void xhb_base_put_range(struct xhb_balloon *b, struct page *page,
			unsigned long from, unsigned long to)
{
	while (to > from)
		xhb_base_put(b, page + --to);
}

/**
 * xhb_split_one() - turn one 2M page of the huge queue into 4K pages
 * @b: the balloon
 *
 * Context: under the balloon's lock.
 * Return: false if the huge queue is empty.
 */
bool xhb_split_one(struct xhb_balloon *b)
{
	struct page *page = xhb_huge_take(b);

	if (!page)
		return false;
	split_page(page, XHB_HUGE_ORDER);
	xhb_base_put_range(b, page, 0, XHB_HUGE_PAGES);
	xhb_count_add(b, XHB_COUNT_SPLIT, 1);
	return true;
}

/**
 * xhb_queues_take() - pages of the balloon for an operation
 * @b: the balloon
 * @op: gets pages of its order
 * @most: how many
 *
 * Context: under the balloon's lock; may sleep.
 * Return: how many @op holds now.
 */
unsigned int xhb_queues_take(struct xhb_balloon *b, struct xhb_op *op,
			     unsigned long most)
{
	struct page *page;

	while (op->count < most) {
		page = op->order ? xhb_huge_take(b) : xhb_base_take(b);
		if (!page)
			break;
		xhb_op_add(op, page);
	}
	return op->count;
}

/**
 * xhb_unsplit_page() - the reverse of split_page()
 * @page: the first of 512 adjacent pages that the caller owns, aligned to 2M
 *
 * Context: any.
 * Return: false, with nothing changed, if somebody who walks page frames holds
 * a reference to one of the pages right now.
 */
bool xhb_unsplit_page(struct page *page)
{
	unsigned long i;

	for (i = 1; i < XHB_HUGE_PAGES; i++) {
		if (!page_ref_freeze(page + i, 1))
			goto undo;
	}
	return true;

undo:
	while (--i)
		page_ref_unfreeze(page + i, 1);
	return false;
}

/**
 * xhb_collapse_block() - make a 2M page of a block that is all base pages
 * @b: the balloon
 * @block: number of the 2M block
 *
 * No hypercall is needed: none of the pages is populated before or after.
 *
 * Context: under the balloon's lock; may sleep.
 * Return: false, with nothing changed, if not all its pages can be had.
 */
bool xhb_collapse_block(struct xhb_balloon *b, unsigned long block)
{
	struct page *page = pfn_to_page(block << XHB_HUGE_ORDER);
	unsigned long taken;

	lockdep_assert_held(&b->lock);
	if (xhb_block_base(b, block) != XHB_HUGE_PAGES ||
	    xhb_compat_only_movable(page))
		return false;

	for (taken = 0; taken < XHB_HUGE_PAGES; taken++) {
		if (!xhb_compat_core_take_page(&b->queues.base, page + taken))
			break;
		xhb_base_left(b, page);
	}
	if (taken < XHB_HUGE_PAGES || !xhb_unsplit_page(page)) {
		xhb_base_put_range(b, page, 0, taken);
		return false;
	}
	xhb_huge_put(b, page);
	xhb_count_add(b, XHB_COUNT_COLLAPSED, 1);
	return true;
}

/**
 * xhb_huge_pages() - size of the huge queue
 * @b: the balloon
 *
 * Context: under the balloon's lock for an exact number, without for a hint.
 * Return: 4K pages.
 */
unsigned long xhb_huge_pages(struct xhb_balloon *b)
{
	return READ_ONCE(b->queues.huge_count) * XHB_HUGE_PAGES;
}

/**
 * xhb_base_pages() - size of the base queue, with what is isolated
 * @b: the balloon
 *
 * Context: under the balloon's lock for an exact number, without for a hint.
 * Return: 4K pages.
 */
unsigned long xhb_base_pages(struct xhb_balloon *b)
{
	return READ_ONCE(b->queues.base_count);
}

/**
 * xhb_ballooned_pages() - size of the balloon without the foreign queue
 * @b: the balloon
 *
 * Context: under the balloon's lock for an exact number, without for a hint.
 * Return: 4K pages.
 */
unsigned long xhb_ballooned_pages(struct xhb_balloon *b)
{
	return xhb_huge_pages(b) + xhb_base_pages(b);
}
