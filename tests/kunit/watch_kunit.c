// SPDX-License-Identifier: GPL-2.0
/*
 * Following the host's target where the kernel has no front end that does.
 */
#include <linux/notifier.h>
#include <linux/string.h>
#include <xen/xenbus.h>

#include "fake_xenbus.h"
#include "fixture.h"
#include "xhb_front.h"

/* 4K pages that the host counts and a translated guest does not see. */
#define UNSEEN	300UL
#define LESS	1000UL

static char target[24], static_max[24];

static void fire(void)
{
	fake_xenbus.watch->callback(fake_xenbus.watch, "", "");
}

static void set_target(unsigned long pages)
{
	snprintf(target, sizeof(target), "%lu", xhb_pages_to_kb(pages));
	fake_xenstore_target = target;
}

static int watch_init(struct kunit *test)
{
	int err = fixture_init(test, FAKE_HVM);
	struct fixture *f = test->priv;

	if (err)
		return err;
	fake_xenbus_init();
	set_target(f->total + UNSEEN - LESS);
	snprintf(static_max, sizeof(static_max), "%lu",
		 xhb_pages_to_kb(f->total + UNSEEN));
	fake_xenstore_static_max = static_max;
	return 0;
}

static void watch_exit(struct kunit *test)
{
	fake_xenstore_target = NULL;
	fake_xenstore_static_max = NULL;
	fake_xenbus_init();
	fixture_exit(test);
}

static void watch_follows(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_watch_add(&f->b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - LESS);
	/* Memory that is added meanwhile changes nothing in what is not seen. */
	f->stats.total_pages += 10 * LESS;
	set_target(f->total + UNSEEN - 1);
	fire();
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - 1);
	f->stats.total_pages -= 10 * LESS;
	/* Less than what is not seen. */
	set_target(UNSEEN - 1);
	fire();
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, 0UL);
	xhb_watch_remove();
	KUNIT_EXPECT_PTR_EQ(test, fake_xenbus.watch, NULL);
	KUNIT_EXPECT_PTR_EQ(test, fake_xenbus.notifier, NULL);
}

static void watch_ignores(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenstore_target = NULL;
	xhb_watch_add(&f->b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
	fake_xenstore_target = "12garbage";
	fire();
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
	set_target(f->total + UNSEEN - LESS);
	fire();
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - LESS);
	xhb_watch_remove();
}

/* Where the host's maximum is not known, or nothing is unseen. */
static void watch_no_difference(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenstore_static_max = NULL;
	set_target(f->total - LESS);
	xhb_watch_add(&f->b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - LESS);
	xhb_watch_remove();

	fake_xenstore_static_max = static_max;
	fake_xenbus.dom0 = true;
	set_target(f->total - 2 * LESS);
	xhb_watch_add(&f->b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - 2 * LESS);
	xhb_watch_remove();
}

/* In dom0 xenstore comes when it comes. */
static void watch_late(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenbus.late = true;
	xhb_watch_add(&f->b);
	KUNIT_EXPECT_PTR_EQ(test, fake_xenbus.watch, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake_xenbus.notifier);
	fake_xenbus.notifier->notifier_call(fake_xenbus.notifier, 0, NULL);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - LESS);
	xhb_watch_remove();

	/* Or not before the module goes. */
	xhb_watch_add(&f->b);
	xhb_watch_remove();
	KUNIT_EXPECT_PTR_EQ(test, fake_xenbus.notifier, NULL);
}

static void watch_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenbus.refuses = true;
	xhb_watch_add(&f->b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
	xhb_watch_remove();
	KUNIT_EXPECT_PTR_EQ(test, fake_hv_violation(), NULL);
}

static struct kunit_case watch_cases[] = {
	KUNIT_CASE(watch_follows),
	KUNIT_CASE(watch_ignores),
	KUNIT_CASE(watch_no_difference),
	KUNIT_CASE(watch_late),
	KUNIT_CASE(watch_refused),
	{}
};

static struct kunit_suite watch_suite = {
	.name = "xhb_watch",
	.init = watch_init,
	.exit = watch_exit,
	.test_cases = watch_cases,
};

kunit_test_suite(watch_suite);
