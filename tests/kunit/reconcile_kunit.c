// SPDX-License-Identifier: GPL-2.0
/*
 * After a migration: pages of the balloon that have memory all the same go to Xen
 * once more, before anything else moves.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/mm.h>

#include "healing.h"

#define SOME	20

/* A balloon of two 2M pages and some of 4K. */
static void sleeps(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES - SOME);
	xhb_reconcile_note(&f->b);
}

static void wakes(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_migrate_freeze(&f->b, true);
	xhb_reconcile_look(&f->b);
	xhb_migrate_freeze(&f->b, false);
}

static void finds_all(struct kunit *test, unsigned long revived)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_TRUE(test, xhb_reconcile_pending(&f->b));
	while (xhb_reconcile_some(&f->b))
		;
	KUNIT_EXPECT_FALSE(test, xhb_reconcile_pending(&f->b));
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_REVIVED), (u64)revived);
	fixture_check(test);
}

static struct page *first_huge(struct fixture *f)
{
	return list_first_entry(f->b.queues.huge, struct page, lru);
}

static struct page *some_base(struct fixture *f)
{
	return list_first_entry(&f->b.queues.base.pages, struct page, lru);
}

/* Nothing has happened to it: one question, and all goes on. */
static void reconcile_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 calls;

	/* Woken up without having been told of sleep. */
	wakes(test);
	KUNIT_EXPECT_FALSE(test, xhb_reconcile_pending(&f->b));
	sleeps(test);
	calls = f->b.xen.hypercalls;
	wakes(test);
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, calls + 1);
	KUNIT_EXPECT_FALSE(test, xhb_reconcile_pending(&f->b));
	KUNIT_EXPECT_FALSE(test, xhb_reconcile_some(&f->b));
}

/* Lost pages cannot be found. */
static void reconcile_lost(struct kunit *test)
{
	struct fixture *f = test->priv;

	sleeps(test);
	fake_hv.tot_pages -= SOME;
	wakes(test);
	KUNIT_EXPECT_FALSE(test, xhb_reconcile_pending(&f->b));
	fake_hv.tot_pages += SOME;
}

/* Whole blocks, parts of one, base pages, one of which compaction has. */
static void reconcile_revived(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page, *other;
	unsigned long i;

	sleeps(test);
	page = first_huge(f);
	other = list_next_entry(page, lru);
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		fake_hv_revive(page + i);
	fake_hv_revive(other + 1);
	fake_hv_revive(other + XHB_HUGE_PAGES - 1);
	list_for_each_entry(page, &f->b.queues.base.pages, lru)
		fake_hv_revive(page);
	wakes(test);
	finds_all(test, XHB_HUGE_PAGES + 2 + SOME);

	/* And again, when all is found before the end. */
	sleeps(test);
	page = first_huge(f);
	fake_hv_revive(page);
	wakes(test);
	finds_all(test, XHB_HUGE_PAGES + 2 + SOME + 1);
}

/* It sleeps again before all is found. */
static void reconcile_sleeps_again(struct kunit *test)
{
	struct fixture *f = test->priv;

	sleeps(test);
	fake_hv_revive(some_base(f));
	wakes(test);
	xhb_reconcile_note(&f->b);
	fake_hv_revive(first_huge(f) + 5);
	wakes(test);
	finds_all(test, 2);
}

/* Populating or moving to a page that has memory would lose that. */
static void reconcile_comes_first(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page, *to = alloc_page(GFP_KERNEL);
	unsigned long i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, to);
	sleeps(test);
	page = first_huge(f);
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		fake_hv_revive(page + i);
	fake_hv_revive(some_base(f));
	wakes(test);
	KUNIT_EXPECT_EQ(test, xhb_migratepage(&b->queues.base, to, some_base(f),
					      MIGRATE_SYNC), -EAGAIN);
	__free_page(to);

	xhb_policy_start(b);
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total);
	for (i = 0; i < 1000 && !xhb_at_target(b); i++)
		usleep_range(2000, 5000);
	xhb_policy_stop(b);
	KUNIT_EXPECT_TRUE(test, xhb_at_target(b));
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_REVIVED),
			(u64)XHB_HUGE_PAGES + 1);
	fixture_check(test);
}

/* So does whoever takes pages without asking the worker. */
static void reconcile_before_foreign(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *lent[2], *page;

	KUNIT_ASSERT_EQ(test, xhb_foreign_get(b, 1, lent), 0);
	sleeps(test);
	list_for_each_entry(page, &b->queues.base.pages, lru)
		fake_hv_revive(page);
	/* Nobody may touch what is lent: it is looked at when it comes back. */
	fake_hv_revive(lent[0]);
	wakes(test);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(b, 1, lent + 1), 0);
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(lent[1]));
	KUNIT_EXPECT_FALSE(test, fake_hv_gone(lent[0]));
	xhb_foreign_put(b, 2, lent);
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(lent[0]));
	fixture_check(test);
}

/* Xen does not take all of it: others may go on, but it is not forgotten. */
static void reconcile_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	sleeps(test);
	page = first_huge(f);
	fake_hv_revive(page);
	fake_hv.stuck_pfn = page_to_pfn(page);
	wakes(test);
	while (xhb_reconcile_some(&f->b))
		;
	KUNIT_EXPECT_FALSE(test, xhb_reconcile_pending(&f->b));
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_REVIVED), 0ULL);

	fake_hv.stuck_pfn = 0;
	xhb_reconcile_note(&f->b);
	wakes(test);
	finds_all(test, 1);
}

/* The built-in driver would populate them. */
static void reconcile_before_unload(struct kunit *test)
{
	struct fixture *f = test->priv;

	sleeps(test);
	fake_hv_revive(some_base(f));
	wakes(test);
	xhb_policy_stop(&f->b);
	KUNIT_EXPECT_FALSE(test, xhb_reconcile_pending(&f->b));
	fixture_check(test);
}

static struct kunit_case reconcile_cases[] = {
	KUNIT_CASE(reconcile_nothing),
	KUNIT_CASE(reconcile_lost),
	KUNIT_CASE(reconcile_revived),
	KUNIT_CASE(reconcile_sleeps_again),
	KUNIT_CASE(reconcile_comes_first),
	KUNIT_CASE(reconcile_before_foreign),
	KUNIT_CASE(reconcile_refused),
	KUNIT_CASE(reconcile_before_unload),
	{}
};

static struct kunit_suite reconcile_suite = {
	.name = "xhb_reconcile",
	.init = healing_init,
	.exit = healing_exit,
	.test_cases = reconcile_cases,
};

kunit_test_suite(reconcile_suite);
