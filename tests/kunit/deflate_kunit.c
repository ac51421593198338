// SPDX-License-Identifier: GPL-2.0
/*
 * Deflation: pages come back, in 2M first, as far as Xen gives them.
 */
#include "kinds.h"

/* Three 2M pages and some 4K ones in the balloon. */
#define BALLOON	(3 * XHB_HUGE_PAGES + 5)

static void deflate_prepare(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - BALLOON);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 3UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 5UL);
}

/* Makes the host poor: it has just @huge 2M blocks and @small 4K pages. */
static void host_has(unsigned long huge, unsigned long small)
{
	fake_hv.host_huge = huge;
	fake_hv.host_small = small;
}

static void deflate_reaches_target(struct kunit *test)
{
	struct fixture *f = test->priv;

	deflate_prepare(test);
	fixture_go(test, f->total);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_POPULATED_2M), 3ULL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_POPULATED_4K), 5ULL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_SPLIT), 0ULL);
}

static void deflate_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step_to(test, f->total);
}

static void deflate_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = deflate_prepare,
		.run = deflate_run,
		.finish = fixture_empty,
		.mappings = true,
		.calls = { [FAKE_OPS] = 2, [FAKE_HVM] = 2, [FAKE_PV] = 7 },
	};

	fixture_do_walk(test, &walk);
}

/* Nothing in the balloon: there is nothing to do, and nothing to retry. */
static void deflate_empty(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total + 1),
			XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 0UL);
	deflate_prepare(test);
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, ULONG_MAX),
			XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);
}

/* A remainder below 2M comes from 4K pages, or from a 2M page broken up. */
static void deflate_remainder(struct kunit *test)
{
	struct fixture *f = test->priv;

	deflate_prepare(test);
	fixture_go(test, f->total - BALLOON + 3);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 3UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 2UL);
	fixture_go(test, f->total - BALLOON + 10);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 2UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, XHB_HUGE_PAGES - 5);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_SPLIT), 1ULL);
	fixture_check(test);
}

/* The host has no 2M block: the same pages come in 4K. */
static void deflate_host_fragmented(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.fragmented = true;
	deflate_prepare(test);
	host_has(0, BALLOON);
	fixture_go(test, f->total);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_POPULATED_2M), 3ULL);
	if (fake_hv.kind == FAKE_HVM)
		KUNIT_EXPECT_EQ(test, f->b.xen.refused_2m, 3ULL);
}

/* One 2M block and the rest in 4K: nothing gets stuck on the way. */
static void deflate_host_mixed(struct kunit *test)
{
	struct fixture *f = test->priv;

	deflate_prepare(test);
	host_has(1, BALLOON - XHB_HUGE_PAGES);
	fixture_go(test, f->total);
	fixture_check(test);
}

/* The host runs dry, inside a 2M page too, and has more later. */
static void deflate_host_dry(struct kunit *test)
{
	static const unsigned long has[] = {
		0, 1, 5, 6, 511, 512, 513, 600, 1024, 1540,
	};
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(has); i++) {
		fake_hv.fragmented = true;
		deflate_prepare(test);
		host_has(0, has[i]);
		KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total),
				XHB_STEP_STUCK);
		KUNIT_EXPECT_EQ(test, f->stats.current_pages,
				f->total - BALLOON + has[i]);
		fixture_check(test);

		/* Page by page: it takes what there is, every time. */
		f->b.batch.stuck = 1;
		host_has(0, 1);
		KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total),
				has[i] + 1 < BALLOON ? XHB_STEP_STUCK : XHB_STEP_REST);
		KUNIT_EXPECT_EQ(test, f->stats.current_pages,
				f->total - BALLOON + has[i] + 1);
		fixture_check(test);

		host_has(1, BALLOON);
		f->b.batch.stuck = 0;
		fixture_go(test, f->total);
		fixture_check(test);
	}
}

/* No more than the domain's maximum, and then the guest may stay below. */
static void deflate_maximum(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long most = f->tot_pages - XHB_HUGE_PAGES - 100;

	deflate_prepare(test);
	fake_hv.max_pages = most;
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total),
			XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, most);
	fixture_check(test);
}

/* While Xen has little to give, 2M pages are not broken up for it. */
static void deflate_stuck_takes_4k_first(struct kunit *test)
{
	struct fixture *f = test->priv;

	deflate_prepare(test);
	host_has(0, 3);
	f->b.batch.stuck = 1;
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total),
			XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 3UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 2UL);
	f->b.batch.stuck = 0;
	fixture_check(test);
}

/* Being stuck on the way to one target says nothing of the way to another. */
static void deflate_new_target(struct kunit *test)
{
	struct fixture *f = test->priv;

	deflate_prepare(test);
	xhb_resize_step(&f->b);
	f->b.batch.stuck = true;
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
	xhb_resize_step(&f->b);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 2UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 5UL);
	fixture_check(test);
}

/* How long to wait, and how often, is the user's to say: in seconds. */
static void deflate_limits(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_limits limits;

	xhb_resize_task.limits(&f->b, &limits);
	KUNIT_EXPECT_EQ(test, limits.first, 1000UL);
	KUNIT_EXPECT_EQ(test, limits.longest, 32 * 1000UL);
	KUNIT_EXPECT_EQ(test, limits.tries, 0UL);
	f->stats.max_schedule_delay = ULONG_MAX / 10;
	f->stats.max_retry_count = 7;
	xhb_resize_task.limits(&f->b, &limits);
	KUNIT_EXPECT_EQ(test, limits.longest, ULONG_MAX / 1000 * 1000);
	KUNIT_EXPECT_EQ(test, limits.tries, 7UL);
}

static struct kunit_case deflate_cases[] = {
	KUNIT_CASE_PARAM(deflate_reaches_target, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_each_call_fails, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_empty, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_remainder, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_host_fragmented, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_host_mixed, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_host_dry, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_maximum, kind_gen_params),
	KUNIT_CASE_PARAM(deflate_stuck_takes_4k_first, kind_gen_params),
	KUNIT_CASE(deflate_new_target),
	KUNIT_CASE(deflate_limits),
	{}
};

static struct kunit_suite deflate_suite = {
	.name = "xhb_deflate",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = deflate_cases,
};

kunit_test_suite(deflate_suite);
