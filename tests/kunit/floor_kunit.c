// SPDX-License-Identifier: GPL-2.0
/*
 * The floor: how much inflation leaves to the guest, and what is spare.
 */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "options.h"
#include "xhb_pure.h"

#define MB_PAGES(mb) ((unsigned long)(mb) << (20 - PAGE_SHIFT))

static const struct {
	unsigned long guest_pages;
	unsigned long floor_pages;
} floor_points[] = {
	{ 0, MB_PAGES(16) },
	{ 7, MB_PAGES(16) },
	{ 8, MB_PAGES(16) + 1 },
	{ MB_PAGES(64), MB_PAGES(24) },
	{ MB_PAGES(128) - 1, MB_PAGES(32) - 1 },
	{ MB_PAGES(128), MB_PAGES(32) },
	{ MB_PAGES(512) - 1, MB_PAGES(56) - 1 },
	{ MB_PAGES(512), MB_PAGES(56) },
	{ MB_PAGES(1024), MB_PAGES(72) },
	{ MB_PAGES(2048) - 1, MB_PAGES(104) - 1 },
	{ MB_PAGES(2048), MB_PAGES(104) },
	{ MB_PAGES(8192) - 1, MB_PAGES(200) - 1 },
	{ MB_PAGES(8192), MB_PAGES(200) },
	{ MB_PAGES(65536), MB_PAGES(648) },
	{ ULONG_MAX, MB_PAGES(200) + (ULONG_MAX - MB_PAGES(8192)) / 128 },
};

static void floor_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(floor_points); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    xhb_floor_pages(floor_points[i].guest_pages),
				    floor_points[i].floor_pages,
				    "for %lu pages", floor_points[i].guest_pages);
}

static const struct {
	long available_pages;
	unsigned long floor_pages;
	unsigned long spare_pages;
} spare_points[] = {
	{ 0, 0, 0 },
	{ 1, 0, 1 },
	{ -1, 0, 0 },
	{ LONG_MIN, 0, 0 },
	{ LONG_MIN, ULONG_MAX, 0 },
	{ 99, 100, 0 },
	{ 100, 100, 0 },
	{ 101, 100, 1 },
	{ -1, 100, 0 },
	{ LONG_MAX, 0, LONG_MAX },
	{ LONG_MAX, LONG_MAX, 0 },
	{ LONG_MAX, (unsigned long)LONG_MAX - 1, 1 },
	{ LONG_MAX, ULONG_MAX, 0 },
};

static void spare_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spare_points); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    xhb_spare_pages(spare_points[i].available_pages,
						    spare_points[i].floor_pages),
				    spare_points[i].spare_pages,
				    "for %ld available, floor %lu",
				    spare_points[i].available_pages,
				    spare_points[i].floor_pages);
}

/* Grows with the guest, but slower, and without jumps. */
static void floor_property(struct kunit *test)
{
	struct rnd_state random;
	unsigned int i;

	options_random(test, &random);
	for (i = 0; i < 10000; i++) {
		unsigned long pages = prandom_u32_state(&random) >>
				      prandom_u32_state(&random) % 32;
		unsigned long more = prandom_u32_state(&random) % 100000;
		unsigned long low = xhb_floor_pages(pages);
		unsigned long high = xhb_floor_pages(pages + more);

		KUNIT_ASSERT_GE_MSG(test, low, MB_PAGES(16), "for %lu", pages);
		KUNIT_ASSERT_GE_MSG(test, high, low, "for %lu", pages);
		KUNIT_ASSERT_LE_MSG(test, high - low, more / 8 + 1, "for %lu",
				    pages);
	}
}

/* What is spare and the floor together are what is available. */
static void spare_property(struct kunit *test)
{
	struct rnd_state random;
	unsigned int i;

	options_random(test, &random);
	for (i = 0; i < 10000; i++) {
		long available = (s32)prandom_u32_state(&random);
		unsigned long floor = prandom_u32_state(&random) >>
				      prandom_u32_state(&random) % 32;
		unsigned long spare = xhb_spare_pages(available, floor);

		if (spare)
			KUNIT_ASSERT_EQ(test, (long)(spare + floor), available);
		else
			KUNIT_ASSERT_LE(test, available, (long)floor);
	}
}

static struct kunit_case floor_cases[] = {
	KUNIT_CASE(floor_table),
	KUNIT_CASE(spare_table),
	KUNIT_CASE(floor_property),
	KUNIT_CASE(spare_property),
	{}
};

static struct kunit_suite floor_suite = {
	.name = "xhb_floor",
	.test_cases = floor_cases,
};

kunit_test_suite(floor_suite);
