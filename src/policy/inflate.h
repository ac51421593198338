/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Giving memory to Xen; see inflate.c.
 */
#ifndef XHB_INFLATE_H
#define XHB_INFLATE_H

#include "xhb_pure.h"

struct xhb_balloon;

/**
 * struct xhb_inflate - how easily the guest finds 2M pages
 * @no_2m: how often it had none to offer; in steps; the worker's, as is @skip_2m
 * @skip_2m: steps to take in 4K before a 2M page is tried again
 */
struct xhb_inflate {
	struct xhb_backoff no_2m;
	unsigned long skip_2m;
};

void xhb_inflate_afresh(struct xhb_balloon *b);
unsigned int xhb_inflate_step(struct xhb_balloon *b, unsigned long want);

#endif /* XHB_INFLATE_H */
