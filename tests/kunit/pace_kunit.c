// SPDX-License-Identifier: GPL-2.0
/*
 * How fast a worker in the background goes.
 */
#include <kunit/test.h>

#include "xhb_pure.h"

static const struct {
	unsigned int interval_ms;
	u64 idle_us;
	u64 elapsed_us;
	unsigned int pause_ms;
} pace_points[] = {
	{ 250, 0, 0, 250 },
	{ 250, 0, 1, 250 },
	{ 250, 0, 2, 2000 },
	{ 250, 499, 1000, 2000 },
	{ 250, 500, 1000, 250 },
	{ 250, 1000, 1000, 250 },
	{ 250, 2000, 1000, 250 },
	{ 1, 0, 1000, 8 },
	{ 0, 0, 1000, 0 },
	{ 3600 * 1000, 0, 1000, 8 * 3600 * 1000 },
	/* Went backwards. */
	{ 250, -1000, 1000, 250 },
	{ 250, U64_MAX, U64_MAX, 250 },
	{ 250, U64_MAX / 2 - 1, U64_MAX, 2000 },
};

static void pace_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pace_points); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    xhb_pace_ms(pace_points[i].interval_ms,
						pace_points[i].idle_us,
						pace_points[i].elapsed_us),
				    pace_points[i].pause_ms, "line %u", i);
}

static struct kunit_case pace_cases[] = {
	KUNIT_CASE(pace_table),
	{}
};

static struct kunit_suite pace_suite = {
	.name = "xhb_pace",
	.test_cases = pace_cases,
};

kunit_test_suite(pace_suite);
