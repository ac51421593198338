/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pure functions: no locks, no Xen, no state but what is passed in.
 */
#ifndef XHB_PURE_H
#define XHB_PURE_H

#include <linux/types.h>

/**
 * struct xhb_backoff - how long to wait before the next try
 * @delay_s: the last delay handed out in seconds, 0 when nothing failed yet
 * @retries: failures in a row
 *
 * The owner serialises access.
 */
struct xhb_backoff {
	unsigned long delay_s;
	unsigned long retries;
};

void xhb_backoff_reset(struct xhb_backoff *backoff);
unsigned long xhb_backoff_next(struct xhb_backoff *backoff,
			       unsigned long max_delay_s,
			       unsigned long max_retries);

unsigned int xhb_pace_ms(unsigned int interval_ms, u64 idle_us, u64 elapsed_us);

unsigned long xhb_floor_pages(unsigned long total_pages);
unsigned long xhb_spare_pages(long available_pages, unsigned long floor_pages);

#endif /* XHB_PURE_H */
