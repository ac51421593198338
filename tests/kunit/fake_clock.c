// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/spinlock.h>

#include "fake_clock.h"

struct fake_clock fake_clock;

/* Several look at a time. */
static DEFINE_SPINLOCK(fake_clock_lock);

u64 fake_clock_ns(void)
{
	u64 ns;

	spin_lock(&fake_clock_lock);
	fake_clock.looks++;
	if (fake_clock.step_ns)
		fake_clock.now_ns += fake_clock.step_ns;
	ns = fake_clock.step_ns ? fake_clock.now_ns : ktime_get_ns();
	spin_unlock(&fake_clock_lock);
	return ns;
}
