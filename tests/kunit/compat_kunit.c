// SPDX-License-Identifier: GPL-2.0
/*
 * What differs between kernels, on the kernel that this runs on.
 */
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <xen/balloon.h>

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

/* Functions are found where the symbol table has them. */
static void compat_symbol(struct kunit *test)
{
	unsigned long addr = xhb_compat_symbol("balloon_thread");
	char name[KSYM_SYMBOL_LEN];

	KUNIT_ASSERT_NE(test, addr, 0UL);
	sprint_symbol(name, addr);
	KUNIT_EXPECT_PTR_EQ(test, strstr(name, "balloon_thread+0x0"),
			    (char *)name);
	KUNIT_EXPECT_EQ(test, xhb_compat_symbol("balloon_set_new_target"),
			(unsigned long)balloon_set_new_target);
	KUNIT_EXPECT_EQ(test, xhb_compat_symbol("xhb_no_such_function"), 0UL);
}

static struct kunit_case compat_cases[] = {
	KUNIT_CASE(compat_offline),
	KUNIT_CASE(compat_symbol),
	{}
};

static struct kunit_suite compat_suite = {
	.name = "xhb_compat",
	.test_cases = compat_cases,
};

kunit_test_suite(compat_suite);
