/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for a guest that is short of it; see pressure.c.
 */
#ifndef XHB_PRESSURE_H
#define XHB_PRESSURE_H

#include <linux/notifier.h>
#include <linux/types.h>

#include "xhb_pure.h"

struct shrinker;
struct xhb_balloon;
struct xhb_task;

/**
 * struct xhb_pressure - what the guest took back, and for how long it keeps it
 * @oom: called before the kernel kills for memory
 * @watching: @oom is registered; only touched by load and unload
 * @shrinker: called when somebody waits for memory; NULL if it is not registered;
 *	only touched by load and unload
 * @active: the guest keeps what it took; written under the balloon's lock, read
 *	without
 * @until: when it may have to give it again, in jiffies; under the balloon's lock, as
 *	is @hold
 * @hold: for how long it keeps it; milliseconds
 * @news: how often something was taken; written under that lock, read without
 */
struct xhb_pressure {
	struct notifier_block oom;
	bool watching;
	struct shrinker *shrinker;
	bool active;
	unsigned long until;
	struct xhb_backoff hold;
	unsigned long news;
};

extern const struct xhb_task xhb_pressure_task;

void xhb_pressure_start(struct xhb_balloon *b);
void xhb_pressure_stop(struct xhb_balloon *b);
unsigned long xhb_pressure_relieve(struct xhb_balloon *b, unsigned long pages);
bool xhb_pressure_is_short(struct xhb_balloon *b, gfp_t gfp);
bool xhb_pressure_active(struct xhb_balloon *b);
unsigned int xhb_pressure_step(struct xhb_balloon *b);

#endif /* XHB_PRESSURE_H */
