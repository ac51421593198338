// SPDX-License-Identifier: GPL-2.0
/*
 * Queues and accounting: what becomes of each page when Xen does all, a part
 * or nothing, and which pages are collapsed.
 */
#include <linux/mm.h>

#include "kinds.h"
#include "options.h"

/* Gives one 2M page to the fake, with @k of its 4K pages taken. */
static void release_2m(struct kunit *test, unsigned long k)
{
	struct fixture *f = test->priv;
	struct page *page;

	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, &page, 1), 1U);
	mutex_lock(&f->b.lock);
	fault_arm(k < XHB_HUGE_PAGES, 1, k);
	KUNIT_EXPECT_EQ(test, fixture_release(f, &page, 1, XHB_HUGE_ORDER), k);
	fault_disarm();
	mutex_unlock(&f->b.lock);
}

/* Looking at each page takes longer than what is tested, so not for all k. */
static void check_part(struct kunit *test, unsigned long k)
{
	if (k < 3 || k > XHB_HUGE_PAGES - 3 || !(k % 16))
		fixture_check(test);
}

static void pages_queues(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *first, *second;

	mutex_lock(&b->lock);
	KUNIT_EXPECT_PTR_EQ(test, xhb_huge_take(b), NULL);
	KUNIT_EXPECT_PTR_EQ(test, xhb_base_take(b), NULL);
	KUNIT_EXPECT_FALSE(test, xhb_split_one(b));
	mutex_unlock(&b->lock);

	release_2m(test, XHB_HUGE_PAGES);
	release_2m(test, XHB_HUGE_PAGES);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 2UL);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), 2 * XHB_HUGE_PAGES);

	mutex_lock(&b->lock);
	first = xhb_huge_take(b);
	second = xhb_huge_take(b);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	KUNIT_EXPECT_PTR_EQ(test, xhb_huge_take(b), NULL);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
	xhb_huge_put(b, second);
	xhb_huge_put(b, first);
	mutex_unlock(&b->lock);
	fixture_check(test);
}

static void pages_split(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page, *huge;
	unsigned long i;

	release_2m(test, XHB_HUGE_PAGES);
	mutex_lock(&b->lock);
	huge = list_first_entry(b->queues.huge, struct page, lru);
	KUNIT_EXPECT_TRUE(test, xhb_split_one(b));
	mutex_unlock(&b->lock);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_SPLIT), 1ULL);

	/* From the start, so that Xen is asked for pages in a row. */
	mutex_lock(&b->lock);
	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		page = xhb_base_take(b);
		KUNIT_EXPECT_PTR_EQ(test, page, huge + i);
	}
	while (i--)
		xhb_base_put(b, huge + i);
	mutex_unlock(&b->lock);
}

/* A 2M page of which Xen takes the first k 4K pages, for every k. */
static void pages_release_each_part(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long k;

	for (k = 0; k <= XHB_HUGE_PAGES; k++) {
		release_2m(test, k);
		check_part(test, k);
		KUNIT_ASSERT_EQ(test, fake_hv_gone_pages(), k);
		KUNIT_ASSERT_EQ(test, xhb_ballooned_pages(&f->b), k);
		KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, k / XHB_HUGE_PAGES);
		fixture_empty(test);
	}
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_RELEASED_2M), 1ULL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_RELEASED_4K),
			511ULL * 512 / 2);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_SHORT), 512ULL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_SPLIT), 0ULL);
}

/* The same on the way back. */
static void pages_populate_each_part(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;
	unsigned long k;

	for (k = 0; k <= XHB_HUGE_PAGES; k++) {
		release_2m(test, XHB_HUGE_PAGES);
		mutex_lock(&f->b.lock);
		page = xhb_huge_take(&f->b);
		fault_arm(k < XHB_HUGE_PAGES, 1, k);
		KUNIT_EXPECT_EQ(test,
				fixture_populate(f, &page, 1, XHB_HUGE_ORDER),
				k);
		fault_disarm();
		mutex_unlock(&f->b.lock);

		check_part(test, k);
		KUNIT_ASSERT_EQ(test, fake_hv_gone_pages(), XHB_HUGE_PAGES - k);
		KUNIT_ASSERT_EQ(test, xhb_ballooned_pages(&f->b),
				XHB_HUGE_PAGES - k);
		KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, !k);
		fixture_empty(test);
	}
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_SPLIT), 511ULL);
}

