/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bit for each frame; see bitmap.c.
 */
#ifndef XHB_BITMAP_H
#define XHB_BITMAP_H

#include <linux/xarray.h>

struct xhb_balloon;

/**
 * struct xhb_bitmap - which 4K pages of the guest are ballooned out
 * @chunks: bitmaps by number, each of the same size. They are added, and stay until
 *	the end; bits are under the balloon's lock.
 * @frames: bits in @chunks; grows by one caller at a time, read without a lock
 */
struct xhb_bitmap {
	struct xarray chunks;
	unsigned long frames;
};

void xhb_bitmap_init(struct xhb_balloon *b);
int xhb_bitmap_grow(struct xhb_balloon *b, unsigned long frames);
void xhb_bitmap_destroy(struct xhb_balloon *b);
void xhb_bitmap_set(struct xhb_balloon *b, unsigned long pfn,
		    unsigned long pages);
void xhb_bitmap_clear(struct xhb_balloon *b, unsigned long pfn,
		      unsigned long pages);

#endif /* XHB_BITMAP_H */
