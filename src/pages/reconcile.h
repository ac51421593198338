/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Xen has for the guest against what the guest counts; see reconcile.c.
 */
#ifndef XHB_RECONCILE_H
#define XHB_RECONCILE_H

#include <linux/types.h>

struct page;
struct xhb_balloon;

/**
 * struct xhb_reconcile - pages of the balloon that have memory all the same
 * @offset: what Xen counted for the domain beyond xhb_current_pages() when it
 *	went to sleep last, in 4K pages
 * @noted: @offset was taken
 * @surplus: how many such pages there are that were not found yet
 * @cursor: block to look at next
 * @thorough: look at each page of the huge queue, not at the first of each only
 * @pending: not everywhere was looked yet; written under the balloon's lock, read
 *	without
 *
 * Under the balloon's lock where nothing else is said.
 */
struct xhb_reconcile {
	long offset;
	bool noted;
	long surplus;
	unsigned long cursor;
	bool thorough;
	bool pending;
};

void xhb_reconcile_page(struct xhb_balloon *b, struct page *page);

#endif /* XHB_RECONCILE_H */
