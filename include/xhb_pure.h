/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The room policy/pure/: functions without locks, Xen, or state but what is
 * passed in. Any room may use them.
 */
#ifndef XHB_PURE_H
#define XHB_PURE_H

#include <linux/limits.h>
#include <linux/types.h>

/**
 * struct xhb_backoff - how long to wait before the next try
 * @delay: the last delay handed out, 0 when nothing failed yet
 * @tries: failures in a row
 *
 * The owner serialises access.
 */
struct xhb_backoff {
	unsigned long delay;
	unsigned long tries;
};

/**
 * struct xhb_limits - how a backoff grows, in the unit of its delays
 * @first: the first delay, at least 1
 * @longest: no delay is longer, unless @first is
 * @tries: failures in a row after which to give up; 0 for never
 */
struct xhb_limits {
	unsigned long first;
	unsigned long longest;
	unsigned long tries;
};

void xhb_backoff_reset(struct xhb_backoff *backoff);
unsigned long xhb_backoff_next(struct xhb_backoff *backoff,
			       const struct xhb_limits *limits);

/**
 * enum xhb_requester - who wants the guest to have a certain size
 * @XHB_REQUESTER_HOST: the host, or the guest's administrator
 * @XHB_REQUESTER_SELF: the guest, which has more than it needs
 * @XHB_REQUESTER_PRESSURE: the guest, which is short of memory
 * @XHB_REQUESTER_COUNT: number of requesters
 */
enum xhb_requester {
	XHB_REQUESTER_HOST,
	XHB_REQUESTER_SELF,
	XHB_REQUESTER_PRESSURE,
	XHB_REQUESTER_COUNT,
};

unsigned long xhb_effective_target(const unsigned long *requests,
				   enum xhb_requester *who);
unsigned long xhb_no_request(enum xhb_requester who);

unsigned int xhb_pace_ms(unsigned int interval_ms, u64 idle_us, u64 elapsed_us);

unsigned long xhb_floor_pages(unsigned long total_pages);
unsigned long xhb_spare_pages(long available_pages, unsigned long floor_pages);

#endif /* XHB_PURE_H */
