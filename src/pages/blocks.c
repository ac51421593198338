// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of each 2M block of guest memory: how many balloon pages are in
 * it, how the hypervisor backs it, and why it could not be emptied.
 *
 * A guest cannot ask how it is backed. What this driver has not exchanged is
 * unknown, and so is everything after the guest was saved or migrated, which
 * leaves 4K pages only.
 *
 * The map consists of chunks that never move, so that it can grow when memory
 * is added while others look at it. Blocks beyond its end hold nothing of ours.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>

#include "pages/chunks.h"
#include "xhb_pages.h"

/* 1 GB, and a chunk that fits into a page. */
#define XHB_CHUNK_BLOCKS	512UL

/*
 * A block that could not be emptied is left alone for 2, 4, 8 and then 16 turns.
 * By then as many others were tried as are looked at together, so that no number
 * of blocks that are always in use hides one that is not.
 */
#define XHB_FAILURES_MOST	4

/**
 * struct xhb_chunk - XHB_CHUNK_BLOCKS blocks
 * @base: pages of the base queue in each; written under the balloon's lock,
 *	read without for choosing a block
 * @backing: an &enum xhb_backing of each; likewise
 * @wait: turns for which it is not tried again; only touched where blocks are
 *	emptied, one at a time
 * @failures: how often in a row it could not be emptied; likewise
 * @unmovable: set if it holds memory that cannot be moved; atomic bits
 */
struct xhb_chunk {
	u16 base[XHB_CHUNK_BLOCKS];
	u8 backing[XHB_CHUNK_BLOCKS];
	u8 wait[XHB_CHUNK_BLOCKS];
	u8 failures[XHB_CHUNK_BLOCKS];
	DECLARE_BITMAP(unmovable, XHB_CHUNK_BLOCKS);
};

static struct xhb_chunk *xhb_chunk_of(struct xhb_balloon *b,
				      unsigned long block)
{
	return xa_load(&b->blocks.chunks, block / XHB_CHUNK_BLOCKS);
}

static unsigned long xhb_chunk_index(unsigned long block)
{
	return block % XHB_CHUNK_BLOCKS;
}

/**
 * xhb_blocks_grow() - make the map reach further
 * @b: the balloon
 * @end: blocks that it has to have at least
 *
 * Nothing is known of the new blocks.
 *
 * Context: may sleep; one caller at a time.
 * Return: 0, or -ENOMEM with the map as far as before.
 */
int xhb_blocks_grow(struct xhb_balloon *b, unsigned long end)
{
	struct xhb_blocks *blocks = &b->blocks;

	if (xhb_chunks_grow(&blocks->chunks, DIV_ROUND_UP(end, XHB_CHUNK_BLOCKS),
			    sizeof(struct xhb_chunk)))
		return -ENOMEM;
	if (xhb_bitmap_grow(b, end << XHB_HUGE_ORDER))
		return -ENOMEM;
	end = max(end, blocks->count);
	/* Whoever sees the new count finds the chunks. */
	smp_store_release(&blocks->count, end);
	return 0;
}

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
	int node, err;

	xa_init(&b->blocks.chunks);
	b->blocks.count = 0;
	for_each_online_node(node)
		end = max(end, pgdat_end_pfn(NODE_DATA(node)));
	err = xhb_blocks_grow(b, DIV_ROUND_UP(end, XHB_HUGE_PAGES));
	if (err)
		xhb_blocks_destroy(b);
	return err;
}

/**
 * xhb_blocks_reach() - make sure that the map has the block of a page
 * @b: the balloon
 * @page: any page
 *
 * Context: may sleep; one caller at a time.
 * Return: 0, or -ENOMEM with the map as far as before.
 */
int xhb_blocks_reach(struct xhb_balloon *b, struct page *page)
{
	unsigned long end = (page_to_pfn(page) >> XHB_HUGE_ORDER) + 1;

	return end > b->blocks.count ? xhb_blocks_grow(b, end) : 0;
}

/**
 * xhb_blocks_destroy() - free what xhb_blocks_init() allocated
 * @b: the balloon; nobody looks at the map any more
 *
 * Context: may sleep.
 */
void xhb_blocks_destroy(struct xhb_balloon *b)
{
	xhb_chunks_destroy(&b->blocks.chunks);
}

/**
 * xhb_blocks_count() - how far the map reaches
 * @b: the balloon
 *
 * Context: any; may grow at any time.
 * Return: number of 2M blocks, those between areas of memory included.
 */
unsigned long xhb_blocks_count(struct xhb_balloon *b)
{
	/* Pairs with xhb_blocks_grow(). */
	return smp_load_acquire(&b->blocks.count);
}

/**
 * xhb_blocks_news() - has healing anything new to look at?
 * @b: the balloon
 *
 * Context: any.
 * Return: a number that grows whenever a block may have come to be backed by 4K
 * pages, or has lost its last balloon page.
 */
unsigned long xhb_blocks_news(struct xhb_balloon *b)
{
	return READ_ONCE(b->blocks.news);
}

static void xhb_blocks_tell(struct xhb_balloon *b)
{
	lockdep_assert_held(&b->lock);
	WRITE_ONCE(b->blocks.news, b->blocks.news + 1);
}

/**
 * xhb_block_add_base() - note that a block holds more or fewer base pages
 * @b: the balloon
 * @page: the page that comes or goes
 * @change: 1 or -1
 *
 * Context: under the balloon's lock.
 */
