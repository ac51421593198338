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
 * @probe: a page that is written to each time that Xen would see that; NULL in guests
 *	that cannot know whether they are copied. Set before first use, constant after.
 * @watched: Xen kept account of what is written when it was asked last; under the
 *	balloon's lock
 * @sign: when there was a sign that somebody collects that, in jiffies; under the
 *	balloon's lock
 * @now: there was one not long ago; written under the balloon's lock, read without,
 *	as is all below
 * @ends: how often that has ended
 */
struct xhb_copied {
	struct page *probe;
	bool watched;
	unsigned long sign;
	bool now;
	unsigned long ends;
};

int xhb_copied_init(struct xhb_balloon *b);
void xhb_copied_destroy(struct xhb_balloon *b);
bool xhb_copied_ask(struct xhb_balloon *b);
void xhb_copied_mark(struct xhb_balloon *b, struct page **pages,
		     unsigned int order, unsigned long count);

#endif /* XHB_COPIED_H */
