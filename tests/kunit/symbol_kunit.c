// SPDX-License-Identifier: GPL-2.0
/*
 * Finding functions of the kernel that are not exported.
 */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/string.h>
#include <xen/balloon.h>

#include "takeover/private.h"

/* Functions are found where the symbol table has them. */
static void symbol_address(struct kunit *test)
{
	unsigned long addr = xhb_symbol("balloon_thread");
	char name[KSYM_SYMBOL_LEN];

	KUNIT_ASSERT_NE(test, addr, 0UL);
	sprint_symbol(name, addr);
	KUNIT_EXPECT_PTR_EQ(test, strstr(name, "balloon_thread+0x0"),
			    (char *)name);
	KUNIT_EXPECT_EQ(test, xhb_symbol("balloon_set_new_target"),
			(unsigned long)balloon_set_new_target);
	KUNIT_EXPECT_EQ(test, xhb_symbol("xhb_no_such_function"), 0UL);
}

static struct kunit_case symbol_cases[] = {
	KUNIT_CASE(symbol_address),
	{}
};

static struct kunit_suite symbol_suite = {
	.name = "xhb_symbol",
	.test_cases = symbol_cases,
};

kunit_test_suite(symbol_suite);
