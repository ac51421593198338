// SPDX-License-Identifier: GPL-2.0
#include <linux/spinlock.h>

#include "fault.h"

/**
 * struct fault - which calls fail, and how
 * @armed: calls are counted, and may fail
 * @graded: a call failed for which @partial makes a difference
 * @calls: that could have failed since fault_arm()
 * @hits: those of them that did
 * @first: number of the first call to fail, counted from 1; 0 for none
 * @last: number of the last call to fail
 * @partial: what a failing hypercall still does, in extents
 */
struct fault {
	bool armed;
	bool graded;
	unsigned long calls;
	unsigned long hits;
	unsigned long first;
	unsigned long last;
	unsigned long partial;
};

static DEFINE_SPINLOCK(fault_lock);
static struct fault fault;	/* under fault_lock */

/* Calls @first to @last from here on fail; 0 for none. */
void fault_arm(unsigned long first, unsigned long last, unsigned long partial)
{
	spin_lock(&fault_lock);
	fault = (struct fault) {
		.armed = true,
		.first = first,
		.last = last,
		.partial = partial,
	};
	spin_unlock(&fault_lock);
}

/* No call fails from here on, and none is counted. */
void fault_disarm(void)
{
	spin_lock(&fault_lock);
	fault.armed = false;
	spin_unlock(&fault_lock);
}

/* Calls while the faults were armed last. */
unsigned long fault_calls(void)
{
	return fault.calls;
}

/* How many of them failed. */
unsigned long fault_hits(void)
{
	return fault.hits;
}

/* Did one of them fail that could do a part of its work? */
bool fault_graded(void)
{
	return fault.graded;
}

/* Does this call fail? What it still does then is stored in @partial. */
bool fault_hit(unsigned long *partial)
{
	bool hit = false;

	spin_lock(&fault_lock);
	if (fault.armed) {
		fault.calls++;
		hit = fault.first && fault.calls >= fault.first &&
		      fault.calls <= fault.last;
		fault.hits += hit;
	}
	if (hit && partial) {
		*partial = fault.partial;
		fault.graded = true;
	}
	spin_unlock(&fault_lock);
	return hit;
}