/* Batches of 4K pages, and of 2M pages that end inside any of them. */
static void pages_batches(struct kunit *test)
{
	static const unsigned long ends[] = {
		0, 1, 511, 512, 513, 1023, 1024, 1025, 1535, 1536,
	};
	struct fixture *f = test->priv;
	struct page *pages[10];
	unsigned long i, k;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, pages, 3), 3U);
		mutex_lock(&f->b.lock);
		fault_arm(1, 1, ends[i]);
		fixture_release(f, pages, 3, XHB_HUGE_ORDER);
		fault_disarm();
		mutex_unlock(&f->b.lock);
		fixture_check(test);
		KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, ends[i] / XHB_HUGE_PAGES);
		KUNIT_EXPECT_EQ(test, f->b.queues.base_count, ends[i] % XHB_HUGE_PAGES);
		fixture_empty(test);
	}

	for (k = 0; k <= ARRAY_SIZE(pages); k++) {
		KUNIT_ASSERT_EQ(test, fixture_alloc_base(f, pages, ARRAY_SIZE(pages)),
				(unsigned int)ARRAY_SIZE(pages));
		mutex_lock(&f->b.lock);
		fault_arm(1, 1, k);
		KUNIT_EXPECT_EQ(test, fixture_release(f, pages,
						      ARRAY_SIZE(pages), 0), k);
		fault_disarm();
		mutex_unlock(&f->b.lock);
		fixture_check(test);
		KUNIT_EXPECT_EQ(test, f->b.queues.base_count, k);
		fixture_empty(test);
	}
}

/* Puts 4K pages of two 2M pages in the base queue, shuffled. */
static struct page *shuffled_base(struct kunit *test, struct rnd_state *random)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *huge, *page;
	unsigned int i;

	release_2m(test, XHB_HUGE_PAGES);
	mutex_lock(&b->lock);
	huge = list_first_entry(b->queues.huge, struct page, lru);
	xhb_split_one(b);
	for (i = 0; i < 2000; i++) {
		page = huge + prandom_u32_state(random) % XHB_HUGE_PAGES;
		list_move(&page->lru, &b->queues.base.pages);
	}
	mutex_unlock(&b->lock);
	return huge;
}

/* One 4K page leaves the base queue, as if it had never been there. */
static void take_from_base(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	KUNIT_ASSERT_TRUE(test, xhb_compat_core_take_page(&b->queues.base, page));
	xhb_compat_set_offline(page, 0);
	b->queues.base_count--;
	xhb_block_add_base(b, page, -1);
}

static bool promote(struct xhb_balloon *b, struct page *block)
{
	return xhb_collapse_block(b, page_to_pfn(block) >> XHB_HUGE_ORDER);
}

/* One 4K page missing, in the middle and at both ends of a block. */
static void pages_promote(struct kunit *test)
{
	static const unsigned long gaps[] = { 0, 1, 255, 510, 511 };
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *block, *other;
	struct rnd_state random;
	unsigned int i;

	options_random(test, &random);
	block = shuffled_base(test, &random);
	other = shuffled_base(test, &random);
	mutex_lock(&b->lock);
	for (i = 0; i < ARRAY_SIZE(gaps); i++) {
		take_from_base(test, block + gaps[i]);
		KUNIT_EXPECT_FALSE(test, promote(b, block));
		KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
		xhb_base_put(b, block + gaps[i]);
	}
	KUNIT_EXPECT_TRUE(test, promote(b, other));
	KUNIT_EXPECT_TRUE(test, promote(b, block));
	KUNIT_EXPECT_FALSE(test, promote(b, block));
	mutex_unlock(&b->lock);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 2UL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, 0UL);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_COLLAPSED), 2ULL);
	fixture_check(test);
}

