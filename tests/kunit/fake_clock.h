/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock that the driver times itself with.
 */
#ifndef XHB_TEST_FAKE_CLOCK_H
#define XHB_TEST_FAKE_CLOCK_H

#include <linux/types.h>

/**
 * struct fake_clock - what tests set, and what they look at
 * @step_ns: by so much it is later each time somebody looks; 0: the real clock
 * @now_ns: the time, while @step_ns is not 0
 * @looks: how often somebody has looked
 */
struct fake_clock {
	u64 step_ns;
	u64 now_ns;
	unsigned long looks;
};

extern struct fake_clock fake_clock;

u64 fake_clock_ns(void);

#endif /* XHB_TEST_FAKE_CLOCK_H */
