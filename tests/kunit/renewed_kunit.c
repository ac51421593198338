// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks that are healed and coalesced, and of which Xen keeps a part: another domain has
 * references to it, or frames without memory need it.
 */
#include <linux/mm.h>

#include "healing.h"
#include "scattered.h"

#define EVERY	64
#define KEPT	(XHB_HUGE_PAGES / EVERY)

/* As much as Xen has kept is in the balloon, and comes once there is more. */
static void comes_back(struct kunit *test, unsigned long target)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target - KEPT);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, target), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target - KEPT);

	fake_hv.grant_every = 0;
	fake_shared_let_go();
	fake_hv.max_pages = f->tot_pages;
	fixture_go(test, target);
	fixture_check(test);
}

static void heal_in_part(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0);

	KUNIT_EXPECT_EQ(test, heal(f, block_of(page)), -EAGAIN);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, KEPT);
	expect_backing(test, page, XHB_BACKING_4K);
	comes_back(test, f->total);
}

static void renewed_granted(struct kunit *test)
{
	fake_hv.grant_every = EVERY;
	heal_in_part(test);
}

static void renewed_pod(struct kunit *test)
{
	fake_pod_start(2 * XHB_HUGE_PAGES, 2 * XHB_HUGE_PAGES - KEPT);
	heal_in_part(test);
}

/* What is scattered becomes one block, and some more of it stays scattered. */
static void renewed_coalesced(struct kunit *test)
{
	unsigned long scattered = XHB_HUGE_PAGES + 20;
	struct fixture *f = test->priv;

	scattered_inflate(test, scattered);
	fake_hv.max_pages = fake_hv.tot_pages;
	fake_hv.grant_every = EVERY;
	/* Emptying one of its blocks may fill another one, which needs no Xen then. */
	fake_guest.contig_left = 0;
	fixture_step(f, xhb_coalesce_step);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 20 + KEPT);
	comes_back(test, f->total - scattered);
}

/* The page that moves fall back on is part of the balloon instead. */
static void renewed_anchor(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;
	bool still;

	KUNIT_ASSERT_EQ(test, fixture_alloc_base(f, &page, 1), 1U);
	fake_shared_grant(page);
	mutex_lock(&f->b.lock);
	still = xhb_anchor(&f->b, page);
	mutex_unlock(&f->b.lock);
	KUNIT_EXPECT_FALSE(test, still);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 1UL);
	fixture_check(test);
	fake_shared_let_go();
	fixture_go(test, f->total);
}

static struct kunit_case renewed_cases[] = {
	KUNIT_CASE(renewed_granted),
	KUNIT_CASE(renewed_pod),
	KUNIT_CASE(renewed_coalesced),
	KUNIT_CASE(renewed_anchor),
	{}
};

static struct kunit_suite renewed_suite = {
	.name = "xhb_renewed",
	.init = healing_init,
	.exit = healing_exit,
	.test_cases = renewed_cases,
};

kunit_test_suite(renewed_suite);
