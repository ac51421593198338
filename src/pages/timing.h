/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long things take; see timing.c.
 */
#ifndef XHB_TIMING_H
#define XHB_TIMING_H

#include <linux/atomic.h>
#include <linux/types.h>

struct xhb_balloon;

/**
 * struct xhb_times - how long one step took, each time since load
 * @ns: altogether; atomic, as is the other, so that anybody may add
 * @times: how often it took less than 1 us, less than 2, less than 4 and so on;
 *	the last is for all that took longer
 */
struct xhb_times {
	atomic64_t ns;
	atomic64_t times[XHB_TIME_LIMITS];
};

/**
 * struct xhb_timing - how long things take
 * @steps: by &enum xhb_time
 * @locked_at: when the balloon's lock was taken, 0 while it is free; under that
 *	lock
 * @longest_ns: the longest time that somebody has had it; written under that lock,
 *	read without
 */
struct xhb_timing {
	struct xhb_times steps[XHB_TIME_COUNT];
	u64 locked_at;
	u64 longest_ns;
};

#endif /* XHB_TIMING_H */
