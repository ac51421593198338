/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The domain is being migrated live; see copied.c.
 */
#ifndef XHB_COPIED_H
#define XHB_COPIED_H

#include <linux/types.h>

struct page;
struct xhb_balloon;

/**
 * struct xhb_copied - whether the domain is being copied
 * @now: it was when Xen was asked last; written under the balloon's lock, read
 *	without
 * @ends: how often it was seen to have ended; likewise
 */
struct xhb_copied {
	bool now;
	unsigned long ends;
};

bool xhb_copied_ask(struct xhb_balloon *b);
void xhb_copied_mark(struct xhb_balloon *b, struct page **pages,
		     unsigned int order, unsigned long count);

#endif /* XHB_COPIED_H */
