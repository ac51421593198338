// SPDX-License-Identifier: GPL-2.0
/*
 * Knobs: what follows from a write, and who is told.
 */
#include <linux/device.h>
#include <linux/workqueue.h>

#include "fixture.h"
#include "xhb_front.h"

static struct xhb_xen_ops ops;
static unsigned int looks;
static char *text;

static bool count_look(struct xhb_balloon *b)
{
	looks++;
	return false;
}

static unsigned long no_news(struct xhb_balloon *b)
{
	return 0;
}

/* Counts how often the worker looks for something to do. */
static const struct xhb_task counting_task = {
	.name = "counting",
	.wanted = count_look,
	.news = no_news,
};

static const struct xhb_task * const tasks[] = { &counting_task };

static int knobs_init(struct kunit *test)
{
	int err = fixture_init(test, FAKE_OPS);
	struct fixture *f = test->priv;

	if (err)
		return err;
	text = (char *)get_zeroed_page(GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	ops = fake_hv_ops;
	f->b.xen.ops = &ops;
	xhb_knobs_init(&f->b);
	f->b.worker.tasks = tasks;
	f->b.worker.count = ARRAY_SIZE(tasks);
	xhb_policy_start(&f->b);
	return 0;
}

static void knobs_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (f && text)
		xhb_policy_stop(&f->b);
	free_page((unsigned long)text);
	text = NULL;
	fixture_exit(test);
}

/* Writes, and waits for all that was told of it. */
static int write(struct kunit *test, enum xhb_knob_id id, const char *what)
{
	struct fixture *f = test->priv;
	int err;

	flush_workqueue(f->b.worker.wq);
	looks = 0;
	err = xhb_knob_write(&f->b, id, what);
	flush_workqueue(f->b.worker.wq);
	return err;
}

/* Whichever knob it is. */
static void knobs_wake_worker(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < XHB_KNOB_COUNT; i++) {
		xhb_knob_show(&f->b, i, text);
		KUNIT_EXPECT_EQ(test, write(test, i, text), 0);
		KUNIT_EXPECT_GE_MSG(test, looks, 1U, "%s",
				    xhb_knob_lines[i].name);
		KUNIT_EXPECT_EQ(test, xhb_knobs_changes(&f->b), i + 1UL);

		KUNIT_EXPECT_EQ(test, write(test, i, "x"), -EINVAL);
		KUNIT_EXPECT_EQ(test, looks, 0U);
		KUNIT_EXPECT_EQ(test, xhb_knobs_changes(&f->b), i + 1UL);
	}
}

/* A command is for who carries it out, and changes no value. */
static void knobs_command(struct kunit *test)
{
	struct fixture *f = test->priv;

	ops.superpages = false;
	KUNIT_EXPECT_EQ(test, write(test, XHB_KNOB_heal, "now"), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, looks, 0U);
	KUNIT_EXPECT_EQ(test, xhb_knobs_changes(&f->b), 0UL);

	ops.superpages = true;
	KUNIT_EXPECT_EQ(test, write(test, XHB_KNOB_heal, "now\n"), 0);
	KUNIT_EXPECT_GE(test, looks, 1U);
	KUNIT_EXPECT_EQ(test, xhb_knobs_changes(&f->b), 1UL);
	KUNIT_EXPECT_TRUE(test, f->b.heal.now);
	KUNIT_EXPECT_EQ(test, xhb_knob(&f->b, heal), 0UL);

	KUNIT_EXPECT_EQ(test, write(test, XHB_KNOB_coalesce, "now"), -EINVAL);
	KUNIT_EXPECT_EQ(test, write(test, XHB_KNOB_heal, "1"), 0);
	KUNIT_EXPECT_TRUE(test, f->b.heal.now);
	KUNIT_EXPECT_EQ(test, write(test, XHB_KNOB_heal, "0"), 0);
	KUNIT_EXPECT_FALSE(test, f->b.heal.now);
}

/* Parameters are accepted before anybody knows what kind of guest this is. */
static void knobs_checked(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_knobs before;

	ops.superpages = true;
	f->b.knobs.heal = 1;
	f->b.knobs.coalesce = 0;
	before = f->b.knobs;
	xhb_knobs_check(&f->b);
	KUNIT_EXPECT_EQ(test, memcmp(&f->b.knobs, &before, sizeof(before)), 0);

	ops.superpages = false;
	xhb_knobs_check(&f->b);
	KUNIT_EXPECT_EQ(test, f->b.knobs.heal, 0UL);
	f->b.knobs.heal = 1;
	KUNIT_EXPECT_EQ(test, memcmp(&f->b.knobs, &before, sizeof(before)), 0);
}

static struct kunit_case knobs_cases[] = {
	KUNIT_CASE(knobs_wake_worker),
	KUNIT_CASE(knobs_command),
	KUNIT_CASE(knobs_checked),
	{}
};

static struct kunit_suite knobs_suite = {
	.name = "xhb_knobs",
	.init = knobs_init,
	.exit = knobs_exit,
	.test_cases = knobs_cases,
};

kunit_test_suite(knobs_suite);
