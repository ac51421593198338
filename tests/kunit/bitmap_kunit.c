// SPDX-License-Identifier: GPL-2.0
/*
 * The bitmap of ballooned frames, and the sysrq key that prints it.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/prandom.h>
#include <linux/sysrq.h>
#include <linux/vmalloc.h>

#include "fake_clock.h"
#include "kinds.h"
#include "xhb_compat.h"
#include "xhb_front.h"

/* More than a piece of the bitmap has, and no multiple of it. */
#define FRAMES	(3 * 512 * XHB_HUGE_PAGES - 24)

static bool bit(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;
	unsigned long pfn = page_to_pfn(page);
	u8 byte;

	KUNIT_ASSERT_EQ(test, xhb_bitmap_read(&f->b, &byte, pfn / 8, 1), 1UL);
	return byte & (1 << pfn % 8);
}

/* Where each page goes, its bit goes. fixture_check() looks at all of them. */
static void bitmap_follows(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *huge, *lent[3];
	unsigned int i;

	fixture_go(test, f->total - 3 * XHB_HUGE_PAGES - 5);
	fixture_check(test);
	huge = list_first_entry(f->b.queues.huge, struct page, lru);
	KUNIT_EXPECT_TRUE(test, bit(test, huge));
	KUNIT_EXPECT_TRUE(test, bit(test, huge + XHB_HUGE_PAGES - 1));

	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, ARRAY_SIZE(lent), lent), 0);
	for (i = 0; i < ARRAY_SIZE(lent); i++)
		KUNIT_EXPECT_TRUE(test, bit(test, lent[i]));
	xhb_foreign_put(&f->b, ARRAY_SIZE(lent), lent);
	fixture_check(test);
	xhb_foreign_trim(&f->b);

	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	fixture_check(test);
	fixture_go(test, f->total);
	KUNIT_EXPECT_FALSE(test, bit(test, huge));
	fixture_check(test);
}

/* At any offset, in any size, and not beyond the end. */
static void bitmap_reads(struct kunit *test)
{
	static const loff_t offsets[] = {
		0, 1, 32767, 32768, 65535, FRAMES / 8 - 1, FRAMES / 8,
		FRAMES / 8 + 1, -1, LLONG_MAX,
	};
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	const size_t size = FRAMES / 8;
	struct rnd_state random;
	u8 *all, piece[100];
	size_t i, n, want;

	all = vzalloc(size);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, all);
	KUNIT_ASSERT_EQ(test, xhb_bitmap_grow(b, FRAMES), 0);
	prandom_seed_state(&random, 1);
	mutex_lock(&b->lock);
	for (i = 0; i < 1000; i++) {
		n = prandom_u32_state(&random) % FRAMES;
		all[n / 8] |= 1 << n % 8;
		xhb_bitmap_set(b, n, 1);
	}
	mutex_unlock(&b->lock);

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		want = offsets[i] < 0 || offsets[i] > size ? 0 :
		       min_t(size_t, sizeof(piece), size - offsets[i]);
		n = xhb_bitmap_read(b, piece, offsets[i], sizeof(piece));
		KUNIT_EXPECT_EQ_MSG(test, n, want, "at %lld", offsets[i]);
		if (n == want && n)
			KUNIT_EXPECT_EQ_MSG(test, memcmp(piece, all + offsets[i], n),
					    0, "at %lld", offsets[i]);
	}
	mutex_lock(&b->lock);
	for (n = 0; n < FRAMES; n++) {
		if (all[n / 8] & (1 << n % 8))
			xhb_bitmap_clear(b, n, 1);
	}
	mutex_unlock(&b->lock);
	vfree(all);
}

/* Runs that end with a piece of the bitmap, begin with one, and go across. */
static void bitmap_runs(struct kunit *test)
{
	static const unsigned long runs[][2] = {
		{ 0, 1 }, { 5, 70 }, { 262100, 262144 }, { 262145, 262146 },
		{ 524280, 524300 }, { FRAMES - 1, FRAMES },
	};
	struct fixture *f = test->priv;
	unsigned long first, end = 0;
	struct xhb_balloon *b = &f->b;
	unsigned int i, n;

	KUNIT_ASSERT_EQ(test, xhb_bitmap_grow(b, FRAMES), 0);
	KUNIT_EXPECT_FALSE(test, xhb_bitmap_run(b, 0, &first, &end));
	mutex_lock(&b->lock);
	for (i = 0; i < ARRAY_SIZE(runs); i++) {
		for (n = runs[i][0]; n < runs[i][1]; n++)
			xhb_bitmap_set(b, n, 1);
	}
	mutex_unlock(&b->lock);
	for (i = 0, end = 0; i < ARRAY_SIZE(runs); i++) {
		KUNIT_ASSERT_TRUE(test, xhb_bitmap_run(b, end, &first, &end));
		KUNIT_EXPECT_EQ(test, first, runs[i][0]);
		KUNIT_EXPECT_EQ(test, end, runs[i][1]);
	}
	KUNIT_EXPECT_FALSE(test, xhb_bitmap_run(b, end, &first, &end));
	KUNIT_EXPECT_FALSE(test, xhb_bitmap_run(b, FRAMES + 1, &first, &end));
	KUNIT_EXPECT_EQ(test, xhb_sysrq_dump(b), (unsigned long)ARRAY_SIZE(runs));

	/* Not all of too many. */
	mutex_lock(&b->lock);
	for (n = 1000; n < 2000; n += 2)
		xhb_bitmap_set(b, n, 1);
	mutex_unlock(&b->lock);
	KUNIT_EXPECT_EQ(test, xhb_sysrq_dump(b), 200UL);

	mutex_lock(&b->lock);
	for (n = 0; n < FRAMES; n++)
		xhb_bitmap_clear(b, n, 1);
	mutex_unlock(&b->lock);
}

static void other_handler(xhb_compat_sysrq_key key)
{
}

static const struct sysrq_key_op other_op = {
	.handler = other_handler,
	.help_msg = "other(x)",
	.action_msg = "Other",
};

static void bitmap_sysrq(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long looks, deadline = jiffies + 30 * HZ;

	KUNIT_ASSERT_EQ(test, register_sysrq_key('x', &other_op), 0);
	KUNIT_EXPECT_EQ(test, xhb_sysrq_add(&f->b), -EPERM);
	xhb_sysrq_remove();
	/* It is still the other's. */
	KUNIT_EXPECT_EQ(test, unregister_sysrq_key('x', &other_op), 0);

	KUNIT_ASSERT_EQ(test, xhb_sysrq_add(&f->b), 0);
	looks = fake_clock.looks;
	local_irq_disable();
	handle_sysrq('x');
	local_irq_enable();
	/* Who takes the lock looks at the clock. */
	while (READ_ONCE(fake_clock.looks) == looks && time_before(jiffies, deadline))
		msleep(20);
	KUNIT_EXPECT_GT(test, fake_clock.looks, looks);
	handle_sysrq('x');
	xhb_sysrq_remove();
	KUNIT_EXPECT_NE(test, unregister_sysrq_key('x', &other_op), 0);
}

static struct kunit_case bitmap_cases[] = {
	KUNIT_CASE_PARAM(bitmap_follows, kind_gen_params),
	KUNIT_CASE(bitmap_reads),
	KUNIT_CASE(bitmap_runs),
	KUNIT_CASE(bitmap_sysrq),
	{}
};

static struct kunit_suite bitmap_suite = {
	.name = "xhb_bitmap",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = bitmap_cases,
};

kunit_test_suite(bitmap_suite);
