// SPDX-License-Identifier: GPL-2.0
/*
 * Defragmenting: free 2M blocks for the guest itself.
 */
#include <linux/mm.h>

#include "kinds_2m.h"
#include "scattered.h"
#include "policy/defrag.h"

#define SCATTERED	600
#define FEW		16
#define TURNS		10

/* What the fixture sets, after each block. */
#define PAUSE		10U

/* The guest has one more free block, and the balloon what it had. */
static void defrag_frees_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	scattered_inflate(test, SCATTERED);
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_defrag_step), PAUSE);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_DEFRAGGED), 1ULL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, (unsigned long)SCATTERED);
	fixture_check(test);
	fake_guest.contig_left = 0;
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_defrag_step),
			XHB_STEP_STUCK);
	fixture_check(test);
}

/* XHB_COUNT_DEFRAGGED, before the operation. */
static u64 defragged;

static void few_scattered(struct kunit *test)
{
	struct fixture *f = test->priv;

	scattered_inflate(test, FEW);
	defragged = xhb_counted(&f->b, XHB_COUNT_DEFRAGGED);
}

static void defrag_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step(f, xhb_defrag_step);
}

/* A block that could not be emptied has its turn again. */
static void defrag_finish(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; xhb_counted(&f->b, XHB_COUNT_DEFRAGGED) == defragged && i < TURNS; i++)
		fixture_step(f, xhb_defrag_step);
	KUNIT_EXPECT_GT(test, xhb_counted(&f->b, XHB_COUNT_DEFRAGGED), defragged);
}

static void defrag_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = few_scattered,
		.run = defrag_run,
		.finish = defrag_finish,
	};

	fixture_do_walk(test, &walk);
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

static struct kunit_case defrag_cases[] = {
	KUNIT_CASE_PARAM(defrag_frees_block, kind_2m_gen_params),
	KUNIT_CASE_PARAM(defrag_each_call_fails, kind_2m_gen_params),
	KUNIT_CASE(defrag_wanted),
	{}
};

static struct kunit_suite defrag_suite = {
	.name = "xhb_defrag",
	.init = kind_2m_init,
	.exit = fixture_exit,
	.test_cases = defrag_cases,
};

kunit_test_suite(defrag_suite);
