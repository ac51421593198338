// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: what they take, and what becomes of the knobs.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "xhb_takeover.h"

/* A parameter of this module, which has the driver's in it. */
static const struct kernel_param *find_param(struct kunit *test,
					     const char *name)
{
	unsigned int i;

	for (i = 0; i < THIS_MODULE->num_kp; i++) {
		if (!strcmp(THIS_MODULE->kp[i].name, name))
			return &THIS_MODULE->kp[i];
	}
	KUNIT_FAIL(test, "no parameter %s", name);
	return NULL;
}

static void expect_parameter(struct kunit *test, const char *name,
			     const char *text)
{
	const struct kernel_param *kp = find_param(test, name);
	char *buf = (char *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kp);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, kp->ops->get(buf, kp), (int)strlen(text));
	KUNIT_EXPECT_STREQ(test, buf, text);
	free_page((unsigned long)buf);
}

static int set(struct kunit *test, const char *name, const char *text)
{
	const struct kernel_param *kp = find_param(test, name);

	return kp ? kp->ops->set(text, kp) : -ENOENT;
}

static struct xhb_balloon *applied(struct kunit *test)
{
	struct xhb_balloon *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	xhb_params_apply(b);
	return b;
}

static void params_defaults(struct kunit *test)
{
	struct xhb_balloon *b = applied(test);

	KUNIT_EXPECT_TRUE(test, b->enable_huge);
	KUNIT_EXPECT_EQ(test, b->effort, (unsigned int)XHB_EFFORT_COMPACT);
	KUNIT_EXPECT_EQ(test, b->floor_kb, 0UL);
	expect_parameter(test, "hugepage_effort", "compact\n");
}

static void params_applied(struct kunit *test)
{
	struct xhb_balloon *b;

	KUNIT_EXPECT_EQ(test, set(test, "enable_huge", "0"), 0);
	KUNIT_EXPECT_EQ(test, set(test, "hugepage_effort", "free"), 0);
	KUNIT_EXPECT_EQ(test, set(test, "floor_kb", "12345"), 0);
	b = applied(test);
	KUNIT_EXPECT_FALSE(test, b->enable_huge);
	KUNIT_EXPECT_EQ(test, b->effort, (unsigned int)XHB_EFFORT_FREE);
	KUNIT_EXPECT_EQ(test, b->floor_kb, 12345UL);
	expect_parameter(test, "hugepage_effort", "free\n");

	KUNIT_EXPECT_EQ(test, set(test, "hugepage_effort", "evil"), -EINVAL);
	KUNIT_EXPECT_LT(test, set(test, "floor_kb", "1M"), 0);
	expect_parameter(test, "hugepage_effort", "free\n");
	expect_parameter(test, "floor_kb", "12345\n");

	set(test, "enable_huge", "1");
	set(test, "hugepage_effort", "compact");
	set(test, "floor_kb", "0");
}

/* Every effort has a name, and is found by it. */
static void params_efforts(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < XHB_EFFORT_COUNT; i++) {
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xhb_effort_names[i]);
		KUNIT_EXPECT_EQ(test, xhb_effort_parse(xhb_effort_names[i]),
				(int)i);
	}
	KUNIT_EXPECT_EQ(test, xhb_effort_parse(""), -EINVAL);
}

static struct kunit_case params_cases[] = {
	KUNIT_CASE(params_defaults),
	KUNIT_CASE(params_applied),
	KUNIT_CASE(params_efforts),
	{}
};

static struct kunit_suite params_suite = {
	.name = "xhb_params",
	.test_cases = params_cases,
};

kunit_test_suite(params_suite);
