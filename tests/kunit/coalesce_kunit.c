// SPDX-License-Identifier: GPL-2.0
/*
 * Coalescing. The kernel's own page isolation and migration
 * move what is in the way, balloon pages too.
 */
#include <linux/mm.h>

#include "kinds_2m.h"
#include "scattered.h"
#include "policy/defrag.h"

#define SCATTERED	600
#define FEW		16

/* What the fixture sets, after each block. */
#define PAUSE		10U

static unsigned int coalesce(struct fixture *f)
{
	return fixture_step(f, xhb_coalesce_step);
}

static void coalesce_promotes(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	mutex_lock(&b->lock);
	xhb_split_one(b);
	mutex_unlock(&b->lock);
	KUNIT_EXPECT_EQ(test, coalesce(f), PAUSE);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_COLLAPSED), 1ULL);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_COALESCED), 0ULL);
	fixture_check(test);
}

static void coalesce_moves(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long target = f->total - SCATTERED;

	scattered_inflate(test, SCATTERED);
	KUNIT_EXPECT_EQ(test, coalesce(f), PAUSE);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, SCATTERED - XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_COALESCED), 1ULL);
	KUNIT_EXPECT_GT(test, xhb_counted(b, XHB_COUNT_MIGRATED), 0ULL);
}

/* Memory of the pages that are in the way is given and taken one by one. */
static void coalesce_moves_in_two_steps(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.xen.method = XHB_METHOD_POPULATE_RELEASE;
	coalesce_moves(test);
}

/* Xen takes the block, but has nothing to give for it: the balloon is larger. */
static void coalesce_gives_first(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long target = f->total - SCATTERED;

	scattered_inflate(test, SCATTERED);
	fake_hv.max_pages = fake_hv.tot_pages - XHB_HUGE_PAGES;
	KUNIT_EXPECT_EQ(test, coalesce(f), PAUSE);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target - XHB_HUGE_PAGES);
	fake_hv.max_pages = f->tot_pages;
	fixture_go(test, target);
}

/* Xen takes a part of the block: as much comes back, and none is a 2M page. */
static void coalesce_in_part(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	scattered_inflate(test, SCATTERED);
	fake_guest.contig_left = 0;
	fake_hv.takes = 100;
	KUNIT_EXPECT_EQ(test, coalesce(f), PAUSE);
	fake_hv.takes = ULONG_MAX;
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, (unsigned long)SCATTERED);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - SCATTERED);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_COALESCED), 0ULL);
	fixture_check(test);
}

static void few_scattered(struct kunit *test)
{
	scattered_inflate(test, FEW);
}

static void coalesce_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	coalesce(f);
}

static void nothing(struct kunit *test)
{
}

static void coalesce_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = few_scattered,
		.run = coalesce_run,
		.finish = nothing,
	};

	fixture_do_walk(test, &walk);
}

/* Nobody can be moved in the blocks that hold base pages: another one will do. */
static void coalesce_elsewhere(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	scattered_inflate(test, SCATTERED);
	fake_guest.contig_left = 0;
	KUNIT_EXPECT_EQ(test, coalesce(f), PAUSE);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_COALESCED), 1ULL);
	fake_guest.huge_left = 0;
	KUNIT_EXPECT_EQ(test, coalesce(f), XHB_STEP_STUCK);
	/* Not even one without base pages. */
	b->knobs.hugepage_effort = XHB_EFFORT_EVACUATE;
	KUNIT_EXPECT_EQ(test, coalesce(f), XHB_STEP_STUCK);
	fixture_check(test);
}

/* When there is anything to do. */
static void coalesce_wanted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	const struct xhb_task *task = &xhb_coalesce_task;

	b->knobs.coalesce = 1;
	KUNIT_EXPECT_FALSE(test, task->wanted(b));
	scattered_inflate(test, SCATTERED);
	KUNIT_EXPECT_TRUE(test, task->wanted(b));
	b->knobs.coalesce = 0;
	KUNIT_EXPECT_FALSE(test, task->wanted(b));
	b->knobs.coalesce = 1;
	b->knobs.enable_huge = 0;
	KUNIT_EXPECT_FALSE(test, task->wanted(b));
	b->knobs.enable_huge = 1;
	coalesce(f);
	/* With fewer than 512 pages left there is nothing to wake up for. */
	KUNIT_EXPECT_FALSE(test, task->wanted(b));
}

