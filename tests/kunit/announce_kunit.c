// SPDX-License-Identifier: GPL-2.0
/*
 * What the host is told in xenstore.
 */
#include <linux/notifier.h>
#include <linux/workqueue.h>

#include "fake_xenbus.h"
#include "fixture.h"
#include "xhb_front.h"

/* One step, and what the host is told of it. */
static void announce_step(struct kunit *test, unsigned long target)
{
	struct fixture *f = test->priv;

	f->stats.target_pages = target;
	xhb_resize_step(&f->b);
	__flush_workqueue(system_freezable_wq);
}

static void announce_moving(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenbus.writable = true;
	xhb_announce_add(&f->b);
	KUNIT_EXPECT_EQ(test, fake_xenbus.feature, 1);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 0);

	/* More than one batch. */
	announce_step(test, f->total - 20 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 1);
	fixture_go(test, f->total - 20 * XHB_HUGE_PAGES);
	__flush_workqueue(system_freezable_wq);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 0);

	/* It has stopped at the floor, and where nobody has memory for it. */
	f->b.knobs.floor_kb = ULONG_MAX;
	announce_step(test, 0);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 0);
	f->b.knobs.floor_kb = 0;
	fake_hv.host_small = 0;
	fake_hv.host_huge = 0;
	announce_step(test, f->total);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 0);
	fake_hv.host_small = f->total;
	announce_step(test, f->total);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 1);

	/* The node goes with the module. */
	xhb_announce_remove();
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, -1);
	KUNIT_EXPECT_EQ(test, fake_xenbus.feature, 1);
}

/* The toolstack of another host has made the directory anew. */
static void announce_arrival(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenbus.writable = true;
	xhb_announce_add(&f->b);
	fake_xenbus.feature = -1;
	fake_xenbus.active = -1;
	xhb_announce_again();
	__flush_workqueue(system_freezable_wq);
	KUNIT_EXPECT_EQ(test, fake_xenbus.feature, 1);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 0);
	xhb_announce_remove();
}

/* Nobody wants to know, and nobody is told twice. */
static void announce_read_only(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_announce_add(&f->b);
	fake_xenbus.writable = true;
	announce_step(test, f->total - 20 * XHB_HUGE_PAGES);
	xhb_announce_again();
	xhb_announce_remove();
	KUNIT_EXPECT_EQ(test, fake_xenbus.writes, 0U);

	fake_xenbus.dom0 = true;
	xhb_announce_add(&f->b);
	xhb_announce_remove();
	KUNIT_EXPECT_EQ(test, fake_xenbus.writes, 0U);
}

/* The driver is built in, and there before xenstore is. */
static void announce_late(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenbus.writable = true;
	fake_xenbus.late = true;
	xhb_announce_add(&f->b);
	announce_step(test, f->total - 20 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_xenbus.writes, 0U);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake_xenbus.notifier);
	fake_xenbus.notifier->notifier_call(fake_xenbus.notifier, 0, NULL);
	__flush_workqueue(system_freezable_wq);
	KUNIT_EXPECT_EQ(test, fake_xenbus.feature, 1);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 1);
	xhb_announce_remove();
	KUNIT_EXPECT_PTR_EQ(test, fake_xenbus.notifier, NULL);
}

static int announce_init(struct kunit *test)
{
	fake_xenbus_init();
	return fixture_init(test, FAKE_OPS);
}

static struct kunit_case announce_cases[] = {
	KUNIT_CASE(announce_moving),
	KUNIT_CASE(announce_arrival),
	KUNIT_CASE(announce_read_only),
	KUNIT_CASE(announce_late),
	{}
};

static struct kunit_suite announce_suite = {
	.name = "xhb_announce",
	.init = announce_init,
	.exit = fixture_exit,
	.test_cases = announce_cases,
};

kunit_test_suite(announce_suite);
