// SPDX-License-Identifier: GPL-2.0
/*
 * The context of an operation: the pages that it has in its hands. It stands on
 * the stack of whoever performs the operation, so that several can be under way.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "xhb_pages.h"

/**
 * xhb_op_init() - an operation without pages
 * @op: the context
 * @order: of the pages it is to have, 0 or XHB_HUGE_ORDER
 *
 * Context: any.
 */
void xhb_op_init(struct xhb_op *op, unsigned int order)
{
	INIT_LIST_HEAD(&op->pages);
	op->count = 0;
	op->order = order;
}

/**
 * xhb_op_add() - put a page into the hands of an operation
 * @op: the context
 * @page: first 4K page; its lru field is used
 *
 * Context: any.
 */
void xhb_op_add(struct xhb_op *op, struct page *page)
{
	list_add_tail(&page->lru, &op->pages);
	op->count++;
}

/**
 * xhb_op_add_split() - put a 2M page into the hands of an operation, in 4K pages
 * @b: the balloon
 * @op: the context, made for 4K pages
 * @page: first 4K page; in no queue, and will not be in one of @b's
 *
 * Context: under the balloon's lock.
 */
void xhb_op_add_split(struct xhb_balloon *b, struct xhb_op *op,
		      struct page *page)
{
	unsigned long i;

	lockdep_assert_held(&b->lock);
	split_page(page, XHB_HUGE_ORDER);
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		xhb_op_add(op, page + i);
	xhb_block_backed(b, page, XHB_BACKING_UNKNOWN);
}

/**
 * xhb_op_take() - take a page out of the hands of an operation
 * @op: the context, which has one
 *
 * Context: any.
 * Return: the page that was put there first.
 */
struct page *xhb_op_take(struct xhb_op *op)
{
	struct page *page = list_first_entry(&op->pages, struct page, lru);

	list_del(&page->lru);
	op->count--;
	return page;
}

/**
 * xhb_op_free() - give all pages back to the guest's allocator
 * @op: the context; its pages are populated and not marked
 *
 * Context: any.
 */
void xhb_op_free(struct xhb_op *op)
{
	while (op->count)
		__free_pages(xhb_op_take(op), op->order);
}

/**
 * xhb_op_most() - how many pages an operation may have at most
 * @b: the balloon
 * @op: the context
 * @populate: they are to be populated, not released
 *
 * Context: any.
 * Return: what one hypercall takes of its order.
 */
unsigned long xhb_op_most(struct xhb_balloon *b, const struct xhb_op *op, bool populate)
{
	return min_t(unsigned long, XHB_BATCH_PAGES,
		     xhb_xen_max_extents(&b->xen, op->order, populate));
}
