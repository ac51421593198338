// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of each 2M block of guest memory: how many balloon pages are in
 * it, and how the hypervisor backs it.
 *
 * A guest cannot ask how it is backed. What this driver has not exchanged is
 * unknown, and so is everything after the guest was saved or migrated, which
 * leaves 4K pages only.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/slab.h>

#include "xhb_pages.h"

/**
 * xhb_blocks_init() - a map of all memory, of which nothing is known
 * @b: the balloon
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_blocks_init(struct xhb_balloon *b)
{
	unsigned long end = 0;
	size_t longs;
	int node;

	for_each_online_node(node)
		end = max(end, pgdat_end_pfn(NODE_DATA(node)));
	b->blocks = DIV_ROUND_UP(end, XHB_HUGE_PAGES);
	longs = BITS_TO_LONGS(b->blocks);

	b->base_in_block = kvcalloc(b->blocks, sizeof(*b->base_in_block),
				    GFP_KERNEL);
	b->backing = kvcalloc(b->blocks, sizeof(*b->backing), GFP_KERNEL);
	b->busy = kvcalloc(longs, sizeof(*b->busy), GFP_KERNEL);
	b->unmovable = kvcalloc(longs, sizeof(*b->unmovable), GFP_KERNEL);
	if (b->base_in_block && b->backing && b->busy && b->unmovable)
		return 0;
	xhb_blocks_destroy(b);
	return -ENOMEM;
}

/**
 * xhb_blocks_destroy() - free what xhb_blocks_init() allocated
 * @b: the balloon
 *
 * Context: may sleep.
 */
void xhb_blocks_destroy(struct xhb_balloon *b)
{
	kvfree(b->unmovable);
	b->unmovable = NULL;
	kvfree(b->busy);
	b->busy = NULL;
	kvfree(b->backing);
	b->backing = NULL;
	kvfree(b->base_in_block);
	b->base_in_block = NULL;
}

/**
 * xhb_block_count() - note that a block holds more or fewer base pages
 * @b: the balloon
 * @page: the page that comes or goes
 * @change: 1 or -1
 *
 * Context: under the balloon's lock.
 */
void xhb_block_count(struct xhb_balloon *b, struct page *page, int change)
{
	unsigned long block = page_to_pfn(page) >> XHB_HUGE_ORDER;

	lockdep_assert_held(&b->lock);
	/* Memory that was plugged in later is left out. */
	if (block >= b->blocks)
		return;
	b->base_in_block[block] += change;
	/* Now that the last one is gone, it can be healed. */
	if (!b->base_in_block[block])
		WRITE_ONCE(b->new_4k, true);
}

/**
 * xhb_block_backed() - note how the hypervisor backs a block from now on
 * @b: the balloon
 * @page: any page of the block
 * @backing: how
 *
 * Context: under the balloon's lock.
 */
void xhb_block_backed(struct xhb_balloon *b, struct page *page,
		      enum xhb_backing backing)
{
	unsigned long block = page_to_pfn(page) >> XHB_HUGE_ORDER;

	lockdep_assert_held(&b->lock);
	if (block >= b->blocks)
		return;
	if (backing == XHB_BACKING_4K && b->backing[block] != backing)
		WRITE_ONCE(b->new_4k, true);
	b->backing[block] = backing;
}

/**
 * xhb_blocks_forget() - the hypervisor may have changed how it backs the guest
 * @b: the balloon
 *
 * Blocks of the huge queue have no backing, and that is still so.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_blocks_forget(struct xhb_balloon *b)
{
	unsigned long block;

	mutex_lock(&b->lock);
	for (block = 0; block < b->blocks; block++) {
		if (b->backing[block] != XHB_BACKING_NONE)
			b->backing[block] = XHB_BACKING_UNKNOWN;
	}
	mutex_unlock(&b->lock);
	WRITE_ONCE(b->new_4k, true);
}

/**
 * xhb_blocks_unmovable() - blocks that healing had to leave as they are
 * @b: the balloon
 *
 * Context: any; the number may be old when it returns.
 * Return: 2M blocks that hold memory which the kernel cannot move.
 */
unsigned long xhb_blocks_unmovable(struct xhb_balloon *b)
{
	return bitmap_weight(b->unmovable, b->blocks);
}
