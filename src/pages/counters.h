/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Statistics; see counters.c.
 */
#ifndef XHB_COUNTERS_H
#define XHB_COUNTERS_H

#include <linux/atomic.h>

/**
 * struct xhb_counters - what has happened since load
 * @events: by &enum xhb_count; atomic, so that anybody may count
 * @tries: by &enum xhb_try and &enum xhb_result; likewise
 */
struct xhb_counters {
	atomic64_t events[XHB_COUNT_COUNT];
	atomic64_t tries[XHB_TRY_COUNT][XHB_RESULT_COUNT];
};

#endif /* XHB_COUNTERS_H */
