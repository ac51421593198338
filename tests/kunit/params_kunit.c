// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: what they take, and what becomes of the knobs.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "xhb_front.h"

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
	xhb_knobs_init(b);
	return b;
}

static void params_defaults(struct kunit *test)
{
	struct xhb_balloon *b = applied(test);

	KUNIT_EXPECT_TRUE(test, b->knobs.enable_huge);
	KUNIT_EXPECT_EQ(test, b->knobs.hugepage_effort, (unsigned long)XHB_EFFORT_EVACUATE);
	KUNIT_EXPECT_EQ(test, b->knobs.floor_kb, 0UL);
	KUNIT_EXPECT_EQ(test, b->knobs.coalesce, 1UL);
	KUNIT_EXPECT_EQ(test, b->knobs.coalesce_interval_ms, 250UL);
	KUNIT_EXPECT_EQ(test, b->knobs.coalesce_batch, 4UL);
	KUNIT_EXPECT_EQ(test, b->knobs.heal, 0UL);
	KUNIT_EXPECT_EQ(test, b->knobs.heal_interval_ms, 250UL);
	expect_parameter(test, "hugepage_effort", "evacuate\n");
	expect_parameter(test, "coalesce_batch", "4\n");
}

/* A value that is refused leaves the last good one. */
static void params_limits(struct kunit *test)
{
	static const struct {
		const char *name;
		const char *text;
		int err;
		const char *after;
	} writes[] = {
		{ "coalesce", "0", 0, "0\n" },
		{ "coalesce", "2", -ERANGE, "0\n" },
		{ "coalesce", "y", -EINVAL, "0\n" },
		{ "coalesce", "1\n", 0, "1\n" },
		{ "coalesce_interval_ms", "9", -ERANGE, "250\n" },
		{ "coalesce_interval_ms", "10", 0, "10\n" },
		{ "coalesce_interval_ms", "3600000", 0, "3600000\n" },
		{ "coalesce_interval_ms", "3600001", -ERANGE, "3600000\n" },
		{ "coalesce_interval_ms", "1s", -EINVAL, "3600000\n" },
		{ "coalesce_interval_ms", "250", 0, "250\n" },
		{ "coalesce_batch", "0", -ERANGE, "4\n" },
		{ "coalesce_batch", "64", 0, "64\n" },
		{ "coalesce_batch", "65", -ERANGE, "64\n" },
		{ "coalesce_batch", "-1", -EINVAL, "64\n" },
		{ "coalesce_batch", "", -EINVAL, "64\n" },
		{ "coalesce_batch", "4", 0, "4\n" },
		{ "heal", "2", -ERANGE, "0\n" },
		{ "heal", "now", -EINVAL, "0\n" },
		{ "heal", "1", 0, "1\n" },
		{ "heal", "0", 0, "0\n" },
		{ "heal_interval_ms", "0", -ERANGE, "250\n" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		KUNIT_EXPECT_EQ_MSG(test, set(test, writes[i].name,
					      writes[i].text),
				    writes[i].err, "'%s' to %s",
				    writes[i].text, writes[i].name);
		expect_parameter(test, writes[i].name, writes[i].after);
	}
}

static void params_applied(struct kunit *test)
{
	struct xhb_balloon *b;

	KUNIT_EXPECT_EQ(test, set(test, "enable_huge", "0"), 0);
	KUNIT_EXPECT_EQ(test, set(test, "hugepage_effort", "free"), 0);
	KUNIT_EXPECT_EQ(test, set(test, "floor_kb", "12345"), 0);
	b = applied(test);
	KUNIT_EXPECT_FALSE(test, b->knobs.enable_huge);
	KUNIT_EXPECT_EQ(test, b->knobs.hugepage_effort, (unsigned long)XHB_EFFORT_FREE);
	KUNIT_EXPECT_EQ(test, b->knobs.floor_kb, 12345UL);
	expect_parameter(test, "hugepage_effort", "free\n");

	KUNIT_EXPECT_EQ(test, set(test, "hugepage_effort", "evil"), -EINVAL);
	KUNIT_EXPECT_LT(test, set(test, "floor_kb", "1M"), 0);
	expect_parameter(test, "hugepage_effort", "free\n");
	expect_parameter(test, "floor_kb", "12345\n");

	set(test, "enable_huge", "1");
	set(test, "hugepage_effort", "evacuate");
	set(test, "floor_kb", "0");
}

/* Every effort has a name, and is found by it. */
static void params_efforts(struct kunit *test)
{
	const struct xhb_knob_line *line =
		&xhb_knob_lines[XHB_KNOB_hugepage_effort];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, line->max, XHB_EFFORT_COUNT - 1UL);
	for (i = 0; i < XHB_EFFORT_COUNT; i++) {
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line->words[i]);
		KUNIT_EXPECT_EQ(test, set(test, line->name, line->words[i]), 0);
		KUNIT_EXPECT_EQ(test, applied(test)->knobs.hugepage_effort,
				(unsigned long)i);
	}
	KUNIT_EXPECT_NULL(test, line->words[i]);
	KUNIT_EXPECT_EQ(test, set(test, line->name, ""), -EINVAL);
	set(test, line->name, "evacuate");
}

/* Each knob has a parameter, and starts with its default. */
static void params_all(struct kunit *test)
{
	struct xhb_balloon *b = applied(test);
	unsigned int i;

	for (i = 0; i < XHB_KNOB_COUNT; i++) {
		const struct xhb_knob_line *line = &xhb_knob_lines[i];
		unsigned long *value = (void *)&b->knobs + line->offset;
		char text[32];

		KUNIT_EXPECT_LE(test, line->min, line->initial);
		KUNIT_EXPECT_LE(test, line->initial, line->max);
		KUNIT_EXPECT_EQ(test, *value, line->initial);
		if (line->words)
			snprintf(text, sizeof(text), "%s\n",
				 line->words[line->initial]);
		else
			snprintf(text, sizeof(text), "%lu\n",
				 line->initial);
		expect_parameter(test, line->name, text);
	}
	KUNIT_EXPECT_EQ(test, xhb_knobs_changes(b), 0UL);
}

static struct kunit_case params_cases[] = {
	KUNIT_CASE(params_defaults),
	KUNIT_CASE(params_limits),
	KUNIT_CASE(params_applied),
	KUNIT_CASE(params_efforts),
	KUNIT_CASE(params_all),
	{}
};

static struct kunit_suite params_suite = {
	.name = "xhb_params",
	.test_cases = params_cases,
};

kunit_test_suite(params_suite);
