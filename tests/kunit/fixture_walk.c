// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that are disturbed at each of their calls.
 */
#include "fixture.h"

/* Where a hypercall that is made to fail may stop, in extents. */
static const unsigned long fixture_partials[] = {
	0, 1, 2, 255, 511,
};

static void fixture_disturb(struct kunit *test, const struct fixture_walk *walk,
			    unsigned long first, unsigned long last,
			    unsigned long partial)
{
	struct fixture *f = test->priv;

	if (walk->prepare)
		walk->prepare(test);
	fixture_check(test);

	fault_arm(first, last, partial);
	walk->run(test);
	/* Calls made from here on are not to be counted as the operation's. */
	fault_disarm();
	fixture_check(test);

	f->b.resize.stuck = 1;
	walk->finish(test);
	f->b.resize.stuck = 0;
	f->b.resize.skip_2m = 0;
	fixture_check(test);
	fixture_empty(test);
	fixture_check(test);
	if (test->status == KUNIT_FAILURE)
		kunit_err(test, "with calls %lu to %lu failing after %lu extents",
			  first, last, partial);
}

/*
 * Runs an operation as often as it has calls that can fail, each time with
 * another one failing, alone or with all that follow, and, if it is a
 * hypercall, with each of several parts done.
 */
void fixture_do_walk(struct kunit *test, const struct fixture_walk *walk)
{
	unsigned long n = 0, i, calls, runs = 0;

	do {
		n++;
		for (i = 0; i < ARRAY_SIZE(fixture_partials); i++) {
			fixture_disturb(test, walk, n, n, fixture_partials[i]);
			fixture_disturb(test, walk, n, ULONG_MAX,
					fixture_partials[i]);
			runs += 2;
			if (test->status == KUNIT_FAILURE)
				return;
			if (!fault_graded())
				break;
		}
		calls = fault_calls();
	} while (n <= calls);
	KUNIT_EXPECT_GT_MSG(test, n, 1UL, "the operation has no calls");
	kunit_info(test, "%lu calls, %lu runs", n - 1, runs);
}
