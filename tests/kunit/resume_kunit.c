// SPDX-License-Identifier: GPL-2.0
/*
 * The domain is saved or migrated, and goes on here or elsewhere: what the kernel tells
 * each device, and what is done about it.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "device.h"
#include "fake_xenbus.h"
#include "healing.h"
#include "xhb_front.h"
#include "takeover/private.h"

#define SOME	20

static const struct dev_pm_ops *pm;

static int resume_init(struct kunit *test)
{
	struct fixture *f;
	int err = healing_init(test);

	if (err)
		return err;
	f = test->priv;
	err = xhb_resume_add(&f->b);
	if (!err)
		pm = fake_added_device->type->pm;
	fake_xenbus_init();
	return err;
}

static void resume_exit(struct kunit *test)
{
	if (test->priv)
		xhb_resume_remove();
	fake_xenbus_init();
	healing_exit(test);
}

static void sleeps(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, pm->freeze(fake_added_device), 0);
	/* No page moves from here on. */
	KUNIT_EXPECT_TRUE(test, f->b.migrate.frozen);
}

/* What has memory elsewhere though it was given away, lent pages that came back too. */
static void resume_compares(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	fixture_go(test, f->total - SOME);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, 1, &page), 0);
	xhb_foreign_put(&f->b, 1, &page);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 1UL);
	sleeps(test);
	fake_hv_revive(page);
	fake_hv_revive(list_first_entry(&f->b.queues.base.pages, struct page, lru));
	KUNIT_EXPECT_EQ(test, pm->restore(fake_added_device), 0);
	KUNIT_EXPECT_FALSE(test, f->b.migrate.frozen);
	KUNIT_EXPECT_TRUE(test, xhb_reconcile_pending(&f->b));
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 0UL);
	while (xhb_reconcile_some(&f->b))
		;
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_REVIVED), 2ULL);
	fixture_check(test);
}

/* The worker looks for it without being asked, here and elsewhere. */
static void resume_wakes_worker(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long end = jiffies + 10 * HZ;
	unsigned int i;

	fixture_go(test, f->total - SOME);
	f->b.knobs.coalesce = 0;
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - SOME);
	for (i = 0; i < 2; i++) {
		xhb_worker_start(&f->b);
		flush_workqueue(f->b.worker.wq);
		sleeps(test);
		fake_hv_revive(list_first_entry(&f->b.queues.base.pages,
						struct page, lru));
		KUNIT_EXPECT_EQ(test, i ? pm->restore(fake_added_device) :
					  pm->thaw(fake_added_device), 0);
		while (xhb_reconcile_pending(&f->b) && time_before(jiffies, end))
			usleep_range(1000, 2000);
		xhb_worker_stop(&f->b);
		KUNIT_EXPECT_FALSE(test, xhb_reconcile_pending(&f->b));
		KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_REVIVED), i + 1ULL);
		fixture_check(test);
	}
}

/* Nobody has asked while it was copied, and it is over all the same. */
static void resume_knows_of_copy(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long ends = xhb_copied_ends(&f->b);

	fake_hv.copied = true;
	sleeps(test);
	KUNIT_EXPECT_TRUE(test, xhb_was_copied(&f->b));
	fake_hv.copied = false;
	KUNIT_EXPECT_EQ(test, pm->thaw(fake_added_device), 0);
	KUNIT_EXPECT_FALSE(test, xhb_was_copied(&f->b));
	KUNIT_EXPECT_EQ(test, xhb_copied_ends(&f->b), ends + 1);
}

/* The host that it comes to knows nothing of it, and may allow what another forbade. */
static void resume_elsewhere(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenbus.writable = true;
	xhb_announce_add(&f->b);
	KUNIT_EXPECT_EQ(test, fake_xenbus.feature, 1);
	f->b.xen.extents_2m = XHB_ANSWER_REFUSED;
	sleeps(test);
	KUNIT_EXPECT_EQ(test, pm->thaw(fake_added_device), 0);
	KUNIT_EXPECT_EQ(test, (int)f->b.xen.extents_2m, (int)XHB_ANSWER_REFUSED);
	KUNIT_EXPECT_FALSE(test, xhb_heal_task.wanted(&f->b));

	sleeps(test);
	fake_xenbus.feature = -1;
	fake_xenbus.active = -1;
	KUNIT_EXPECT_EQ(test, pm->restore(fake_added_device), 0);
	KUNIT_EXPECT_EQ(test, (int)f->b.xen.extents_2m, (int)XHB_ANSWER_NONE);
	KUNIT_EXPECT_TRUE(test, xhb_heal_task.wanted(&f->b));
	__flush_workqueue(system_freezable_wq);
	KUNIT_EXPECT_EQ(test, fake_xenbus.feature, 1);
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, 0);
	xhb_announce_remove();
	KUNIT_EXPECT_EQ(test, fake_xenbus.active, -1);
}

static struct kunit_case resume_cases[] = {
	KUNIT_CASE(resume_compares),
	KUNIT_CASE(resume_wakes_worker),
	KUNIT_CASE(resume_knows_of_copy),
	KUNIT_CASE(resume_elsewhere),
	{}
};

static struct kunit_suite resume_suite = {
	.name = "xhb_resume",
	.init = resume_init,
	.exit = resume_exit,
	.test_cases = resume_cases,
};

kunit_test_suite(resume_suite);
