/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Balloon pages move; see migrate.c.
 */
#ifndef XHB_MIGRATE_H
#define XHB_MIGRATE_H

#include <linux/types.h>

/**
 * struct xhb_migrate - whether balloon pages may move
 * @frozen: the domain is asleep, nothing moves; under the balloon's lock
 */
struct xhb_migrate {
	bool frozen;
};

#endif /* XHB_MIGRATE_H */
