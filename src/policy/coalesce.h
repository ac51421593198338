/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The coalescer; see coalesce.c.
 */
#ifndef XHB_COALESCE_H
#define XHB_COALESCE_H

#include "xhb_pure.h"

struct xhb_balloon;
struct xhb_task;

/**
 * struct xhb_coalesce - where the coalescer is
 * @made: 2M pages since the last pause
 * @stuck: the guest had no block to offer when it was asked last
 * @elsewhere: no block with base pages could be emptied, another is being tried
 *
 * Only touched by the worker.
 */
struct xhb_coalesce {
	unsigned int made;
	bool stuck;
	bool elsewhere;
};

extern const struct xhb_task xhb_coalesce_task;

unsigned int xhb_coalesce_step(struct xhb_balloon *b);
bool xhb_coalesce_has_work(struct xhb_balloon *b);

/* Defragmenting goes at the same pace. */
unsigned int xhb_coalesce_pause(struct xhb_balloon *b);
unsigned int xhb_coalesce_settle_ms(struct xhb_balloon *b);
unsigned long xhb_coalesce_news(struct xhb_balloon *b);
void xhb_coalesce_limits(struct xhb_balloon *b, struct xhb_limits *limits);

#endif /* XHB_COALESCE_H */
