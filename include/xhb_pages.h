/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Queues, accounting, and pages from and to the guest's allocator.
 */
#ifndef XHB_PAGES_H
#define XHB_PAGES_H

#include "xhb.h"

/* Queues; under the balloon's lock. */
void xhb_huge_put(struct xhb_balloon *b, struct page *page);
struct page *xhb_huge_take(struct xhb_balloon *b);
void xhb_base_put(struct xhb_balloon *b, struct page *page);
struct page *xhb_base_take(struct xhb_balloon *b);
bool xhb_split_one(struct xhb_balloon *b);
void xhb_promote_all(struct xhb_balloon *b);

/* Exchange with the hypervisor, all accounting included; under the lock. */
unsigned long xhb_release(struct xhb_balloon *b, struct page **pages,
			  unsigned int n, unsigned int order);
unsigned long xhb_populate(struct xhb_balloon *b, struct page **pages,
			   unsigned int n, unsigned int order);

/* The guest's allocator; not under the lock. */
unsigned int xhb_alloc_huge(struct xhb_balloon *b, struct page **pages,
			    unsigned int n);
unsigned int xhb_alloc_base(struct xhb_balloon *b, struct page **pages,
			    unsigned int n, gfp_t gfp);

unsigned long xhb_ballooned_pages(struct xhb_balloon *b);

#endif /* XHB_PAGES_H */
