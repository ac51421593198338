// SPDX-License-Identifier: GPL-2.0
/*
 * How much memory one step towards the target moves.
 */
#include "fake_clock.h"
#include "fixture.h"

static const struct {
	unsigned long pages;
	unsigned long done;
	u64 took_us;
	unsigned long next;
} stepsize_points[] = {
	{ 0, 0, 0, 512 },
	{ 0, 4096, U64_MAX, 512 },
	/* Soon done, and all of it: more. */
	{ 512, 512, 0, 1024 },
	{ 512, 512, 4999, 1024 },
	{ 512, 512, 5000, 512 },
	{ 512, 1024, 0, 1024 },
	{ 4096, 4096, 0, 8192 },
	{ 8192, 8192, 0, 16384 },
	{ 16384, 16384, 0, 16384 },
	/* There was no more to do. */
	{ 512, 511, 0, 512 },
	{ 1024, 512, 4999, 1024 },
	/* Too long. */
	{ 1024, 1024, 20000, 1024 },
	{ 1024, 1024, 20001, 512 },
	{ 1024, 1, 20001, 512 },
	{ 8192, 8192, U64_MAX, 4096 },
	{ 512, 512, U64_MAX, 512 },
};

static void stepsize_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stepsize_points); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    xhb_stepsize_next(stepsize_points[i].pages,
						      stepsize_points[i].done,
						      stepsize_points[i].took_us),
				    stepsize_points[i].next, "line %u", i);
}

#define BLOCKS	7

/* To @target in @steps steps; @moved is how many 2M pages each of them moves. */
static void go(struct kunit *test, unsigned long target, unsigned int steps,
	       const unsigned long *moved)
{
	struct fixture *f = test->priv;
	unsigned int i;

	xhb_target_request(&f->b, XHB_REQUESTER_HOST, target);
	for (i = 0; i < steps; i++) {
		long size = f->stats.current_pages;

		KUNIT_EXPECT_EQ(test, xhb_resize_step(&f->b), XHB_STEP_AGAIN);
		size -= f->stats.current_pages;
		KUNIT_EXPECT_EQ_MSG(test, size < 0 ? -size : size,
				    (long)(moved[i] * XHB_HUGE_PAGES), "step %u", i);
	}
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target);
}

/* Each new target begins with what is soon done, both ways. */
static void stepsize_grows(struct kunit *test)
{
	static const unsigned long moved[] = { 1, 2, 4 };
	struct fixture *f = test->priv;

	go(test, f->total - BLOCKS * XHB_HUGE_PAGES, ARRAY_SIZE(moved), moved);
	go(test, f->total, ARRAY_SIZE(moved), moved);
	fixture_check(test);
}

/*
 * 2M pages come in larger steps than they go, and what Xen is asked beside that is asked
 * once a step.
 */
static void stepsize_takes_more(struct kunit *test)
{
	static const unsigned long gives[] = { 1, 2, 4, 8, 8, 8, 8, 8, 8, 8 };
	static const unsigned long takes[] = { 1, 2, 4, 8, 16, 32 };
	struct fixture *f = test->priv;
	u64 calls;

	go(test, f->total - 63 * XHB_HUGE_PAGES, ARRAY_SIZE(gives), gives);
	calls = f->b.xen.hypercalls;
	go(test, f->total, ARRAY_SIZE(takes), takes);
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls - calls, 3ULL * ARRAY_SIZE(takes));
	fixture_check(test);
}

/* Where a step takes long it stays as small as it can be. */
static void stepsize_slow(struct kunit *test)
{
	static const unsigned long moved[BLOCKS] = { 1, 1, 1, 1, 1, 1, 1 };
	struct fixture *f = test->priv;

	fake_clock.step_ns = 21 * NSEC_PER_MSEC;
	go(test, f->total - BLOCKS * XHB_HUGE_PAGES, ARRAY_SIZE(moved), moved);
	fixture_check(test);
}

static struct kunit_case stepsize_cases[] = {
	KUNIT_CASE(stepsize_table),
	KUNIT_CASE(stepsize_grows),
	KUNIT_CASE(stepsize_takes_more),
	KUNIT_CASE(stepsize_slow),
	{}
};

static struct kunit_suite stepsize_suite = {
	.name = "xhb_stepsize",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = stepsize_cases,
};

kunit_test_suite(stepsize_suite);
