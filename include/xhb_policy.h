/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine moves the balloon towards its target.
 */
#ifndef XHB_POLICY_H
#define XHB_POLICY_H

#include "xhb.h"

int xhb_engine_init(struct xhb_balloon *b, struct balloon_stats *stats,
		    const bool *scrub);
void xhb_engine_destroy(struct xhb_balloon *b);
void xhb_engine_start(struct xhb_balloon *b);
void xhb_engine_stop(struct xhb_balloon *b);
void xhb_engine_kick(struct xhb_balloon *b);
void xhb_engine_set_target(struct xhb_balloon *b, unsigned long pages);
enum xhb_verdict xhb_engine_step(struct xhb_balloon *b);

enum xhb_verdict xhb_inflate_step(struct xhb_balloon *b, unsigned long want);
enum xhb_verdict xhb_deflate_step(struct xhb_balloon *b, unsigned long want);
unsigned long xhb_floor(struct xhb_balloon *b);

void xhb_coalesce_init(struct xhb_balloon *b);
void xhb_coalesce_kick(struct xhb_balloon *b);
void xhb_coalesce_stop(struct xhb_balloon *b);
bool xhb_coalesce_one(struct xhb_balloon *b);
bool xhb_defrag_one(struct xhb_balloon *b);

void xhb_heal_init(struct xhb_balloon *b);
void xhb_heal_kick(struct xhb_balloon *b);
void xhb_heal_news(struct xhb_balloon *b);
void xhb_heal_resumed(struct xhb_balloon *b);
int xhb_heal_check(struct xhb_balloon *b);
int xhb_heal_now(struct xhb_balloon *b);
void xhb_heal_stop(struct xhb_balloon *b);
int xhb_heal_block(struct xhb_balloon *b, unsigned long block);

static inline bool xhb_at_target(struct xhb_balloon *b)
{
	return READ_ONCE(b->stats->target_pages) ==
	       READ_ONCE(b->stats->current_pages);
}

int xhb_foreign_get(struct xhb_balloon *b, unsigned int n, struct page **pages);
void xhb_foreign_put(struct xhb_balloon *b, unsigned int n, struct page **pages);

#endif /* XHB_POLICY_H */