/* Somebody who walks page frames has a reference or the lock for a moment. */
static void pages_promote_referenced(struct kunit *test)
{
	static const unsigned long where[] = { 1, 100, 511 };
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct rnd_state random;
	struct page *block;
	unsigned int i;

	options_random(test, &random);
	block = shuffled_base(test, &random);
	for (i = 0; i < ARRAY_SIZE(where); i++) {
		mutex_lock(&b->lock);
		get_page(block + where[i]);
		KUNIT_EXPECT_FALSE(test, promote(b, block));
		put_page(block + where[i]);
		lock_page(block + where[i]);
		KUNIT_EXPECT_FALSE(test, promote(b, block));
		unlock_page(block + where[i]);
		mutex_unlock(&b->lock);
		KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
		fixture_check(test);
	}
	mutex_lock(&b->lock);
	KUNIT_EXPECT_TRUE(test, promote(b, block));
	mutex_unlock(&b->lock);
	fixture_check(test);
}

/* A list of pages as adoption has it: blocks become 2M pages, the rest not. */
static void pages_put_list(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct rnd_state random;
	struct page *huge[2];
	unsigned int i, n, missing;
	LIST_HEAD(list);

	options_random(test, &random);
	missing = prandom_u32_state(&random) % XHB_HUGE_PAGES;
	release_2m(test, XHB_HUGE_PAGES);
	release_2m(test, XHB_HUGE_PAGES);
	mutex_lock(&b->lock);
	for (n = 0; n < 2; n++) {
		huge[n] = xhb_huge_take(b);
		split_page(huge[n], XHB_HUGE_ORDER);
	}
	for (i = 0; i < 2 * XHB_HUGE_PAGES; i++) {
		struct page *page = huge[i & 1] + (i / 2 * 7) % XHB_HUGE_PAGES;

		if (page != huge[1] + missing)
			list_add(&page->lru, &list);
	}
	mutex_unlock(&b->lock);
	xhb_put_list(b, &list, false);
	mutex_lock(&b->lock);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, XHB_HUGE_PAGES - 1);
	xhb_base_put(b, huge[1] + missing);
	mutex_unlock(&b->lock);
	fixture_check(test);
}

/* Each kind of guest knows which of two blocks has memory behind it. */
static void pages_put_list_online(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long i, ram = totalram_pages();
	struct page *populated, *hole;
	LIST_HEAD(pages);

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, &populated, 1), 1U);
	mutex_lock(&f->b.lock);
	hole = xhb_huge_take(&f->b);
	mutex_unlock(&f->b.lock);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, hole);
	split_page(populated, XHB_HUGE_ORDER);
	split_page(hole, XHB_HUGE_ORDER);
	adjust_managed_page_count(populated, -(long)XHB_HUGE_PAGES);
	mutex_lock(&f->b.lock);
	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		xhb_account_mark(populated + i, 0);
		list_add(&populated[i].lru, &pages);
		list_add(&hole[i].lru, &pages);
	}
	mutex_unlock(&f->b.lock);
	xhb_put_list(&f->b, &pages, true);
	KUNIT_EXPECT_TRUE(test, list_empty(&pages));
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 0UL);
	KUNIT_EXPECT_FALSE(test, fake_guest_holds(populated));
	KUNIT_EXPECT_EQ(test, totalram_pages(), ram - XHB_HUGE_PAGES);
	fixture_check(test);
}

/* Content, looked at byte by byte, with each kind of hypervisor interface. */
static void pages_content(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.thorough = true;
	fixture_go(test, f->total - XHB_HUGE_PAGES - 20);
	fixture_empty(test);
}

static void pages_content_unscrubbed(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Nobody asked for it, and the fake says when it does not happen. */
	f->scrub = false;
	fixture_go(test, f->total - XHB_HUGE_PAGES - 20);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, fake_hv_violation());
	fake_hv_forgive();
	fake_hv.scrubbed = false;
	fixture_empty(test);
}

static struct kunit_case pages_cases[] = {
	KUNIT_CASE(pages_queues),
	KUNIT_CASE(pages_split),
	KUNIT_CASE(pages_release_each_part),
	KUNIT_CASE(pages_populate_each_part),
	KUNIT_CASE(pages_batches),
	KUNIT_CASE(pages_promote),
	KUNIT_CASE(pages_promote_referenced),
	KUNIT_CASE(pages_put_list),
	KUNIT_CASE_PARAM(pages_put_list_online, kind_gen_params),
	KUNIT_CASE_PARAM(pages_content, kind_gen_params),
	KUNIT_CASE_PARAM(pages_content_unscrubbed, kind_gen_params),
	{}
};

static struct kunit_suite pages_suite = {
	.name = "xhb_pages",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = pages_cases,
};

kunit_test_suite(pages_suite);
