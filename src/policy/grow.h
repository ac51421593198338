/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The task that lets the guest grow; see grow.c. It has nothing in the balloon.
 */
#ifndef XHB_POLICY_GROW_H
#define XHB_POLICY_GROW_H

struct xhb_balloon;
struct xhb_task;

extern const struct xhb_task xhb_grow_task;

unsigned int xhb_grow_step(struct xhb_balloon *b);

#endif /* XHB_POLICY_GROW_H */
