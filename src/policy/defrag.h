/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The task that defragments; see defrag.c. It has nothing in the balloon.
 */
#ifndef XHB_DEFRAG_H
#define XHB_DEFRAG_H

struct xhb_balloon;
struct xhb_task;

extern const struct xhb_task xhb_defrag_task;

unsigned int xhb_defrag_step(struct xhb_balloon *b);

#endif /* XHB_DEFRAG_H */
