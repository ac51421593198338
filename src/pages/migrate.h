/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Balloon pages move; see migrate.c.
 */
#ifndef XHB_MIGRATE_H
#define XHB_MIGRATE_H

#include <linux/types.h>

#include "xhb_compat.h"

struct page;

/**
 * struct xhb_migrate - whether balloon pages may move
 * @frozen: the domain is asleep, nothing moves; under the balloon's lock
 */
struct xhb_migrate {
	bool frozen;
};

int xhb_migratepage(struct balloon_dev_info *core, struct page *newpage,
		    struct page *page, enum migrate_mode mode);

#endif /* XHB_MIGRATE_H */
