// SPDX-License-Identifier: GPL-2.0
/*
 * While the domain is migrated live: what can wait waits, and what comes from Xen
 * is marked before anybody gets it, or the fake complains.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/mm.h>

#include "healing.h"
#include "policy/defrag.h"

#define WANT	(2 * XHB_HUGE_PAGES + 20)

static void copied_deflates(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - WANT);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MARKED), 0ULL);
	fake_hv.copied = true;
	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MARKED), (u64)WANT);
	KUNIT_EXPECT_TRUE(test, xhb_was_copied(&f->b));
	fixture_check(test);
	fake_hv.copied = false;
}

/* A part of a 2M page, and no more than that. */
static void copied_deflates_in_part(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	fake_hv.copied = true;
	fake_hv.max_pages = fake_hv.tot_pages + 100;
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MARKED), 100ULL);
	fixture_check(test);
	fake_hv.copied = false;
}

/* It is all the same to those who wait, and goes on afterwards. */
static void copied_waits(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fake_hv.copied = true;
	KUNIT_EXPECT_EQ(test, xhb_inflate_step(b, WANT), XHB_COPIED_WAIT_MS);
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_coalesce_step),
			XHB_COPIED_WAIT_MS);
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_defrag_step),
			XHB_COPIED_WAIT_MS);
	b->knobs.heal = 1;
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_heal_step),
			XHB_COPIED_WAIT_MS);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 0UL);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);

	/* Being put off is not being stuck. */
	f->stats.target_pages = f->total - WANT;
	KUNIT_EXPECT_EQ(test, xhb_resize_step(b), XHB_COPIED_WAIT_MS);
	KUNIT_EXPECT_FALSE(test, xhb_batch_stuck(b));
	KUNIT_EXPECT_EQ(test, (int)xhb_why(b), (int)XHB_WHY_COPIED);

	fake_hv.copied = false;
	fixture_go(test, f->total - WANT);
	fixture_check(test);
}

/* Given up or not, what was known of how blocks are backed is not known any more. */
static void copied_ends(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page = make_block(test, 0);
	unsigned long news;

	mutex_lock(&b->lock);
	xhb_block_backed(b, page, XHB_BACKING_2M);
	mutex_unlock(&b->lock);
	fake_hv.copied = true;
	KUNIT_EXPECT_TRUE(test, xhb_is_copied(b));
	KUNIT_EXPECT_FALSE(test, xhb_heal_task.wanted(b));
	news = xhb_heal_task.news(b);
	fake_hv.copied = false;
	KUNIT_EXPECT_FALSE(test, xhb_is_copied(b));
	KUNIT_EXPECT_TRUE(test, xhb_heal_task.wanted(b));
	KUNIT_EXPECT_NE(test, xhb_heal_task.news(b), news);
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_heal_step), XHB_STEP_REST);
	expect_backing(test, page, XHB_BACKING_UNKNOWN);
	KUNIT_EXPECT_FALSE(test, xhb_heal_task.wanted(b));
}

/* The toolstack has died: nobody is waited for, but what comes is marked. */
static void copied_is_forgotten(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fake_hv.copied = true;
	KUNIT_EXPECT_TRUE(test, xhb_is_copied(b));
	fake_hv.forgotten = true;
	KUNIT_EXPECT_TRUE(test, xhb_is_copied(b));
	b->copied.sign = jiffies - 3600 * HZ;
	KUNIT_EXPECT_FALSE(test, xhb_is_copied(b));
	KUNIT_EXPECT_EQ(test, xhb_copied_ends(b), 1UL);
	fixture_go(test, f->total - WANT);
	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_MARKED), (u64)WANT);

	/* Another one. */
	fake_hv.forgotten = false;
	KUNIT_EXPECT_TRUE(test, xhb_is_copied(b));
	fake_hv.copied = false;
	KUNIT_EXPECT_FALSE(test, xhb_is_copied(b));
	fixture_check(test);
}

/* It begins between the question and the hypercall. */
static void copied_begins(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = alloc_pages(GFP_HIGHUSER, XHB_HUGE_ORDER);
	unsigned long i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		clear_highpage(page + i);
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		fake_guest_hand_over(page + i);
	mutex_lock(&f->b.lock);
	fake_hv.copied = true;
	KUNIT_EXPECT_EQ(test, xhb_renew(&f->b, page), 0);
	mutex_unlock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MARKED),
			(u64)XHB_HUGE_PAGES);
	fixture_check(test);
	fake_hv.copied = false;
}

/* Xen does not do it: the pages are accounted for all the same. */
static void copied_not_marked(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - 20);
	fake_hv.copied = true;
	/* The first call is for populating. */
	fault_arm(2, 2, 0);
	fixture_go(test, f->total);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MARKED), 0ULL);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, fake_hv_violation());
	fake_hv_forgive();
	fake_hv.copied = false;
	fixture_check(test);
}

static struct kunit_case logdirty_cases[] = {
	KUNIT_CASE(copied_deflates),
	KUNIT_CASE(copied_deflates_in_part),
	KUNIT_CASE(copied_waits),
	KUNIT_CASE(copied_ends),
	KUNIT_CASE(copied_is_forgotten),
	KUNIT_CASE(copied_begins),
	KUNIT_CASE(copied_not_marked),
	{}
};

static struct kunit_suite logdirty_suite = {
	.name = "xhb_logdirty",
	.init = healing_init,
	.exit = healing_exit,
	.test_cases = logdirty_cases,
};

kunit_test_suite(logdirty_suite);
