/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages out of the guest's allocator; see alloc.c.
 */
#ifndef XHB_ALLOC_H
#define XHB_ALLOC_H

#include <linux/gfp.h>
#include <linux/types.h>

struct xhb_balloon;

/*
 * 4K pages that may be moved, for the worker. What can only be reclaimed with the help
 * of a file system or a disk is left to kswapd: they may have stalled.
 */
#define XHB_GFP_BASE	(GFP_HIGHUSER_MOVABLE & ~(__GFP_IO | __GFP_FS))

/**
 * struct xhb_alloc - how pages are allocated
 * @scrub: the built-in driver's switch scrub_pages, read without a lock. Set
 *	before first use, constant pointer after.
 */
struct xhb_alloc {
	const bool *scrub;
};

void xhb_alloc_init(struct xhb_balloon *b, const bool *scrub);

#endif /* XHB_ALLOC_H */
