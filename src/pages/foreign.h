/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The foreign queue; see foreign.c.
 */
#ifndef XHB_FOREIGN_H
#define XHB_FOREIGN_H

#include <linux/list.h>

struct xhb_balloon;

/**
 * struct xhb_foreign - balloon pages for foreign mappings
 * @idle: 4K pages that have come back, for the next who asks; under the balloon's
 *	lock
 * @idle_count: pages in @idle; written under that lock, read without
 * @calls: how often pages went and came; written under that lock, read without
 *
 * Pages that are in use are in no list. They are counted with ->account.
 */
struct xhb_foreign {
	struct list_head idle;
	unsigned long idle_count;
	unsigned long calls;
};

void xhb_foreign_init(struct xhb_balloon *b);
void xhb_foreign_destroy(struct xhb_balloon *b);

#endif /* XHB_FOREIGN_H */
