// SPDX-License-Identifier: GPL-2.0
/*
 * Where all memory of the guest is, as one picture. Each size can be read by itself
 * without a lock; together they add up only if nothing changes in between.
 */
#include "xhb_pages.h"

/**
 * xhb_places() - how much memory is in each place at one moment
 * @b: the balloon
 * @places: filled in
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_places(struct xhb_balloon *b, struct xhb_places *places)
{
	xhb_lock(b);
	/* Compaction isolates pages without our lock, so this is looked at once. */
	places->base = xhb_base_at_rest(b);
	places->isolated = xhb_base_pages(b) - places->base;
	places->huge = xhb_huge_pages(b);
	places->foreign = xhb_foreign_idle(b);
	places->foreign_used = xhb_foreign_used(b);
	places->held = xhb_current_pages(b);
	places->lost = xhb_lost_pages(b);
	xhb_unlock(b);
}