void xhb_block_add_base(struct xhb_balloon *b, struct page *page, int change)
{
	unsigned long block = page_to_pfn(page) >> XHB_HUGE_ORDER;
	unsigned long i = xhb_chunk_index(block);
	struct xhb_chunk *chunk = xhb_chunk_of(b, block);

	lockdep_assert_held(&b->lock);
	if (change > 0)
		xhb_bitmap_set(b, page_to_pfn(page), 1);
	if (!chunk)
		return;
	WRITE_ONCE(chunk->base[i], chunk->base[i] + change);
	/* Now that the last one is gone, it can be healed. */
	if (!chunk->base[i])
		xhb_blocks_tell(b);
}

/**
 * xhb_block_base() - how many base pages a block holds
 * @b: the balloon
 * @block: its number
 *
 * Context: under the balloon's lock for an exact number, without for a hint.
 * Return: 4K pages, 0 beyond the end of the map.
 */
unsigned int xhb_block_base(struct xhb_balloon *b, unsigned long block)
{
	struct xhb_chunk *chunk = xhb_chunk_of(b, block);

	return chunk ? READ_ONCE(chunk->base[xhb_chunk_index(block)]) : 0;
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
	unsigned long i = xhb_chunk_index(block);
	struct xhb_chunk *chunk = xhb_chunk_of(b, block);

	lockdep_assert_held(&b->lock);
	if (backing == XHB_BACKING_NONE)
		xhb_bitmap_set(b, block << XHB_HUGE_ORDER, XHB_HUGE_PAGES);
	if (!chunk)
		return;
	if (backing == XHB_BACKING_4K && chunk->backing[i] != backing)
		xhb_blocks_tell(b);
	WRITE_ONCE(chunk->backing[i], backing);
}

/**
 * xhb_block_backing() - how the hypervisor backs a block
 * @b: the balloon
 * @block: its number
 *
 * Context: under the balloon's lock for certainty, without for a hint.
 * Return: what is known, XHB_BACKING_UNKNOWN beyond the end of the map.
 */
enum xhb_backing xhb_block_backing(struct xhb_balloon *b, unsigned long block)
{
	struct xhb_chunk *chunk = xhb_chunk_of(b, block);

	return chunk ? READ_ONCE(chunk->backing[xhb_chunk_index(block)]) :
		       XHB_BACKING_UNKNOWN;
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
	struct xhb_chunk *chunk;
	unsigned long i, n;

	xhb_lock(b);
	xa_for_each(&b->blocks.chunks, i, chunk) {
		for (n = 0; n < XHB_CHUNK_BLOCKS; n++) {
			if (chunk->backing[n] != XHB_BACKING_NONE)
				WRITE_ONCE(chunk->backing[n],
					   XHB_BACKING_UNKNOWN);
		}
	}
	xhb_blocks_tell(b);
	xhb_unlock(b);
}

/**
 * xhb_block_is_busy() - is the block better left alone for a while?
 * @b: the balloon
 * @block: its number
 *
 * Context: where blocks are emptied, one at a time.
 * Return: true if it could not be emptied not long ago, and false beyond the end
 * of the map.
 */
bool xhb_block_is_busy(struct xhb_balloon *b, unsigned long block)
{
	struct xhb_chunk *chunk = xhb_chunk_of(b, block);

	return chunk && chunk->wait[xhb_chunk_index(block)];
}

/**
 * xhb_block_tried() - note whether a block could be emptied
 * @b: the balloon
 * @block: its number
 * @emptied: it could; otherwise it is busy for some turns, more each time
 *
 * Context: where blocks are emptied, one at a time.
 */
void xhb_block_tried(struct xhb_balloon *b, unsigned long block, bool emptied)
{
	unsigned long i = xhb_chunk_index(block);
	struct xhb_chunk *chunk = xhb_chunk_of(b, block);

	if (!chunk)
		return;
	if (emptied) {
		chunk->failures[i] = 0;
		chunk->wait[i] = 0;
		return;
	}
	if (chunk->failures[i] < XHB_FAILURES_MOST)
		chunk->failures[i]++;
	chunk->wait[i] = 1 << chunk->failures[i];
}

/**
 * xhb_blocks_turn() - all blocks were looked at once more
 * @b: the balloon
 *
 * Context: where blocks are emptied, one at a time.
 */
void xhb_blocks_turn(struct xhb_balloon *b)
{
	struct xhb_chunk *chunk;
	unsigned long i, n;

	xa_for_each(&b->blocks.chunks, i, chunk) {
		for (n = 0; n < XHB_CHUNK_BLOCKS; n++)
			chunk->wait[n] -= !!chunk->wait[n];
	}
}

/**
 * xhb_block_set_unmovable() - note what was found when healing a block
 * @b: the balloon
 * @block: its number
 * @unmovable: it holds memory that the kernel cannot move
 *
 * Context: any.
 */
void xhb_block_set_unmovable(struct xhb_balloon *b, unsigned long block,
			     bool unmovable)
{
	struct xhb_chunk *chunk = xhb_chunk_of(b, block);

	if (chunk)
		assign_bit(xhb_chunk_index(block), chunk->unmovable, unmovable);
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
	struct xhb_chunk *chunk;
	unsigned long i, blocks = 0;

	xa_for_each(&b->blocks.chunks, i, chunk)
		/* It looks at whole words, and each bit in them may change meanwhile. */
		blocks += data_race(bitmap_weight(chunk->unmovable,
						  XHB_CHUNK_BLOCKS));
	return blocks;
}
