/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The task after arrival; see arrive.c. It has nothing in the balloon.
 */
#ifndef XHB_ARRIVE_H
#define XHB_ARRIVE_H

struct xhb_task;

extern const struct xhb_task xhb_arrive_task;

#endif /* XHB_ARRIVE_H */
