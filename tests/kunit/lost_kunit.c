// SPDX-License-Identifier: GPL-2.0
/*
 * A translated domain whose pool for p2m tables is used up. What Xen does half-way
 * then, no page of the guest may be without memory for, and all is counted.
 */
#include <linux/mm.h>

#include "migrating.h"

/*
 * Base pages in blocks of which Xen has nothing left, as after a migration; and
 * no table to enter anything there.
 */
static void no_tables(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	KUNIT_ASSERT_EQ(test, b->queues.huge_count, 1UL);
	fake_hv_restored();
	mutex_lock(&b->lock);
	xhb_split_one(b);
	mutex_unlock(&b->lock);
	fake_hv.p2m_tables = 0;
}

/* One page more is Xen's to count than the guest has. */
static void expect_lost(struct kunit *test, unsigned long lost)
{
	struct fixture *f = test->priv;

	fixture_check(test);
	KUNIT_EXPECT_EQ(test, xhb_lost_pages(&f->b), lost);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages,
			f->tot_pages - fake_hv_gone_pages() + lost);
}

/* The page that is to be the kernel's again gets other memory. */
static void lost_move(struct kunit *test)
{
	struct fixture *f = test->priv;

	no_tables(test);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	expect_lost(test, 1);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), XHB_HUGE_PAGES + 1);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages,
			f->total - XHB_HUGE_PAGES);
}

/* Also where Xen has none to give. */
static void lost_move_without_memory(struct kunit *test)
{
	no_tables(test);
	fake_hv.max_pages = fake_hv.tot_pages;
	fake_hv.host_small = 0;
	fake_hv.host_huge = 0;
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	expect_lost(test, 1);
	/* Whatever compaction wants, not one page more. */
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	expect_lost(test, 1);
}

/* After a while it is tried again, and less often when that fails, too. */
static void lost_move_pauses(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long first;

	no_tables(test);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	first = b->migrate.resume_at - jiffies;
	b->migrate.resume_at = jiffies;
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	expect_lost(test, 2);
	KUNIT_EXPECT_GT(test, b->migrate.resume_at - jiffies, first);

	fake_hv.p2m_tables = 1;
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	b->migrate.resume_at = jiffies;
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	expect_lost(test, 2);
}

/* Nothing to fall back on, and none to be had: nothing moves. */
static void lost_move_not_without_reserve(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	no_tables(test);
	fake_free_pages(b->migrate.reserve, 0);
	b->migrate.reserve = NULL;
	fake_hv.error = -ENOMEM;
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	fake_hv.error = 0;
	expect_lost(test, 0);
	KUNIT_EXPECT_PTR_EQ(test, b->migrate.reserve, NULL);
	/* The kernel has a page to spare, and Xen takes it and gives it back. */
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	expect_lost(test, 1);
}

/* Xen takes what was to be the reserve, and does not give it back: nothing moves. */
static void lost_no_anchor(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - 5);
	fake_free_pages(b->migrate.reserve, 0);
	b->migrate.reserve = NULL;
	/* The kernel's page, Xen takes it, Xen gives it back. */
	fault_arm(3, 3, 0);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	fault_disarm();
	KUNIT_EXPECT_PTR_EQ(test, b->migrate.reserve, NULL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, 6UL);
	expect_lost(test, 0);

	/* Nobody waits for the lock, nor keeps the page that was taken for that. */
	mutex_lock(&b->lock);
	KUNIT_EXPECT_EQ(test, xhb_migratepage(&b->queues.base, NULL,
					      list_first_entry(&b->queues.base.pages,
							       struct page, lru),
					      MIGRATE_ASYNC), -EAGAIN);
	mutex_unlock(&b->lock);
	expect_lost(test, 0);
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b->migrate.reserve);
	KUNIT_EXPECT_TRUE(test, fake_hv_usable(b->migrate.reserve));
	KUNIT_EXPECT_FALSE(test, PageOffline(b->migrate.reserve));
	expect_lost(test, 0);
}

/* A page that leaves a 2M entry needs a table before it is gone. */
static void lost_nothing_from_whole_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[1];

	fake_hv.p2m_tables = 0;
	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, pages, 1), 1U);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, fixture_release(f, pages, 1, XHB_HUGE_ORDER), 0UL);
	mutex_unlock(&f->b.lock);
	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, pages, 1), 1U);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, xhb_renew(&f->b, pages[0]), -EBUSY);
	mutex_unlock(&f->b.lock);
	expect_lost(test, 0);
}

/* Xen takes memory for a page before it finds that it cannot enter it. */
static void lost_populate(struct kunit *test)
{
	struct fixture *f = test->priv;

	no_tables(test);
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total - 500),
			XHB_STEP_STUCK);
	expect_lost(test, 1);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), XHB_HUGE_PAGES);
	fake_hv.p2m_tables = 1;
	fixture_go(test, f->total - 500);
	expect_lost(test, 1);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 501UL);
}

/* What Xen gives as 2M needs no table. */
static void lost_nothing_in_2m(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	fake_hv_restored();
	fake_hv.p2m_tables = 0;
	fixture_go(test, f->total);
	expect_lost(test, 0);
}

/* The host has no 2M page for a block without a table. */
static void lost_renew(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	fake_hv_restored();
	fake_hv.p2m_tables = 0;
	fake_hv.host_huge = 0;
	fake_hv.host_small = 2000;
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total), XHB_STEP_STUCK);
	/* Eight pages that were asked for at once, and one. */
	expect_lost(test, 9);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
}

/* The two pages with which the way to move is found out. */
static void lost_probe(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.loses = true;
	/* Two pages, two calls for one of them, and then the move. */
	fault_arm(4, 4, 0);
	xhb_probe_method(&f->b);
	fault_disarm();
	expect_lost(test, 1);
	KUNIT_EXPECT_EQ(test, (int)f->b.xen.method, (int)XHB_METHOD_GMFN_MOVE);
	KUNIT_EXPECT_LE(test, fake_hv_gone_pages(), 1UL);
}

/* What Xen has lost stays behind when the domain moves to another host. */
static void lost_stays_behind(struct kunit *test)
{
	struct fixture *f = test->priv;

	no_tables(test);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	expect_lost(test, 1);
	/* Called off. */
	xhb_reconcile_note(&f->b);
	xhb_reconcile_look(&f->b);
	expect_lost(test, 1);

	xhb_reconcile_note(&f->b);
	fake_hv.tot_pages--;
	xhb_reconcile_look(&f->b);
	expect_lost(test, 0);
}

static struct kunit_case lost_cases[] = {
	KUNIT_CASE(lost_move),
	KUNIT_CASE(lost_move_without_memory),
	KUNIT_CASE(lost_move_pauses),
	KUNIT_CASE(lost_move_not_without_reserve),
	KUNIT_CASE(lost_no_anchor),
	KUNIT_CASE(lost_nothing_from_whole_block),
	KUNIT_CASE(lost_populate),
	KUNIT_CASE(lost_nothing_in_2m),
	KUNIT_CASE(lost_renew),
	KUNIT_CASE(lost_probe),
	KUNIT_CASE(lost_stays_behind),
	{}
};

static struct kunit_suite lost_suite = {
	.name = "xhb_lost",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = lost_cases,
};

kunit_test_suite(lost_suite);
