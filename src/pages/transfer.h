/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages change hands; see transfer.c.
 */
#ifndef XHB_TRANSFER_H
#define XHB_TRANSFER_H

#include <linux/types.h>

struct page;
struct xhb_balloon;

/**
 * struct xhb_transfer - room for telling Xen of pages
 * @batch: the pages of the transfer under way, XHB_BATCH_PAGES entries; under
 *	the balloon's lock
 * @copied: the domain was being copied when Xen was asked last; written under
 *	the balloon's lock, read without
 */
struct xhb_transfer {
	struct page **batch;
	bool copied;
};

int xhb_transfer_init(struct xhb_balloon *b);
void xhb_transfer_destroy(struct xhb_balloon *b);
bool xhb_anchor(struct xhb_balloon *b, struct page *page);
bool xhb_transfer_ask_copied(struct xhb_balloon *b);
void xhb_transfer_keep(struct xhb_balloon *b, struct page *page);
void xhb_transfer_populated(struct xhb_balloon *b, struct page **pages,
			    unsigned int order, unsigned long count);

#endif /* XHB_TRANSFER_H */
