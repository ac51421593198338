// SPDX-License-Identifier: GPL-2.0
/*
 * The driver in a domain that was started with less memory than its maximum: what it gives
 * is kept for frames without memory, as long as there is too little for them.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "kinds_2m.h"
#include "migrating.h"
#include "scattered.h"

/* Frames without memory, what there is for them, and what is missing. */
#define ENTRIES	700
#define CACHE	600
#define MISSING	(ENTRIES - CACHE)

#define GIVEN	(XHB_HUGE_PAGES + 5)
#define BASE	20

static void begin(struct kunit *test)
{
	fake_pod_start(ENTRIES, CACHE);
}

/* The domain may have all that it has frames for. */
static void raise(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.max_pages = f->tot_pages;
}

static void pod_inflates(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long start;

	begin(test);
	start = fake_hv.tot_pages;
	fixture_go(test, f->total - GIVEN);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv.pod_entries, fake_hv.pod_cache);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, start - (GIVEN - MISSING));

	/* What was missing does not come back. */
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - MISSING);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, start);
	fixture_check(test);
	raise(test);
	fixture_go(test, f->total);
	fixture_check(test);
}

static void inflate_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step_to(test, f->total - GIVEN);
}

static void inflate_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	raise(test);
	fixture_go(test, f->total - GIVEN);
}

static void pod_inflates_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = begin,
		.run = inflate_run,
		.finish = inflate_finish,
		.calls = { [FAKE_OPS] = 8, [FAKE_HVM] = 8 },
	};

	fixture_do_walk(test, &walk);
}

static void deflate_prepare(struct kunit *test)
{
	begin(test);
	inflate_run(test);
}

static void deflate_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step_to(test, f->total);
}

static void deflate_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	raise(test);
	fixture_go(test, f->total);
}

static void pod_deflates_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = deflate_prepare,
		.run = deflate_run,
		.finish = deflate_finish,
		.calls = { [FAKE_OPS] = 2, [FAKE_HVM] = 3 },
	};

	fixture_do_walk(test, &walk);
}

/* A page that nobody has touched takes the place of one of the balloon. */
static bool migrate_fresh(struct kunit *test)
{
	struct page *newpage = alloc_page(GFP_HIGHUSER_MOVABLE);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, newpage);
	fake_pod_start(1, 1);
	KUNIT_ASSERT_TRUE(test, fake_pod_allocated(newpage, false));
	return migrating_to(test, newpage);
}

static void pod_migrates(struct kunit *test)
{
	migrating_begin(test);
	KUNIT_EXPECT_TRUE(test, migrate_fresh(test));
	KUNIT_EXPECT_EQ(test, fake_hv.pod_entries, 0UL);
	KUNIT_EXPECT_EQ(test, fake_hv.pod_cache, 0UL);
	fixture_check(test);
	raise(test);
}

static void migrate_run(struct kunit *test)
{
	migrate_fresh(test);
}

static void migrate_finish(struct kunit *test)
{
	raise(test);
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
}

static void pod_migrates_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = migrating_begin,
		.run = migrate_run,
		.finish = migrate_finish,
		.calls = { [FAKE_OPS] = 1, [FAKE_HVM] = 1 },
	};

	fixture_do_walk(test, &walk);
}

/* Xen keeps a part of the block: the balloon is larger. */
static void pod_coalesces(struct kunit *test)
{
	unsigned long scattered = XHB_HUGE_PAGES + BASE;
	struct fixture *f = test->priv;
	unsigned long target = f->total - scattered;

	scattered_inflate(test, scattered);
	begin(test);
	fixture_step(f, xhb_coalesce_step);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, (unsigned long)BASE + MISSING);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target - MISSING);
	raise(test);
	fixture_go(test, target);
}

static void pod_lends(struct kunit *test)
{
	struct page *lent[BASE];
	struct fixture *f = test->priv;

	begin(test);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, BASE, lent), 0);
	KUNIT_EXPECT_EQ(test, fake_hv.pod_entries - fake_hv.pod_cache,
			(unsigned long)MISSING - BASE);
	fixture_check(test);
	xhb_foreign_put(&f->b, BASE, lent);
	fixture_check(test);
	raise(test);
	fixture_empty(test);
	fixture_check(test);
}

static struct kunit_case pod_cases[] = {
	KUNIT_CASE_PARAM(pod_inflates, kind_2m_gen_params),
	KUNIT_CASE_PARAM(pod_inflates_each_call_fails, kind_2m_gen_params),
	KUNIT_CASE_PARAM(pod_deflates_each_call_fails, kind_2m_gen_params),
	KUNIT_CASE_PARAM(pod_migrates, kind_2m_gen_params),
	KUNIT_CASE_PARAM(pod_migrates_each_call_fails, kind_2m_gen_params),
	KUNIT_CASE_PARAM(pod_coalesces, kind_2m_gen_params),
	KUNIT_CASE_PARAM(pod_lends, kind_2m_gen_params),
	{}
};

static struct kunit_suite pod_suite = {
	.name = "xhb_pod",
	.init = kind_2m_init,
	.exit = fixture_exit,
	.test_cases = pod_cases,
};

kunit_test_suite(pod_suite);
