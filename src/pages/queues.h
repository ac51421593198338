/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queues of the balloon; see queues.c.
 */
#ifndef XHB_QUEUES_H
#define XHB_QUEUES_H

#include <linux/list.h>

#include "xhb_compat.h"

struct page;
struct xhb_balloon;

/**
 * struct xhb_queues - where the pages of the balloon are
 * @huge: 2M pages, by their first 4K page, a list for each NUMA node; the lists are
 *	under the balloon's lock, the array is there from first use to last
 * @huge_count: 2M pages in @huge; written under that lock, read without
 * @base: 4K pages: the kernel's core balloon, which has its own lock
 * @base_count: 4K pages in @base, those included that compaction has isolated;
 *	written under the balloon's lock, read without
 */
struct xhb_queues {
	struct list_head *huge;
	unsigned long huge_count;
	struct balloon_dev_info base;
	unsigned long base_count;
};

int xhb_queues_init(struct xhb_balloon *b,
		    int (*migrate)(struct balloon_dev_info *core,
				   struct page *newpage, struct page *page,
				   enum migrate_mode mode));
void xhb_queues_destroy(struct xhb_balloon *b);
struct xhb_balloon *xhb_balloon_of(struct balloon_dev_info *core);
void xhb_huge_put(struct xhb_balloon *b, struct page *page);
struct page *xhb_huge_take(struct xhb_balloon *b);
void xhb_base_put(struct xhb_balloon *b, struct page *page);
void xhb_base_put_range(struct xhb_balloon *b, struct page *page,
			unsigned long from, unsigned long to);
struct page *xhb_base_take(struct xhb_balloon *b);
void xhb_base_moved(struct xhb_balloon *b, struct page *newpage,
		    struct page *page);
bool xhb_base_has(struct xhb_balloon *b, struct page *page);
bool xhb_unsplit_page(struct page *page);

#endif /* XHB_QUEUES_H */
