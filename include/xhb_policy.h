/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The room policy/: the target, the worker, and what it does.
 */
#ifndef XHB_POLICY_H
#define XHB_POLICY_H

#include "xhb.h"

struct balloon_stats;

int xhb_policy_init(struct xhb_balloon *b, struct balloon_stats *stats);
void xhb_policy_start(struct xhb_balloon *b);
void xhb_policy_stop(struct xhb_balloon *b);
void xhb_policy_destroy(struct xhb_balloon *b);

/* Whoever has news tells the worker. */
void xhb_worker_wake(struct xhb_balloon *b);

/* Who wants the guest to have which size. */
void xhb_target_request(struct xhb_balloon *b, enum xhb_requester who,
			unsigned long pages);
unsigned long xhb_target_pages(struct xhb_balloon *b);
void xhb_target_leave(struct xhb_balloon *b);
unsigned long xhb_target_of_host(struct xhb_balloon *b);
unsigned long xhb_target_changes(struct xhb_balloon *b);
enum xhb_requester xhb_target_by(struct xhb_balloon *b);
enum xhb_requester xhb_target_shrunk_by(struct xhb_balloon *b);

/* How far the worker has got with it. */
enum xhb_why xhb_why(struct xhb_balloon *b);
enum xhb_state xhb_why_state(enum xhb_why why);
bool xhb_is_moving(struct xhb_balloon *b);
void xhb_progress_listen(struct xhb_balloon *b,
			 void (*changed)(struct xhb_balloon *b));
unsigned int xhb_why_since_ms(struct xhb_balloon *b);
long xhb_next_try_ms(struct xhb_balloon *b);
bool xhb_at_target(struct xhb_balloon *b);
bool xhb_batch_stuck(struct xhb_balloon *b);
unsigned long xhb_batch_progress(struct xhb_balloon *b);

/* Swapped-out memory. */
unsigned long xhb_selfshrink_room(struct xhb_balloon *b);
void xhb_selfshrink_listen(struct xhb_balloon *b,
			   void (*changed)(struct xhb_balloon *b));

/* Healing. */
int xhb_heal_check(struct xhb_balloon *b);
int xhb_heal_now(struct xhb_balloon *b);
bool xhb_heal_is_now(struct xhb_balloon *b);
void xhb_heal_not_now(struct xhb_balloon *b);
void xhb_heal_resumed(struct xhb_balloon *b);

#endif /* XHB_POLICY_H */
