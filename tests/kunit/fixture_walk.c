// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that are disturbed at each of their calls.
 */
#include "fixture.h"

/* Where a hypercall that is made to fail may stop, in extents. */
static const unsigned long fixture_partials[] = {
	0, 1, 2, 255, 511,
};

/* The domain moves to another host, where nothing is known of what was lost here. */
static void fixture_leave_lost(struct fixture *f)
{
	unsigned long lost = xhb_lost_pages(&f->b);

	xhb_reconcile_note(&f->b);
	fake_hv.tot_pages -= lost;
	fake_hv.host_small += lost;
	xhb_reconcile_look(&f->b);
}

/* How many pages stand side by side is chance, and with it the number of calls. */
static void fixture_begin(struct kunit *test, const struct fixture_walk *walk)
{
	struct fixture *f = test->priv;

	f->b.xen.runs = XHB_ANSWER_REFUSED;
	if (walk->prepare)
		walk->prepare(test);
	fixture_check(test);
}

/* Whatever came of the operation, what it was for can be had, and all given back. */
static void fixture_end(struct kunit *test, const struct fixture_walk *walk)
{
	struct fixture *f = test->priv;

	fixture_leave_lost(f);
	f->b.batch.stuck = 1;
	walk->finish(test);
	f->b.batch.stuck = 0;
	f->b.inflate.skip_2m = 0;
	fixture_check(test);
	fixture_empty(test);
	fixture_check(test);
}

/* Returns how many calls of the operation failed. */
static unsigned long fixture_disturb(struct kunit *test,
				     const struct fixture_walk *walk,
				     unsigned long first, unsigned long last,
				     unsigned long partial)
{
	struct fixture *f = test->priv;
	unsigned long hits;

	fixture_begin(test, walk);
	fake_hv.multicalls = walk->mappings;
	fault_arm(first, last, partial);
	walk->run(test);
	/* Calls made from here on are not to be counted as the operation's. */
	fault_disarm();
	fake_hv.multicalls = false;
	fake_hv_lose_unmapped(f->frames);
	fixture_check(test);

	hits = fault_hits();
	fixture_end(test, walk);
	if (test->status == KUNIT_FAILURE)
		kunit_err(test, "with calls %lu to %lu failing after %lu extents",
			  first, last, partial);
	return hits;
}

/*
 * Before hypercall @n of the operation another domain takes what the host has, and all
 * that this one releases. Returns false if it has fewer.
 */
static bool fixture_rob(struct kunit *test, const struct fixture_walk *walk,
			unsigned long n)
{
	bool robbed;

	fixture_begin(test, walk);
	fake_hv.thief = n;
	walk->run(test);
	robbed = fake_hv.thief == 1;
	fixture_check(test);
	fake_host_caught();
	fixture_end(test, walk);
	if (test->status == KUNIT_FAILURE)
		kunit_err(test, "with the host's memory gone before call %lu", n);
	return robbed && test->status != KUNIT_FAILURE;
}

/*
 * Runs an operation as often as it has calls that can fail, each time with
 * another one failing, alone or with all that follow, and, if it is a
 * hypercall, with each of several parts done. The operation has as many as it says.
 */
void fixture_do_walk(struct kunit *test, const struct fixture_walk *walk)
{
	unsigned long n = 0, i, calls, runs = 0, alone, all;
	enum fake_kind kind = fake_hv.kind;

	do {
		n++;
		for (i = 0; i < ARRAY_SIZE(fixture_partials); i++) {
			alone = fixture_disturb(test, walk, n, n,
						fixture_partials[i]);
			all = fixture_disturb(test, walk, n, ULONG_MAX,
					      fixture_partials[i]);
			/* After the last one nothing fails. */
			if (walk->calls[kind]) {
				KUNIT_EXPECT_EQ(test, alone, n <= walk->calls[kind]);
				KUNIT_EXPECT_EQ(test, !!all, n <= walk->calls[kind]);
			}
			runs += 2;
			if (test->status == KUNIT_FAILURE)
				return;
			if (!fault_graded())
				break;
		}
		calls = fault_calls();
	} while (n <= calls);
	if (walk->calls[kind])
		KUNIT_EXPECT_EQ(test, n - 1, walk->calls[kind]);
	else
		KUNIT_EXPECT_GT(test, n, 1UL);
	kunit_info(test, "%lu calls, %lu runs", n - 1, runs);

	/* It makes its hypercalls by itself. */
	if (kind == FAKE_OPS)
		return;
	for (n = 1; fixture_rob(test, walk, n); n++)
		;
	KUNIT_EXPECT_GT(test, n, 1UL);
}
