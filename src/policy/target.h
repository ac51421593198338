/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who wants the guest to have which size; see target.c.
 */
#ifndef XHB_TARGET_H
#define XHB_TARGET_H

#include <linux/spinlock.h>

#include "xhb_pure.h"

struct balloon_stats;
struct xhb_balloon;

/**
 * struct xhb_target - what is wanted, and what is followed
 * @lock: protects what is below
 * @stats: ->target_pages is the target that is followed; written under @lock,
 *	read without. The pointer is set before first use, constant after.
 * @requests: the wish of each &enum xhb_requester, in 4K pages; under @lock
 * @changes: requests so far; written under @lock, read without
 */
struct xhb_target {
	spinlock_t lock; /* protects what is below */
	struct balloon_stats *stats;
	unsigned long requests[XHB_REQUESTER_COUNT];
	unsigned long changes;
};

void xhb_target_init(struct xhb_balloon *b, struct balloon_stats *stats);
void xhb_target_start(struct xhb_balloon *b);

#endif /* XHB_TARGET_H */
