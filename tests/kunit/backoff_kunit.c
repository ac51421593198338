// SPDX-License-Identifier: GPL-2.0
/*
 * Backoff: the sequence of delays.
 */
#include <kunit/test.h>

#include "options.h"
#include "xhb_pure.h"

struct backoff_case {
	const char *name;
	unsigned long max_delay_s;
	unsigned long max_retries;
	unsigned long delays[9];
};

static const struct backoff_case backoff_cases[] = {
	{ "doubles up to the longest", 32, 0, { 1, 2, 4, 8, 16, 32, 32, 32, 32 } },
	{ "ends at no power of two", 7, 0, { 1, 2, 4, 7, 7, 7, 7, 7, 7 } },
	{ "odd and small", 3, 0, { 1, 2, 3, 3, 3, 3, 3, 3, 3 } },
	{ "one second", 1, 0, { 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
	{ "nothing counts as one", 0, 0, { 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
	{ "no limit", ULONG_MAX, 0, { 1, 2, 4, 8, 16, 32, 64, 128, 256 } },
	{ "gives up and starts afresh", 32, 4, { 1, 2, 4, 8, 0, 1, 2, 4, 8 } },
	{ "gives up after one", 32, 1, { 1, 0, 1, 0, 1, 0, 1, 0, 1 } },
	{ "never gives up", 2, ULONG_MAX, { 1, 2, 2, 2, 2, 2, 2, 2, 2 } },
};

static void backoff_case_describe(const struct backoff_case *c, char *text)
{
	strscpy(text, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(backoff_case, backoff_cases, backoff_case_describe);

/* From 1 on, in whatever unit. */
static unsigned long next(struct xhb_backoff *backoff, unsigned long longest,
			  unsigned long tries)
{
	const struct xhb_limits limits = {
		.first = 1, .longest = longest, .tries = tries,
	};

	return xhb_backoff_next(backoff, &limits);
}

static void backoff_table(struct kunit *test)
{
	const struct backoff_case *c = test->param_value;
	struct xhb_backoff backoff = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(c->delays); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    next(&backoff, c->max_delay_s,
					 c->max_retries),
				    c->delays[i], "delay %u", i);
}

static void backoff_reset(struct kunit *test)
{
	struct xhb_backoff backoff = {};

	KUNIT_EXPECT_EQ(test, next(&backoff, 32, 0), 1UL);
	KUNIT_EXPECT_EQ(test, next(&backoff, 32, 0), 2UL);
	KUNIT_EXPECT_EQ(test, backoff.tries, 2UL);
	xhb_backoff_reset(&backoff);
	KUNIT_EXPECT_EQ(test, backoff.tries, 0UL);
	KUNIT_EXPECT_EQ(test, next(&backoff, 32, 0), 1UL);
}

/* The settings are the user's and change while a sequence is under way. */
static void backoff_settings_change(struct kunit *test)
{
	struct xhb_backoff backoff = {};
	unsigned int i;

	for (i = 0; i < 6; i++)
		next(&backoff, 32, 0);
	KUNIT_EXPECT_EQ(test, backoff.delay, 32UL);
	KUNIT_EXPECT_EQ(test, next(&backoff, 4, 0), 4UL);
	KUNIT_EXPECT_EQ(test, next(&backoff, 32, 0), 8UL);
	KUNIT_EXPECT_EQ(test, next(&backoff, 32, 3), 0UL);
}

static void backoff_never_overflows(struct kunit *test)
{
	struct xhb_backoff backoff = {};
	unsigned long last = 0, delay;
	unsigned int i;

	for (i = 0; i < 2 * BITS_PER_LONG; i++) {
		delay = next(&backoff, ULONG_MAX, 0);
		KUNIT_EXPECT_GE(test, delay, last);
		last = delay;
	}
	KUNIT_EXPECT_EQ(test, last, ULONG_MAX);
}

/* A first delay that is not 1, also where it is longer than the longest. */
static void backoff_first(struct kunit *test)
{
	struct xhb_limits limits = { .first = 250, .longest = 1200 };
	struct xhb_backoff backoff = {};

	KUNIT_EXPECT_EQ(test, xhb_backoff_next(&backoff, &limits), 250UL);
	KUNIT_EXPECT_EQ(test, xhb_backoff_next(&backoff, &limits), 500UL);
	KUNIT_EXPECT_EQ(test, xhb_backoff_next(&backoff, &limits), 1000UL);
	KUNIT_EXPECT_EQ(test, xhb_backoff_next(&backoff, &limits), 1200UL);
	xhb_backoff_reset(&backoff);
	limits.longest = 100;
	KUNIT_EXPECT_EQ(test, xhb_backoff_next(&backoff, &limits), 250UL);
	KUNIT_EXPECT_EQ(test, xhb_backoff_next(&backoff, &limits), 250UL);
}

/* Any settings: within the limits, never shorter, at most doubled. */
static void backoff_property(struct kunit *test)
{
	struct rnd_state random;
	unsigned int i, n;

	options_random(test, &random);
	for (i = 0; i < 1000; i++) {
		unsigned long most = prandom_u32_state(&random) >>
				     prandom_u32_state(&random) % 32;
		unsigned long retries = prandom_u32_state(&random) % 20;
		unsigned long limit = max(most, 1UL), last = 0, delay;
		struct xhb_backoff backoff = {};

		for (n = 1; n <= 40; n++) {
			delay = next(&backoff, most, retries);
			if (retries && n % (retries + 1) == 0) {
				KUNIT_ASSERT_EQ(test, delay, 0UL);
				last = 0;
				continue;
			}
			KUNIT_ASSERT_GE(test, delay, max(last, 1UL));
			KUNIT_ASSERT_LE(test, delay,
					min(limit, last ? 2 * last : 1));
			KUNIT_ASSERT_TRUE(test, delay == limit || delay > last);
			last = delay;
		}
	}
}

static struct kunit_case backoff_kunit_cases[] = {
	KUNIT_CASE_PARAM(backoff_table, backoff_case_gen_params),
	KUNIT_CASE(backoff_reset),
	KUNIT_CASE(backoff_settings_change),
	KUNIT_CASE(backoff_never_overflows),
	KUNIT_CASE(backoff_first),
	KUNIT_CASE(backoff_property),
	{}
};

static struct kunit_suite backoff_suite = {
	.name = "xhb_backoff",
	.test_cases = backoff_kunit_cases,
};

kunit_test_suite(backoff_suite);
