// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which the parts of this room are set up, and its reverse.
 */
#include "xhb_pages.h"

/**
 * xhb_pages_init() - an empty balloon
 * @b: the balloon, zeroed but for the knobs and ->xen
 * @stats: statistics to keep, holding the present size
 * @scrub: switch that says whether pages leave scrubbed
 * @told: called without locks when xhb_evacuate() or xhb_grow() has a result
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_pages_init(struct xhb_balloon *b, struct balloon_stats *stats,
		   const bool *scrub,
		   void (*told)(struct xhb_balloon *b))
{
	int err;

	mutex_init(&b->lock);
	xhb_account_init(b, stats);
	xhb_alloc_init(b, scrub);
	xhb_foreign_init(b);
	err = xhb_queues_init(b, xhb_migratepage);
	if (err)
		return err;
	err = xhb_transfer_init(b);
	if (err)
		goto destroy_queues;
	err = xhb_copied_init(b);
	if (err)
		goto destroy_transfer;
	xhb_bitmap_init(b);
	err = xhb_blocks_init(b);
	if (err)
		goto destroy_bitmap;
	err = xhb_keep_init(b);
	if (err)
		goto destroy_blocks;
	err = xhb_evacuation_init(b, told);
	if (err)
		goto destroy_keep;
	err = xhb_grow_init(b, told);
	if (err)
		goto destroy_evacuation;
	return 0;

destroy_evacuation:
	xhb_evacuation_destroy(b);
destroy_keep:
	xhb_keep_destroy(b);
destroy_blocks:
	xhb_blocks_destroy(b);
destroy_bitmap:
	xhb_bitmap_destroy(b);
	xhb_copied_destroy(b);
destroy_transfer:
	xhb_transfer_destroy(b);
destroy_queues:
	xhb_queues_destroy(b);
	return err;
}

/**
 * xhb_pages_destroy() - free what xhb_pages_init() allocated
 * @b: the balloon, its queues empty, evacuation and growing stopped
 *
 * Context: may sleep.
 */
void xhb_pages_destroy(struct xhb_balloon *b)
{
	xhb_grow_destroy(b);
	xhb_evacuation_destroy(b);
	xhb_keep_destroy(b);
	xhb_migrate_destroy(b);
	xhb_blocks_destroy(b);
	xhb_bitmap_destroy(b);
	xhb_copied_destroy(b);
	xhb_transfer_destroy(b);
	xhb_foreign_destroy(b);
	xhb_queues_destroy(b);
}
