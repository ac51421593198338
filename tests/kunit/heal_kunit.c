// SPDX-License-Identifier: GPL-2.0
/*
 * Healing one block, whatever the hypervisor makes of it.
 */
#include <linux/mm.h>

#include "healing.h"

static void heal_free_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0);
	unsigned long calls = fake_hv.hypercalls;

	expect_backing(test, page, XHB_BACKING_UNKNOWN);
	KUNIT_EXPECT_EQ(test, heal(f, block_of(page)), 0);
	expect_backing(test, page, XHB_BACKING_2M);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_HEALED), 1ULL);
	/* One each way: so long is the memory away. */
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls - calls, 2UL);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);
}

/* What is in the way moves out; here it is balloon pages. */
static void heal_moves(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 3);
	unsigned long i;

	for (i = 0; i < 3; i++)
		make_base(test, page + i);
	expect_backing(test, page, XHB_BACKING_4K);

	KUNIT_EXPECT_EQ(test, heal(f, block_of(page)), 0);
	expect_backing(test, page, XHB_BACKING_2M);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MIGRATED), 3ULL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 3UL);
}

static void heal_not_now(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1);
	unsigned long calls = fake_hv.hypercalls, block = block_of(page);

	KUNIT_EXPECT_EQ(test, heal(f, block), -EPERM);
	__free_page(page);
	KUNIT_EXPECT_EQ(test, heal(f, xhb_blocks_count(&f->b)), -ENXIO);

	fake_guest.contig_left = 0;
	KUNIT_EXPECT_EQ(test, heal(f, block), -EBUSY);
	fake_guest.contig_left = ULONG_MAX;

	f->b.knobs.floor_kb = xhb_pages_to_kb(1000);
	fake_guest.available = 1000 + XHB_HUGE_PAGES - 1;
	KUNIT_EXPECT_EQ(test, heal(f, block), -ENOMEM);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, calls);
	fake_guest.available++;
	KUNIT_EXPECT_EQ(test, heal(f, block), 0);
}

/* Xen has given the 2M block to somebody else, but has memory. */
static void heal_no_2m(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0);

	fake_hv.host_huge = 0;
	fake_hv.fragmented = true;
	KUNIT_EXPECT_EQ(test, heal(f, block_of(page)), -ENOSPC);
	expect_backing(test, page, XHB_BACKING_4K);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_HEALED), 0ULL);
}

/* Xen has given the memory to somebody else, all of it or some. */
static void heal_no_memory(struct kunit *test)
{
	static const unsigned long lefts[] = { 0, 1, 100, 511 };
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lefts); i++) {
		struct page *page = make_block(test, 0);
		unsigned long left = lefts[i];

		fake_hv.max_pages = f->tot_pages - XHB_HUGE_PAGES + left;
		KUNIT_EXPECT_EQ(test, heal(f, block_of(page)),
				-EAGAIN);
		expect_backing(test, page, left ? XHB_BACKING_4K :
						  XHB_BACKING_NONE);
		KUNIT_EXPECT_EQ(test, f->stats.current_pages,
				f->total - XHB_HUGE_PAGES + left);
		KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, left ? 0UL : 1UL);

		fake_hv.max_pages = f->tot_pages;
		fixture_go(test, f->total);
		fixture_check(test);
	}
}

/* Xen takes a part of it: that is in the balloon, the rest is the guest's. */
static void heal_part_taken(struct kunit *test)
{
	static const unsigned long parts[] = { 1, 100, 511 };
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		struct page *page = make_block(test, 0);

		fake_hv.stuck_pfn = page_to_pfn(page) + parts[i];
		KUNIT_EXPECT_EQ(test, heal(f, block_of(page)), -EAGAIN);
		fake_hv.stuck_pfn = 0;
		expect_backing(test, page, XHB_BACKING_4K);
		KUNIT_EXPECT_EQ(test, f->b.queues.base_count, parts[i]);
		KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - parts[i]);
		fixture_go(test, f->total);
	}
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_HEALED), 0ULL);
}

static struct page *walk_block;

static void walk_prepare(struct kunit *test)
{
	walk_block = make_block(test, 0);
}

static void walk_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	heal(f, block_of(walk_block));
}

static void walk_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total);
	KUNIT_EXPECT_EQ(test, heal(f, block_of(walk_block)), 0);
}

static void heal_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = walk_prepare,
		.run = walk_run,
		.finish = walk_finish,
		.calls = { [FAKE_HVM] = 3 },
	};

	fixture_do_walk(test, &walk);
}

/* With something in it: balloon pages, which move out one by one. */
static void walk_prepare_content(struct kunit *test)
{
	unsigned long i;

	walk_block = make_block(test, 3);
	for (i = 0; i < 3; i++)
		make_base(test, walk_block + i);
}

static void walk_finish_content(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - 3);
	KUNIT_EXPECT_EQ(test, heal(f, block_of(walk_block)), 0);
}

static void heal_with_content_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = walk_prepare_content,
		.run = walk_run,
		.finish = walk_finish_content,
		.calls = { [FAKE_HVM] = 6 },
	};

	fixture_do_walk(test, &walk);
}

/* Where 2M is nothing but 512 times 4K. */
static void heal_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct xhb_xen_ops *ops = f->b.xen.ops;

	KUNIT_EXPECT_EQ(test, xhb_heal_check(&f->b), 0);
	f->b.xen.ops = &xhb_xen_pv_ops;
	KUNIT_EXPECT_EQ(test, xhb_heal_check(&f->b), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xhb_heal_now(&f->b), -EOPNOTSUPP);
	KUNIT_EXPECT_FALSE(test, f->b.heal.now);
	f->b.xen.ops = ops;
}

static struct kunit_case heal_cases[] = {
	KUNIT_CASE(heal_free_block),
	KUNIT_CASE(heal_moves),
	KUNIT_CASE(heal_not_now),
	KUNIT_CASE(heal_no_2m),
	KUNIT_CASE(heal_no_memory),
	KUNIT_CASE(heal_part_taken),
	KUNIT_CASE(heal_with_content_each_call_fails),
	KUNIT_CASE(heal_each_call_fails),
	KUNIT_CASE(heal_refused),
	{}
};

static struct kunit_suite heal_suite = {
	.name = "xhb_heal",
	.init = healing_init,
	.exit = healing_exit,
	.test_cases = heal_cases,
};

kunit_test_suite(heal_suite);
