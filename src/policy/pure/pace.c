// SPDX-License-Identifier: GPL-2.0
/*
 * How fast a worker in the background may go.
 */
#include <linux/kernel.h>

#include "xhb_pure.h"

/* So many times slower in a busy guest: late, but not never. */
#define XHB_PACE_BUSY	8

/**
 * xhb_pace_ms() - pause before the next step
 * @interval_ms: pause in a guest that is not busy, at most an hour
 * @idle_us: idle time of all CPUs together since the last step
 * @elapsed_us: time since then, times the number of CPUs
 *
 * A guest is busy if its CPUs were idle for less than half of the time.
 *
 * Context: any.
 * Return: milliseconds.
 */
unsigned int xhb_pace_ms(unsigned int interval_ms, u64 idle_us, u64 elapsed_us)
{
	return idle_us < elapsed_us / 2 ? interval_ms * XHB_PACE_BUSY :
					  interval_ms;
}
