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
unsigned long xhb_stepsize_next(unsigned long pages, unsigned long done, u64 took_us);

unsigned long xhb_floor_pages(unsigned long total_pages);
unsigned long xhb_spare_pages(long available_pages, unsigned long floor_pages);
unsigned long xhb_usable_floor_pages(unsigned long usable_pages);

/**
 * struct xhb_self_sample - what the guest has and uses at one moment, in 4K pages
 * @size: what it has, counted as balloon_stats.current_pages is
 * @ram: what of it the kernel gives away and takes back; no more than @size
 * @ballooned: what it could have more
 * @committed: what programs may come to use of what they have been promised
 * @anon: what they use of it
 * @kernel: what the kernel and its drivers use, without what they would give back
 * @cache: cached pages of files that are in use
 * @returned: pages of files that were evicted since the last sample but one, and had
 *	to be read again
 * @reserve: what the kernel keeps free for itself
 * @free: what is free
 * @available: what could be free without swapping; may be negative
 * @floor: what of @available has to stay
 *
 * A value on the stack of who decides.
 */
struct xhb_self_sample {
	unsigned long size;
	unsigned long ram;
	unsigned long ballooned;
	unsigned long committed;
	unsigned long anon;
	unsigned long kernel;
	unsigned long cache;
	unsigned long returned;
	unsigned long reserve;
	unsigned long free;
	long available;
	unsigned long floor;
};

/**
 * struct xhb_self_wishes - what the user has set
 * @down: so many steps it takes to give what is not needed, about
 * @up: the same to take what is; both at least 1
 * @least: 4K pages that are to be usable, whatever for; 0 for a function of all
 * @reserved: 4K pages beyond what is needed; 0 for a tenth of all
 *
 * A value on the stack of who decides.
 */
struct xhb_self_wishes {
	unsigned long down;
	unsigned long up;
	unsigned long least;
	unsigned long reserved;
};

/**
 * struct xhb_self_state - what was decided before
 * @target: the last decision, in 4K pages; 0 for none yet
 * @highest: the largest size that was needed, in this stretch of time and in the one
 *	before
 * @steps: in this stretch so far
 *
 * The owner serialises access.
 */
struct xhb_self_state {
	unsigned long target;
	unsigned long highest[2];
	unsigned long steps;
};

unsigned long xhb_self_goal(const struct xhb_self_sample *sample,
			    const struct xhb_self_wishes *wishes);
unsigned long xhb_self_decide(struct xhb_self_state *state,
			      const struct xhb_self_sample *sample,
			      const struct xhb_self_wishes *wishes, bool step);

bool xhb_shrink_decide(unsigned long *calm, bool pressed, unsigned long inertia,
		       bool step);
unsigned long xhb_shrink_room(unsigned long spare, unsigned long size,
			      unsigned long target);

#endif /* XHB_PURE_H */
