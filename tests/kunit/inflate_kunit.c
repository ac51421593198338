// SPDX-License-Identifier: GPL-2.0
/*
 * Inflation: pages go to Xen, in 2M first, down to the floor and not below.
 */
#include <linux/tracepoint.h>

#include "kinds.h"
#include "xhb_trace.h"

/* Two 2M pages and some 4K ones. */
#define WANT	(2 * XHB_HUGE_PAGES + 5)

#define XHB_QUIETLY	(__GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN)

static void inflate_reaches_target(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - WANT);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 2UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 5UL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_RELEASED_2M), 2ULL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_RELEASED_4K), 5ULL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_SHORT), 0ULL);
}

static void inflate_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step_to(test, f->total - WANT);
}

static void inflate_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - WANT);
}

static const struct fixture_walk inflate_walk = {
	.run = inflate_run,
	.finish = inflate_finish,
	.mappings = true,
	.calls = { [FAKE_OPS] = 9, [FAKE_HVM] = 9, [FAKE_PV] = 12 },
};

static void inflate_each_call_fails(struct kunit *test)
{
	fixture_do_walk(test, &inflate_walk);
}

/* Xen stops inside an extent, which it does in translated guests. */
static void inflate_stops_inside_extent(struct kunit *test)
{
	static const unsigned long inside[] = { 1, 511 };
	unsigned int i;

	fixture_exit(test);
	KUNIT_ASSERT_EQ(test, fixture_init(test, FAKE_HVM), 0);
	for (i = 0; i < ARRAY_SIZE(inside); i++) {
		fake_hv.inside = inside[i];
		fixture_do_walk(test, &inflate_walk);
	}
}

/* A Xen that allows no 2M extents: no reason to stop on the way, nor to wait. */
static void inflate_order_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_exit(test);
	KUNIT_ASSERT_EQ(test, fixture_init(test, FAKE_HVM), 0);
	f = test->priv;
	fake_hv.max_order = 0;
	fixture_go(test, f->total - 20 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 20UL);
	KUNIT_EXPECT_LE(test, fake_hv.hypercalls, 13UL);
	fixture_check(test);
	fixture_go(test, f->total);
	fixture_check(test);
}

/* What was done is a success, however little of what was wanted. */
static void inflate_short_count(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long pages = fake_hv.batch;

	f->b.knobs.enable_huge = false;
	f->stats.target_pages = f->total - pages;
	fault_arm(pages + 1, pages + 1, 7);
	KUNIT_EXPECT_EQ(test, xhb_resize_step(&f->b), XHB_STEP_AGAIN);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - 7);
	KUNIT_EXPECT_TRUE(test, xhb_batch_stuck(&f->b));
	fixture_check(test);

	pages -= 7;
	fault_arm(pages + 1, pages + 1, 0);
	KUNIT_EXPECT_EQ(test, xhb_resize_step(&f->b), XHB_STEP_STUCK);
	fault_disarm();
	fixture_go(test, f->total - fake_hv.batch);
	KUNIT_EXPECT_FALSE(test, xhb_batch_stuck(&f->b));
}

static void inflate_4k_only(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.knobs.enable_huge = false;
	fixture_go(test, f->total - WANT);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, WANT);
	KUNIT_EXPECT_EQ(test, fake_guest.tries_2m, 0UL);
}

/* Taking 4K pages never gets the worker into a file system, or before a disk. */
static void inflate_waits_for_nobody(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.knobs.enable_huge = false;
	fake_guest.gfp_4k = 0;
	fixture_go(test, f->total - WANT);
	KUNIT_EXPECT_NE(test, fake_guest.gfp_4k & __GFP_DIRECT_RECLAIM, 0U);
	KUNIT_EXPECT_EQ(test, fake_guest.gfp_4k & (__GFP_IO | __GFP_FS), 0U);
	/* Nor at reserves, nor does anybody hear of it when there is none. */
	KUNIT_EXPECT_EQ(test, fake_guest.gfp_4k & XHB_QUIETLY, (gfp_t)XHB_QUIETLY);
}

/* Less than 2M is wanted: nobody looks for a 2M page. */
static void inflate_remainder(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - (XHB_HUGE_PAGES - 1));
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, fake_guest.tries_2m, 0UL);
	fixture_go(test, f->total - (XHB_HUGE_PAGES - 1) - XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
}

