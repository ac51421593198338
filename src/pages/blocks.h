/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map of 2M blocks; see blocks.c.
 */
#ifndef XHB_BLOCKS_H
#define XHB_BLOCKS_H

#include <linux/types.h>
#include <linux/xarray.h>

struct page;
struct xhb_balloon;

/**
 * struct xhb_blocks - what is known of each 2M block of guest memory
 * @chunks: struct xhb_chunk by number of the first block in each, in units of
 *	chunks. Chunks are added, and stay until the end, so whoever has found
 *	one needs no lock to go on looking at it.
 * @count: blocks in @chunks; grows under the balloon's lock, read without
 * @news: how often a block has become one that healing may improve; written
 *	under the balloon's lock, read without
 */
struct xhb_blocks {
	struct xarray chunks;
	unsigned long count;
	unsigned long news;
};

void xhb_block_add_base(struct xhb_balloon *b, struct page *page, int change);
void xhb_block_backed(struct xhb_balloon *b, struct page *page,
		      enum xhb_backing backing);
bool xhb_block_is_busy(struct xhb_balloon *b, unsigned long block);
void xhb_block_tried(struct xhb_balloon *b, unsigned long block, bool emptied);
void xhb_blocks_turn(struct xhb_balloon *b);
int xhb_blocks_init(struct xhb_balloon *b);
int xhb_blocks_grow(struct xhb_balloon *b, unsigned long end);
void xhb_blocks_destroy(struct xhb_balloon *b);

#endif /* XHB_BLOCKS_H */
