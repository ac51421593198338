/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The task that trims the foreign queue; see trim.c.
 */
#ifndef XHB_TRIM_H
#define XHB_TRIM_H

#include "policy/worker.h"

extern const struct xhb_task xhb_trim_task;

#endif /* XHB_TRIM_H */
