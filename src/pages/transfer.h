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
 */
struct xhb_transfer {
	struct page **batch;
};

int xhb_transfer_init(struct xhb_balloon *b);
void xhb_transfer_destroy(struct xhb_balloon *b);
bool xhb_anchor(struct xhb_balloon *b, struct page *page);
void xhb_transfer_keep(struct xhb_balloon *b, struct page *page);

#endif /* XHB_TRANSFER_H */
