// SPDX-License-Identifier: GPL-2.0
/*
 * The map of blocks: its ends, its growth, and what is forgotten.
 */
#include <linux/mm.h>

#include "fixture.h"

/* Beyond the end nothing is known, and nothing that is noted does harm. */
static void blocks_end(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long end = 100 * xhb_blocks_count(b) + 100000;

	xhb_block_tried(b, end, false);
	xhb_block_set_unmovable(b, end, true);
	KUNIT_EXPECT_EQ(test, xhb_block_base(b, end), 0U);
	KUNIT_EXPECT_EQ(test, (int)xhb_block_backing(b, end),
			(int)XHB_BACKING_UNKNOWN);
	KUNIT_EXPECT_FALSE(test, xhb_block_is_busy(b, end));
	KUNIT_EXPECT_EQ(test, xhb_blocks_unmovable(b), 0UL);
}

/* Memory is added: what was known is kept, and the rest is unknown. */
static void blocks_grow(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long old = xhb_blocks_count(b), more = old + 3000;

	xhb_block_tried(b, 1, false);
	xhb_block_set_unmovable(b, old - 1, true);
	KUNIT_ASSERT_EQ(test, xhb_blocks_grow(b, more), 0);
	KUNIT_EXPECT_EQ(test, xhb_blocks_count(b), more);
	KUNIT_EXPECT_TRUE(test, xhb_block_is_busy(b, 1));
	KUNIT_EXPECT_EQ(test, xhb_blocks_unmovable(b), 1UL);
	KUNIT_EXPECT_FALSE(test, xhb_block_is_busy(b, more - 1));

	xhb_block_set_unmovable(b, more - 1, true);
	KUNIT_EXPECT_EQ(test, xhb_blocks_unmovable(b), 2UL);
	/* It never gets smaller. */
	KUNIT_EXPECT_EQ(test, xhb_blocks_grow(b, 1), 0);
	KUNIT_EXPECT_EQ(test, xhb_blocks_count(b), more);
}

/* Twice as many turns for each failure in a row, but not for ever. */
static void blocks_busy(struct kunit *test)
{
	static const unsigned int turns[] = { 2, 4, 8, 16, 16 };
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(turns); i++) {
		xhb_block_tried(b, 1, false);
		for (n = 0; n < turns[i]; n++) {
			KUNIT_EXPECT_TRUE(test, xhb_block_is_busy(b, 1));
			xhb_blocks_turn(b);
		}
		KUNIT_EXPECT_FALSE(test, xhb_block_is_busy(b, 1));
		KUNIT_EXPECT_FALSE(test, xhb_block_is_busy(b, 2));
	}
	xhb_block_tried(b, 1, true);
	KUNIT_EXPECT_FALSE(test, xhb_block_is_busy(b, 1));
	xhb_block_tried(b, 1, false);
	xhb_blocks_turn(b);
	xhb_blocks_turn(b);
	KUNIT_EXPECT_FALSE(test, xhb_block_is_busy(b, 1));
}

/* Without memory for a chunk it reaches as far as before. */
static void blocks_grow_fails(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long old = xhb_blocks_count(&f->b);

	fault_arm(2, ULONG_MAX, 0);
	KUNIT_EXPECT_EQ(test, xhb_blocks_grow(&f->b, old + 3000), -ENOMEM);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, xhb_blocks_count(&f->b), old);
	KUNIT_EXPECT_EQ(test, xhb_blocks_grow(&f->b, old + 3000), 0);
	KUNIT_EXPECT_EQ(test, xhb_blocks_count(&f->b), old + 3000);
}

/* What is not there is known even after the guest was restored. */
static void blocks_forget(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long news, block, none = 0;

	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	news = xhb_blocks_news(b);
	xhb_blocks_forget(b);
	KUNIT_EXPECT_GT(test, xhb_blocks_news(b), news);
	for (block = 0; block < xhb_blocks_count(b); block++) {
		enum xhb_backing backing = xhb_block_backing(b, block);

		none += backing == XHB_BACKING_NONE;
		if (backing != XHB_BACKING_NONE)
			KUNIT_EXPECT_EQ(test, (int)backing,
					(int)XHB_BACKING_UNKNOWN);
	}
	KUNIT_EXPECT_EQ(test, none, 2UL);
}

static struct kunit_case blocks_cases[] = {
	KUNIT_CASE(blocks_end),
	KUNIT_CASE(blocks_grow),
	KUNIT_CASE(blocks_grow_fails),
	KUNIT_CASE(blocks_busy),
	KUNIT_CASE(blocks_forget),
	{}
};

static struct kunit_suite blocks_suite = {
	.name = "xhb_blocks",
	.init = fixture_init_ops,
	.exit = fixture_exit,
	.test_cases = blocks_cases,
};

kunit_test_suite(blocks_suite);
