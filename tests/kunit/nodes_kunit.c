// SPDX-License-Identifier: GPL-2.0
/*
 * Guests with several NUMA nodes: each gives what it can spare, and gets its own back.
 */
#include "kinds.h"

#define SMALL	(3 * XHB_HUGE_PAGES)
#define LARGE	(7 * XHB_HUGE_PAGES)
/* What Xen names a node by; the host numbers ours the other way round. */
#define EXACT	BIT(17)
#define FIRST	(BIT(18) | 2 << 8)
#define SECOND	(BIT(18) | 1 << 8)

static void have_nodes(long first, long second)
{
	fake_guest.nodes = 2;
	fake_guest.node_room[0] = first;
	fake_guest.node_room[1] = second;
}

/* Whose hypercalls can be looked at. */
static struct fixture *in_hvm(struct kunit *test)
{
	fixture_exit(test);
	KUNIT_ASSERT_EQ(test, fixture_init(test, FAKE_HVM), 0);
	return test->priv;
}

static unsigned long huge_of(struct fixture *f, int node)
{
	unsigned long blocks = 0;
	struct page *page;

	list_for_each_entry(page, &f->b.queues.huge[node], lru)
		blocks++;
	return blocks;
}

/* The larger gives until both have as much, then both do. */
static void nodes_give(struct kunit *test)
{
	struct fixture *f = test->priv;

	have_nodes(SMALL, LARGE);
	fixture_go(test, f->total - 4 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, huge_of(f, 0), 0UL);
	KUNIT_EXPECT_EQ(test, huge_of(f, 1), 4UL);
	fixture_go(test, f->total - 8 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, huge_of(f, 0), 2UL);
	KUNIT_EXPECT_EQ(test, huge_of(f, 1), 6UL);
	fixture_check(test);
	fixture_go(test, f->total);
}

/* Which has least left gets first. */
static void nodes_get_back(struct kunit *test)
{
	struct fixture *f = test->priv;

	have_nodes(4 * XHB_HUGE_PAGES, 4 * XHB_HUGE_PAGES);
	fixture_go(test, f->total - 6 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, huge_of(f, 0), 3UL);
	KUNIT_EXPECT_EQ(test, huge_of(f, 1), 3UL);

	have_nodes(20 * XHB_HUGE_PAGES, 0);
	fixture_go(test, f->total - 3 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, huge_of(f, 0), 3UL);
	KUNIT_EXPECT_EQ(test, huge_of(f, 1), 0UL);
	/* Poor, but there is nothing of it in the balloon. */
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, huge_of(f, 0), 2UL);
	fixture_check(test);
	fixture_go(test, f->total);
}

/* In 4K, too. */
static void nodes_give_4k(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.knobs.enable_huge = false;
	have_nodes(SMALL, LARGE);
	fixture_go(test, f->total - XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_guest.node_room[0], (long)SMALL);
	KUNIT_EXPECT_EQ(test, fake_guest.node_room[1], (long)(LARGE - XHB_HUGE_PAGES));
	fixture_check(test);
	fixture_go(test, f->total);
}

/* What is full gives nothing, so long as another has some. */
static void nodes_one_full(struct kunit *test)
{
	struct fixture *f = test->priv;

	have_nodes(0, LARGE);
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, huge_of(f, 0), 0UL);
	KUNIT_EXPECT_EQ(test, huge_of(f, 1), 2UL);
	fixture_go(test, f->total);
}

/* Xen is told which node it is for, by the host's number, if it is for one. */
static void nodes_named(struct kunit *test)
{
	struct fixture *f = in_hvm(test);

	have_nodes(LARGE, 0);
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_hv.mem_flags, 0U);
	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, fake_hv.mem_flags, (unsigned int)(EXACT | FIRST));

	have_nodes(0, LARGE);
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, fake_hv.mem_flags, (unsigned int)(EXACT | SECOND));

	KUNIT_EXPECT_EQ(test, fake_hv.unnamed, 0UL);
	fixture_check(test);
}

/* A node of the host without memory does not keep a guest from getting any. */
static void nodes_full_in_host(struct kunit *test)
{
	struct fixture *f = in_hvm(test);

	have_nodes(LARGE, 0);
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	fake_hv.node_full = true;
	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, fake_hv.mem_flags, (unsigned int)FIRST);
	fixture_check(test);
}

/* Pages of both are next to each other in the balloon. */
static void nodes_apart_prepare(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.knobs.enable_huge = false;
	have_nodes(XHB_HUGE_PAGES, XHB_HUGE_PAGES - 1);
	fixture_go(test, f->total - 2);
	have_nodes(0, 3);
	fixture_go(test, f->total - 5);
}

/* Pages of both at once are asked for in as many calls as it takes. */
static void nodes_named_apart(struct kunit *test)
{
	struct fixture *f = in_hvm(test);

	nodes_apart_prepare(test);
	fake_hv.hypercalls = 0;
	fixture_go(test, f->total);
	KUNIT_EXPECT_GE(test, fake_hv.hypercalls, 2UL);
	KUNIT_EXPECT_LE(test, fake_hv.hypercalls, 5UL);
	KUNIT_EXPECT_EQ(test, fake_hv.unnamed, 0UL);
	fixture_check(test);
}

/* What Xen refuses in the middle of that stays, and is asked for again. */
static void nodes_apart_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step_to(test, f->total);
}

static void nodes_apart_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, fake_hv.unnamed, 0UL);
}

static const struct fixture_walk nodes_apart_walk = {
	.prepare = nodes_apart_prepare,
	.run = nodes_apart_run,
	.finish = nodes_apart_finish,
	.calls = { [FAKE_OPS] = 1, [FAKE_HVM] = 2, [FAKE_PV] = 2 },
};

static void nodes_apart_each_call_fails(struct kunit *test)
{
	fixture_do_walk(test, &nodes_apart_walk);
}

/* One node is nothing to name. */
static void nodes_single(struct kunit *test)
{
	struct fixture *f = in_hvm(test);

	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, fake_hv.mem_flags, 0U);
}

static struct kunit_case nodes_cases[] = {
	KUNIT_CASE_PARAM(nodes_give, kind_gen_params),
	KUNIT_CASE_PARAM(nodes_get_back, kind_gen_params),
	KUNIT_CASE(nodes_give_4k),
	KUNIT_CASE(nodes_one_full),
	KUNIT_CASE(nodes_named),
	KUNIT_CASE(nodes_full_in_host),
	KUNIT_CASE(nodes_named_apart),
	KUNIT_CASE_PARAM(nodes_apart_each_call_fails, kind_gen_params),
	KUNIT_CASE(nodes_single),
	{}
};

static struct kunit_suite nodes_suite = {
	.name = "xhb_nodes",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = nodes_cases,
};

kunit_test_suite(nodes_suite);
