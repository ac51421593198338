// SPDX-License-Identifier: GPL-2.0
/*
 * What differs between kernels, on the kernel that this runs on.
 */
#include <linux/mm.h>

#include "fixture.h"
#include "xhb_compat.h"

static void compat_offline(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	xhb_compat_set_offline(page, 2);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test, PageOffline(page + i));
	/* Doing it again does nothing. */
	xhb_compat_set_offline(page, 1);
	xhb_compat_clear_offline(page, 2);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, PageOffline(page + i));
	xhb_compat_clear_offline(page, 1);
	__free_pages(page, 2);
}

static struct kunit_case compat_cases[] = {
	KUNIT_CASE(compat_offline),
	{}
};

static struct kunit_suite compat_suite = {
	.name = "xhb_compat",
	.test_cases = compat_cases,
};

kunit_test_suite(compat_suite);