static void inflate_effort(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_guest.huge_light_left = 1;
	f->b.knobs.hugepage_effort = XHB_EFFORT_FREE;
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_NO_2M), 1ULL);
	fixture_empty(test);

	fake_guest.huge_light_left = 1;
	f->b.inflate.skip_2m = 0;
	f->b.knobs.hugepage_effort = XHB_EFFORT_COMPACT;
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 2UL);
}

/* While the guest has no 2M page it is asked less and less often. */
static void inflate_asks_less_often(struct kunit *test)
{
	static const unsigned int steps[] = { 4, 8, 16, 32, 64, 64 };
	struct fixture *f = test->priv;
	unsigned int i, n;

	fake_guest.huge_left = 0;
	fake_hv.batch = 1;
	f->b.knobs.hugepage_effort = XHB_EFFORT_FREE;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		unsigned long tries = fake_guest.tries_2m;

		xhb_inflate_step(&f->b, XHB_HUGE_PAGES);
		KUNIT_EXPECT_EQ(test, fake_guest.tries_2m, tries + 1);
		for (n = 0; n < steps[i]; n++)
			xhb_inflate_step(&f->b, XHB_HUGE_PAGES);
		KUNIT_EXPECT_EQ(test, fake_guest.tries_2m, tries + 1);
	}

	/* It has some again: back to the first interval. */
	fake_guest.huge_left = 1;
	xhb_inflate_step(&f->b, XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
	xhb_inflate_step(&f->b, XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.inflate.skip_2m, steps[0]);
	fixture_check(test);

	/* A knob that was written may make a difference at once. */
	fake_guest.huge_left = 1;
	f->stats.target_pages = f->stats.current_pages - XHB_HUGE_PAGES;
	xhb_resize_step(&f->b);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
	f->b.knobs.changes++;
	f->stats.target_pages = f->stats.current_pages - XHB_HUGE_PAGES;
	xhb_resize_step(&f->b);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 2UL);
	fixture_check(test);
}

static void inflate_floor(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int verdict;

	/* What the user says, in KiB. */
	f->b.knobs.floor_kb = 4 * 1000;
	fake_guest.available = 1000 + WANT;
	verdict = fixture_step_to(test, 0);
	KUNIT_EXPECT_EQ(test, verdict, XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - WANT);
	fixture_check(test);

	/* One page less than that, and one more. */
	fake_guest.available--;
	KUNIT_EXPECT_EQ(test, xhb_inflate_step(&f->b, 1), XHB_STEP_STUCK);
	fake_guest.available += 2;
	KUNIT_EXPECT_EQ(test, xhb_inflate_step(&f->b, 2), XHB_STEP_AGAIN);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - WANT - 1);
	fixture_empty(test);

	/* Computed, from the guest's size with an empty balloon. */
	f->b.knobs.floor_kb = 0;
	fake_guest.available = xhb_floor_pages(f->ram) + WANT;
	KUNIT_EXPECT_EQ(test, xhb_spare(&f->b, XHB_USE_BALLOON),
			WANT);
	fixture_step_to(test, 0);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - WANT);
	fake_guest.available++;
	KUNIT_EXPECT_EQ(test, xhb_spare(&f->b, XHB_USE_BALLOON), 1UL);

	/* Estimates may be negative. */
	fake_guest.available = -1;
	KUNIT_EXPECT_EQ(test, xhb_inflate_step(&f->b, 1), XHB_STEP_STUCK);
	fixture_check(test);
}

/* The floor holds for the memory that the kernel itself depends on, too. */
static void inflate_floor_of_kernel(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, xhb_spare_kernel(&f->b), ULONG_MAX);
	f->b.knobs.floor_kb = xhb_pages_to_kb(3000);
	fake_guest.movable = 1000;
	/* In each of the zones below the movable one. */
	fake_guest.zone_free = 1000 + XHB_HUGE_PAGES;
	KUNIT_EXPECT_EQ(test, xhb_spare_kernel(&f->b),
			ZONE_MOVABLE * (1000 + XHB_HUGE_PAGES) - 3000);
	fake_guest.zone_free = (3000 + XHB_HUGE_PAGES - 1) / ZONE_MOVABLE;
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	fixture_empty(test);

	/* Not a whole block, or it would collapse. */
	fixture_go(test, f->total - (XHB_HUGE_PAGES - 1));
	KUNIT_EXPECT_EQ(test, fixture_step(f, xhb_coalesce_step), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	fake_guest.movable = 0;
	fixture_empty(test);
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 2UL);
	fixture_check(test);
}

