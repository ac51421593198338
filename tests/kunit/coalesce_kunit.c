// SPDX-License-Identifier: GPL-2.0
/*
 * Coalescing and defragmenting. The kernel's own page isolation and migration
 * move what is in the way, balloon pages too.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "fixture.h"
#include "policy/defrag.h"

#define SCATTERED	600
#define FEW		16
#define BLOCKS		3

/* What the fixture sets, after each block. */
#define PAUSE		10U

/* Of the kinds of guest those that have superpages. */
static const enum fake_kind kinds_2m[] = { FAKE_OPS, FAKE_HVM };

static void kind_2m_describe(const enum fake_kind *kind, char *text)
{
	strscpy(text, *kind == FAKE_OPS ? "ops" : "hvm",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind_2m, kinds_2m, kind_2m_describe);

static int coalesce_init(struct kunit *test)
{
	const enum fake_kind *kind = test->param_value;

	return fixture_init(test, kind ? *kind : FAKE_OPS);
}

static unsigned int coalesce(struct fixture *f)
{
	return fixture_step(f, xhb_coalesce_step);
}

/* Gives Xen a page that the driver did not choose. */
static void release(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;

	clear_highpage(page);
	fake_guest_hand_over(page);
	mutex_lock(&f->b.lock);
	KUNIT_ASSERT_EQ(test, fixture_release(f, &page, 1, 0), 1UL);
	mutex_unlock(&f->b.lock);
}

/*
 * Every second page of some blocks becomes a base page, the others are free.
 * The blocks were free as a whole, or what else is in them could not be moved.
 */
static void inflate_scattered(struct kunit *test, unsigned long pages)
{
	struct fixture *f = test->priv;
	unsigned long i, left = pages;
	struct page *blocks[BLOCKS];
	unsigned int n;

	for (n = 0; n < BLOCKS; n++) {
		blocks[n] = alloc_pages(GFP_HIGHUSER_MOVABLE, XHB_HUGE_ORDER);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, blocks[n]);
		split_page(blocks[n], XHB_HUGE_ORDER);
	}
	for (n = 0; n < BLOCKS; n++) {
		for (i = 0; i < XHB_HUGE_PAGES; i++) {
			if (i % 2 && left) {
				release(test, blocks[n] + i);
				left--;
			} else {
				__free_page(blocks[n] + i);
			}
		}
	}
	f->stats.target_pages = f->total - pages;
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

	inflate_scattered(test, SCATTERED);
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

	inflate_scattered(test, SCATTERED);
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

	inflate_scattered(test, SCATTERED);
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
	inflate_scattered(test, FEW);
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

	inflate_scattered(test, SCATTERED);
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
	inflate_scattered(test, SCATTERED);
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
	inflate_scattered(test, 3 * XHB_HUGE_PAGES / 2 - 10);
	KUNIT_EXPECT_EQ(test, coalesce(f), XHB_STEP_AGAIN);
	inflate_scattered(test, XHB_HUGE_PAGES);
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

/* The guest has one more free block, and the balloon what it had. */
static void defrag_frees_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	inflate_scattered(test, SCATTERED);
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_defrag_step), PAUSE);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_DEFRAGGED), 1ULL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, (unsigned long)SCATTERED);
	fixture_check(test);
	fake_guest.contig_left = 0;
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_defrag_step),
			XHB_STEP_STUCK);
	fixture_check(test);
}

/* Only where the guest is ballooned, and all efforts are allowed. */
static void defrag_wanted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	const struct xhb_task *task = &xhb_defrag_task;
	struct page *pages[32];
	unsigned int i;

	/* Free memory in small pieces. */
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_pages(GFP_HIGHUSER_MOVABLE, XHB_HUGE_ORDER);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pages[i]);
		split_page(pages[i], XHB_HUGE_ORDER);
	}
	for (i = 0; i < ARRAY_SIZE(pages) * XHB_HUGE_PAGES; i++) {
		if (i % XHB_HUGE_PAGES)
			__free_page(pages[i / XHB_HUGE_PAGES] +
				    i % XHB_HUGE_PAGES);
	}
	/* Some of it the CPUs keep, more on a debug kernel. */
	KUNIT_EXPECT_GE(test, xhb_scattered_pages(), 8 * XHB_HUGE_PAGES);

	b->knobs.coalesce = 1;
	b->knobs.hugepage_effort = XHB_EFFORT_EVACUATE;
	KUNIT_EXPECT_FALSE(test, task->wanted(b));
	fixture_go(test, f->total - 1);
	KUNIT_EXPECT_TRUE(test, task->wanted(b));
	b->knobs.hugepage_effort = XHB_EFFORT_COMPACT;
	KUNIT_EXPECT_FALSE(test, task->wanted(b));

	/* Not while the coalescer gets on. */
	b->knobs.hugepage_effort = XHB_EFFORT_EVACUATE;
	b->knobs.enable_huge = 0;
	fixture_go(test, f->total - SCATTERED);
	b->knobs.enable_huge = 1;
	KUNIT_EXPECT_FALSE(test, task->wanted(b));
	b->coalesce.stuck = true;
	KUNIT_EXPECT_TRUE(test, task->wanted(b));
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(pages[i]);
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
	inflate_scattered(test, SCATTERED);
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

static int coalesce_init_pv(struct kunit *test)
{
	return fixture_init(test, FAKE_PV);
}

static struct kunit_case coalesce_pv_cases[] = {
	KUNIT_CASE(coalesce_not_in_pv),
	{}
};

static struct kunit_suite coalesce_pv_suite = {
	.name = "xhb_coalesce_pv",
	.init = coalesce_init_pv,
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
	KUNIT_CASE_PARAM(defrag_frees_block, kind_2m_gen_params),
	KUNIT_CASE(defrag_wanted),
	{}
};

static struct kunit_suite coalesce_suite = {
	.name = "xhb_coalesce",
	.init = coalesce_init,
	.exit = fixture_exit,
	.test_cases = coalesce_cases,
};

kunit_test_suites(&coalesce_suite, &coalesce_pv_suite);
