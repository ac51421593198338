/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accounting; see account.c.
 */
#ifndef XHB_ACCOUNT_H
#define XHB_ACCOUNT_H

#include <linux/types.h>

struct balloon_stats;
struct page;
struct xhb_balloon;

/**
 * struct xhb_account - where the size of the guest is kept
 * @stats: the built-in driver's statistics, which its sysfs files show. Set
 *	before first use, constant after. ->current_pages,
 *	->total_pages and ->target_unpopulated are written under the balloon's lock and read
 *	without; other fields belong to others. The built-in thread, the other
 *	writer, is stopped.
 * @lost: 4K pages of the domain that Xen counts, but that nobody can use any
 *	more; part of ->current_pages; written under the balloon's lock, read
 *	without
 */
struct xhb_account {
	struct balloon_stats *stats;
	unsigned long lost;
};

void xhb_account_init(struct xhb_balloon *b, struct balloon_stats *stats);
void xhb_account_exchanged(struct xhb_balloon *b, struct page **pages,
			   unsigned int order, unsigned long done,
			   bool populated);
void xhb_account_added(struct xhb_balloon *b, unsigned long pages);
void xhb_account_kept(struct xhb_balloon *b, struct page *page,
		      unsigned int order);
void xhb_account_moved(struct xhb_balloon *b, struct page *from,
		       struct page *to);
void xhb_account_find_lost(struct xhb_balloon *b);
unsigned long xhb_account_left_behind(struct xhb_balloon *b,
				      unsigned long pages);
void xhb_account_foreign(struct xhb_balloon *b, long pages);
void xhb_account_mark(struct page *page, unsigned int order);
void xhb_account_unmark(struct page *page, unsigned int order);

#endif /* XHB_ACCOUNT_H */
