// SPDX-License-Identifier: GPL-2.0
/*
 * What is counted of tries and of time: each batch once, in the right place, and
 * without looking at the clock for each page.
 */
#include "fake_clock.h"
#include "kinds.h"

#define BATCHES		3
#define STEP_NS		3000U
/* The clock may be looked at so often for a batch, whatever its size. */
#define LOOKS_MOST	16

static int timing_init(struct kunit *test)
{
	int err = kind_init(test);

	fake_hv.batch = XHB_HUGE_PAGES;
	fake_clock = (struct fake_clock) { .step_ns = STEP_NS };
	return err;
}

/* How often a step was timed. */
static u64 timed(struct fixture *f, enum xhb_time step)
{
	unsigned int limit;
	u64 times = 0;

	for (limit = 0; limit < XHB_TIME_LIMITS; limit++)
		times += xhb_timed(&f->b, step, limit);
	return times;
}

static u64 tried(struct fixture *f, enum xhb_try what)
{
	enum xhb_result result;
	u64 tries = 0;

	for (result = 0; result < XHB_RESULT_COUNT; result++)
		tries += xhb_tried_with(&f->b, what, result);
	return tries;
}

/* In 4K pages, so that a batch is the same in all kinds of guests. */
static void timing_batches(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long looks = fake_clock.looks;

	b->knobs.enable_huge = 0;
	/* A hypercall for each batch. */
	b->xen.runs = XHB_ANSWER_REFUSED;
	fixture_go(test, f->total - BATCHES * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_ALLOCATE), (u64)BATCHES);
	if (!want_init_on_alloc(0) && !want_init_on_free())
		KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_CLEAR), (u64)BATCHES);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_RELEASE), (u64)BATCHES);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_RELEASE_BOOKS), (u64)BATCHES);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_POPULATE), 0ULL);
	KUNIT_EXPECT_LE(test, fake_clock.looks - looks,
			(unsigned long)BATCHES * LOOKS_MOST);

	looks = fake_clock.looks;
	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_CHOOSE), (u64)BATCHES);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_POPULATE), (u64)BATCHES);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_POPULATE_BOOKS), (u64)BATCHES);
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_RELEASE), (u64)BATCHES);
	KUNIT_EXPECT_LE(test, fake_clock.looks - looks,
			(unsigned long)BATCHES * LOOKS_MOST);
}

/* Nobody else looks at the clock in a step, so it takes one tick, or 3 us. */
static void timing_totals(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	b->knobs.enable_huge = 0;
	fixture_go(test, f->total - BATCHES * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, xhb_timed_ns(b, XHB_TIME_ALLOCATE),
			(u64)BATCHES * STEP_NS);
	/* At least 2 us, and less than 4. */
	KUNIT_EXPECT_EQ(test, xhb_timed(b, XHB_TIME_ALLOCATE, 2), (u64)BATCHES);
	KUNIT_EXPECT_GE(test, xhb_timed_ns(b, XHB_TIME_RELEASE),
			(u64)BATCHES * STEP_NS);
	KUNIT_EXPECT_GE(test, xhb_timed_ns(b, XHB_TIME_RELEASE_BOOKS),
			(u64)BATCHES * STEP_NS);
	KUNIT_EXPECT_GE(test, xhb_longest_lock_ns(b), (u64)3 * STEP_NS);
}

static void timing_limits(struct kunit *test)
{
	static const struct {
		u64 ns;
		unsigned int limit;
	} cases[] = {
		{ 0, 0 }, { 999, 0 }, { 1000, 1 }, { 1999, 1 }, { 2000, 2 },
		{ 3999, 2 }, { 4000, 3 }, { 1048575999, 20 },
		{ 1048576000, 21 }, { U64_MAX / 2, 21 },
	};
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int i;
	u64 before;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		before = xhb_timed(b, XHB_TIME_CLEAR, cases[i].limit);
		xhb_time_add(b, XHB_TIME_CLEAR, cases[i].ns);
		KUNIT_EXPECT_EQ_MSG(test, xhb_timed(b, XHB_TIME_CLEAR, cases[i].limit),
				    before + 1, "%llu ns", cases[i].ns);
	}
	KUNIT_EXPECT_EQ(test, timed(f, XHB_TIME_CLEAR), (u64)ARRAY_SIZE(cases));
}

/* Only who has taken the lock as everybody should is timed. */
static void timing_lock(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	xhb_lock(b);
	KUNIT_EXPECT_FALSE(test, xhb_trylock(b));
	fake_clock.now_ns += NSEC_PER_SEC;
	xhb_unlock(b);
	KUNIT_EXPECT_EQ(test, xhb_longest_lock_ns(b), (u64)NSEC_PER_SEC + STEP_NS);
	KUNIT_EXPECT_TRUE(test, xhb_trylock(b));
	xhb_unlock(b);
	KUNIT_EXPECT_EQ(test, xhb_longest_lock_ns(b), (u64)NSEC_PER_SEC + STEP_NS);
	mutex_lock(&b->lock);
	fake_clock.now_ns += 2 * NSEC_PER_SEC;
	xhb_unlock(b);
	KUNIT_EXPECT_EQ(test, xhb_longest_lock_ns(b), (u64)NSEC_PER_SEC + STEP_NS);
}

static void timing_tries(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - XHB_HUGE_PAGES - 1);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_RELEASE_2M,
					     XHB_RESULT_DONE), 1ULL);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_RELEASE_4K,
					     XHB_RESULT_DONE), 1ULL);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_ALLOCATE_2M,
					     XHB_RESULT_DONE), 1ULL);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_ALLOCATE_4K,
					     XHB_RESULT_DONE), 1ULL);

	/* Xen has a part of what is wanted, and then nothing. */
	fake_hv.host_huge = 0;
	fake_hv.host_small = 100;
	fixture_step_to(test, f->total);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_POPULATE_2M,
					     XHB_RESULT_SHORT), 1ULL);
	KUNIT_EXPECT_GE(test, xhb_tried_with(b, XHB_TRY_POPULATE_4K,
					     XHB_RESULT_FAILED), 1ULL);
	KUNIT_EXPECT_EQ(test, tried(f, XHB_TRY_RELEASE_2M), 1ULL);

	/* The guest has no 2M page. */
	fake_guest.huge_left = 0;
	fixture_step_to(test, f->total - 4 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_ALLOCATE_2M,
					     XHB_RESULT_FAILED), 1ULL);
}

static struct kunit_case timing_cases[] = {
	KUNIT_CASE_PARAM(timing_batches, kind_gen_params),
	KUNIT_CASE_PARAM(timing_totals, kind_gen_params),
	KUNIT_CASE(timing_limits),
	KUNIT_CASE(timing_lock),
	KUNIT_CASE_PARAM(timing_tries, kind_gen_params),
	{}
};

static struct kunit_suite timing_suite = {
	.name = "xhb_timing",
	.init = timing_init,
	.exit = fixture_exit,
	.test_cases = timing_cases,
};

kunit_test_suite(timing_suite);