/* In 4K pages, too: what the movable zone has does not count for the others. */
static void inflate_floor_of_kernel_4k(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	KUNIT_EXPECT_EQ(test, xhb_spare_base(b), ULONG_MAX);
	b->knobs.floor_kb = xhb_pages_to_kb(3000);
	b->knobs.enable_huge = false;
	fake_guest.movable = 1000;
	fake_guest.zone_cache = 0;
	fake_guest.zone_free = 1000 - 1;
	KUNIT_EXPECT_EQ(test, xhb_spare_base(b), 1000UL - 1);
	fake_guest.zone_cache = 101;
	KUNIT_EXPECT_EQ(test, xhb_spare_base(b),
			1000UL - 1 + ZONE_MOVABLE * (1000 - 1 + 101) - 3000);

	fake_guest.zone_cache = 0;
	fake_guest.zone_free = 0;
	KUNIT_EXPECT_EQ(test, xhb_inflate_step(b, 2), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);
	fake_guest.zone_free = 1;
	KUNIT_EXPECT_EQ(test, xhb_inflate_step(b, 2), XHB_STEP_AGAIN);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - 1);
	fixture_check(test);
}

struct late {
	struct fixture *f;
	unsigned long target;
};

/* While the worker has pages in its hands, and before Xen is asked to take them. */
static void probe_inflate(void *data, unsigned long want, unsigned long kernel,
			  const struct xhb_op *op)
{
	struct late *late = data;

	xhb_target_request(&late->f->b, XHB_REQUESTER_HOST, late->target);
}

static void step_with_late_target(struct kunit *test, unsigned long target)
{
	struct fixture *f = test->priv;
	struct late late = { .f = f, .target = target };

	KUNIT_ASSERT_EQ(test, register_trace_xen_hugeballoon_inflate(probe_inflate, &late),
			0);
	KUNIT_EXPECT_EQ(test, xhb_inflate_step(&f->b, XHB_HUGE_PAGES), XHB_STEP_AGAIN);
	unregister_trace_xen_hugeballoon_inflate(probe_inflate, &late);
	tracepoint_synchronize_unregister();
}

/* Whoever needs memory gets that which is just to go. */
static void inflate_target_comes_late(struct kunit *test)
{
	struct fixture *f = test->priv;

	step_with_late_target(test, f->total - XHB_HUGE_PAGES + 1);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);
	f->b.knobs.enable_huge = false;
	step_with_late_target(test, f->total - 1);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);
	fixture_check(test);

	/* One that all of it is still wanted for. */
	f->b.knobs.enable_huge = true;
	step_with_late_target(test, f->total - XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - XHB_HUGE_PAGES);
	fixture_check(test);
}

static struct kunit_case inflate_cases[] = {
	KUNIT_CASE_PARAM(inflate_reaches_target, kind_gen_params),
	KUNIT_CASE_PARAM(inflate_each_call_fails, kind_gen_params),
	KUNIT_CASE(inflate_stops_inside_extent),
	KUNIT_CASE(inflate_order_refused),
	KUNIT_CASE(inflate_short_count),
	KUNIT_CASE_PARAM(inflate_4k_only, kind_gen_params),
	KUNIT_CASE(inflate_waits_for_nobody),
	KUNIT_CASE_PARAM(inflate_remainder, kind_gen_params),
	KUNIT_CASE(inflate_effort),
	KUNIT_CASE(inflate_asks_less_often),
	KUNIT_CASE_PARAM(inflate_floor, kind_gen_params),
	KUNIT_CASE(inflate_floor_of_kernel),
	KUNIT_CASE(inflate_floor_of_kernel_4k),
	KUNIT_CASE_PARAM(inflate_target_comes_late, kind_gen_params),
	{}
};

static struct kunit_suite inflate_suite = {
	.name = "xhb_inflate",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = inflate_cases,
};

kunit_test_suite(inflate_suite);
