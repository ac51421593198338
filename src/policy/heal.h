/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The healer; see heal.c.
 */
#ifndef XHB_HEAL_H
#define XHB_HEAL_H

#include <linux/ktime.h>
#include <linux/types.h>

#include "xhb_pure.h"

struct xhb_balloon;
struct xhb_task;

/**
 * struct xhb_heal - where the healer is in its pass
 * @now: a pass without pauses is wanted; set by anybody, cleared by the worker
 *	and by who switches healing off
 * @asked: how often such a pass was asked for; atomic
 * @resumes: how often the domain was restored or migrated; atomic
 * @seen_resumes: @resumes when blocks were forgotten last; only touched by the
 *	worker, as is all below
 * @seen_ends: xhb_copied_ends() at that time
 * @at_once: the pass in progress is one that the user has asked for
 * @cursor: next block to look at
 * @emptying: the block at @cursor is being emptied
 * @left_busy: blocks of this round that were in use just now
 * @healed: blocks healed in this pass
 * @rounds: between looks at blocks that are in use; milliseconds
 * @short_of_memory: Xen had no memory to populate a block with; no healing
 *	before the target is reached
 * @own_news: how much of xhb_blocks_news() is what the healer did itself
 * @idle_us: idle time of all CPUs since boot when it was last looked at
 * @looked_at: when that was
 */
struct xhb_heal {
	bool now;
	atomic_long_t asked;
	atomic_long_t resumes;
	unsigned long seen_resumes;
	unsigned long seen_ends;
	bool at_once;
	unsigned long cursor;
	bool emptying;
	unsigned long left_busy;
	unsigned long healed;
	struct xhb_backoff rounds;
	bool short_of_memory;
	unsigned long own_news;
	u64 idle_us;
	ktime_t looked_at;
};

extern const struct xhb_task xhb_heal_task;

unsigned int xhb_heal_step(struct xhb_balloon *b);
int xhb_heal_block(struct xhb_balloon *b, unsigned long block);

#endif /* XHB_HEAL_H */