/* So many in a row as the user says. */
static void coalesce_batch(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.knobs.coalesce_batch = 2;
	scattered_inflate(test, 3 * XHB_HUGE_PAGES / 2 - 10);
	KUNIT_EXPECT_EQ(test, coalesce(f), XHB_STEP_AGAIN);
	scattered_inflate(test, XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, coalesce(f), PAUSE);
	f->stats.target_pages = f->stats.current_pages;
}

/* The pauses grow while there is no block, and a new size ends them. */
static void coalesce_backs_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct xhb_limits limits;
	unsigned long news;

	xhb_coalesce_task.limits(b, &limits);
	KUNIT_EXPECT_EQ(test, limits.first, (unsigned long)PAUSE);
	KUNIT_EXPECT_EQ(test, limits.longest, 5 * 60 * 1000UL);
	news = xhb_coalesce_task.news(b);
	fixture_go(test, f->total - 3);
	KUNIT_EXPECT_NE(test, xhb_coalesce_task.news(b), news);
	KUNIT_EXPECT_EQ(test, xhb_coalesce_task.settle_ms(b), PAUSE);
}

/* A PV guest has no superpages, and memory is not moved about for them. */
static void coalesce_not_in_pv(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	b->knobs.coalesce = 1;
	b->knobs.hugepage_effort = XHB_EFFORT_EVACUATE;
	/* There is a block, but it would have to be emptied, or compacted. */
	fake_guest.huge_light_left = 0;
	scattered_inflate(test, SCATTERED);
	KUNIT_EXPECT_FALSE(test, xhb_coalesce_task.wanted(b));
	KUNIT_EXPECT_FALSE(test, xhb_defrag_task.wanted(b));
	b->coalesce.stuck = true;
	KUNIT_EXPECT_FALSE(test, xhb_defrag_task.wanted(b));

	KUNIT_EXPECT_EQ(test, xhb_inflate_step(b, XHB_HUGE_PAGES),
			XHB_STEP_AGAIN);
	KUNIT_EXPECT_FALSE(test, xhb_evacuating(b));
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, fake_guest.tries_2m, 1UL);
	/* What is free as a whole costs less than 4K pages. */
	fake_guest.huge_light_left = 1;
	b->inflate.skip_2m = 0;
	xhb_inflate_step(b, XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 1UL);
	fixture_check(test);
}

static struct kunit_case coalesce_pv_cases[] = {
	KUNIT_CASE(coalesce_not_in_pv),
	{}
};

static struct kunit_suite coalesce_pv_suite = {
	.name = "xhb_coalesce_pv",
	.init = fixture_init_pv,
	.exit = fixture_exit,
	.test_cases = coalesce_pv_cases,
};

static struct kunit_case coalesce_cases[] = {
	KUNIT_CASE_PARAM(coalesce_promotes, kind_2m_gen_params),
	KUNIT_CASE_PARAM(coalesce_moves, kind_2m_gen_params),
	KUNIT_CASE_PARAM(coalesce_moves_in_two_steps, kind_2m_gen_params),
	KUNIT_CASE_PARAM(coalesce_gives_first, kind_2m_gen_params),
	KUNIT_CASE_PARAM(coalesce_each_call_fails, kind_2m_gen_params),
	KUNIT_CASE_PARAM(coalesce_in_part, kind_2m_gen_params),
	KUNIT_CASE(coalesce_elsewhere),
	KUNIT_CASE(coalesce_wanted),
	KUNIT_CASE(coalesce_batch),
	KUNIT_CASE(coalesce_backs_off),
	{}
};

static struct kunit_suite coalesce_suite = {
	.name = "xhb_coalesce",
	.init = kind_2m_init,
	.exit = fixture_exit,
	.test_cases = coalesce_cases,
};

kunit_test_suites(&coalesce_suite, &coalesce_pv_suite);
