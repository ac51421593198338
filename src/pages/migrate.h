/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Balloon pages move; see migrate.c.
 */
#ifndef XHB_MIGRATE_H
#define XHB_MIGRATE_H

#include <linux/types.h>

#include "xhb_compat.h"
#include "xhb_pure.h"

struct page;

/**
 * struct xhb_migrate - whether balloon pages may move
 * @frozen: the domain is asleep, nothing moves; under the balloon's lock
 * @reserve: a page of the guest in a block that has a p2m table; NULL if it was
 *	used up, or none could be had; under the balloon's lock, and whether there is one
 *	is guessed without
 * @pause: after moves that lost a page, in jiffies; under the balloon's lock
 * @resume_at: jiffies when balloon pages may move again after such a move; under
 *	the balloon's lock
 */
struct xhb_migrate {
	bool frozen;
	struct page *reserve;
	struct xhb_backoff pause;
	unsigned long resume_at;
};

void xhb_migrate_destroy(struct xhb_balloon *b);
int xhb_migratepage(struct balloon_dev_info *core, struct page *newpage,
		    struct page *page, enum migrate_mode mode);

#endif /* XHB_MIGRATE_H */
