// SPDX-License-Identifier: GPL-2.0
/*
 * How much memory inflation leaves to the guest.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "xhb_pure.h"

#define XHB_MB_PAGES(mb) ((unsigned long)(mb) << (20 - PAGE_SHIFT))

/*
 * Above @from_mb the floor grows by one page for every @slope pages of the
 * guest. What a kernel and its services need grows slower than memory does:
 *
 *	guest MB	  64	 128	 512	1024	2048	8192	65536
 *	floor MB	  24	  32	  56	  72	 104	 200	  648
 */
static const struct xhb_floor_segment {
	unsigned int from_mb;
	unsigned int floor_mb;
	unsigned int slope;
} xhb_floor_segments[] = {
	{ 8192, 200, 128 },
	{ 2048, 104, 64 },
	{ 512, 56, 32 },
	{ 128, 32, 16 },
	{ 0, 16, 8 },
};

/**
 * xhb_floor_pages() - available memory that inflation must leave
 * @total_pages: what the guest has when its balloon is empty, in 4K pages
 *
 * Context: any.
 * Return: the floor in 4K pages; grows with @total_pages.
 */
unsigned long xhb_floor_pages(unsigned long total_pages)
{
	const struct xhb_floor_segment *seg = xhb_floor_segments;

	while (total_pages < XHB_MB_PAGES(seg->from_mb))
		seg++;
	return XHB_MB_PAGES(seg->floor_mb) +
	       (total_pages - XHB_MB_PAGES(seg->from_mb)) / seg->slope;
}

/**
 * xhb_spare_pages() - how much the guest can give away now
 * @available_pages: the kernel's estimate of available memory, in 4K pages;
 *	it may be negative
 * @floor_pages: what has to stay, in 4K pages
 *
 * Context: any.
 * Return: 4K pages, 0 at or below the floor.
 */
unsigned long xhb_spare_pages(long available_pages, unsigned long floor_pages)
{
	if (available_pages <= 0 || available_pages <= floor_pages)
		return 0;
	return available_pages - floor_pages;
}

/**
 * xhb_usable_floor_pages() - the least that a guest should have to use
 * @usable_pages: what it has to use when its balloon is empty, without what the kernel
 *	keeps free for itself, in 4K pages
 *
 * That is what self-ballooning has always left where the user has not said how much.
 * It knows nothing of what the guest does, which the other floor does:
 *
 *	guest MB	  64	 128	 512	1024	2048	8192	65536
 *	usable MB	  43	  51	 111	 127	 159	 351	 2144
 *
 * Context: any.
 * Return: 4K pages; never more than @usable_pages.
 */
unsigned long xhb_usable_floor_pages(unsigned long usable_pages)
{
	unsigned long from = 0, slope = 1;

	if (usable_pages >= XHB_MB_PAGES(512)) {
		from = XHB_MB_PAGES(99);
		slope = 32;
	} else if (usable_pages >= XHB_MB_PAGES(64)) {
		from = XHB_MB_PAGES(40);
		slope = 8;
	} else if (usable_pages >= XHB_MB_PAGES(16)) {
		from = XHB_MB_PAGES(16);
		slope = 2;
	}
	return from + (usable_pages - from) / slope;
}
