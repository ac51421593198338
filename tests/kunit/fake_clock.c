// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>

#include "fake_clock.h"

struct fake_clock fake_clock;

u64 fake_clock_ns(void)
{
	fake_clock.looks++;
	if (!fake_clock.step_ns)
		return ktime_get_ns();
	fake_clock.now_ns += fake_clock.step_ns;
	return fake_clock.now_ns;
}
