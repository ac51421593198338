// SPDX-License-Identifier: GPL-2.0
/*
 * A PV guest and a mapping that Xen refuses: the page must not be used.
 */
#include <linux/mm.h>

#include "migrating.h"

/* Where in a 2M page the refused one is, or in a batch. */
static const unsigned long places[] = { 0, 1, 255, 511 };

/* Whatever has happened is counted, and all can be had back. */
static void expect_whole(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_check(test);
	fake_hv.refused_pfn = 0;
	fake_hv.refused_unmap = false;
	fake_hv.stuck_pfn = 0;
	fixture_empty(test);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, xhb_lost_pages(&f->b), 0UL);
}

static struct page *take_2m(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = NULL;

	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, &page, 1), 1U);
	return page;
}

static unsigned long release_2m(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;
	unsigned long done;

	mutex_lock(&f->b.lock);
	done = fixture_release(f, &page, 1, XHB_HUGE_ORDER);
	mutex_unlock(&f->b.lock);
	return done;
}

/* It cannot be unmapped: that one and all after it stay, mapped. */
static void refused_unmap(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct page *page = take_2m(test);

		fake_hv.refused_pfn = page_to_pfn(page + places[i]);
		fake_hv.refused_unmap = true;
		KUNIT_EXPECT_EQ(test, release_2m(test, page), places[i]);
		expect_whole(test);
	}
}

/*
 * Xen has taken a part, and refuses to map a page of the rest again: the page
 * goes to Xen, too.
 */
static void refused_after_release(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct page *page = take_2m(test);

		fault_arm(1, 1, places[i] / 2);
		fake_hv.refused_pfn = page_to_pfn(page + places[i]);
		KUNIT_EXPECT_EQ(test, release_2m(test, page), places[i] / 2);
		fault_disarm();
		KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), places[i] / 2 + 1);
		expect_whole(test);
	}
}

/* In a batch of 4K pages. */
static void refused_after_release_4k(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[10];

	KUNIT_ASSERT_EQ(test, fixture_alloc_base(f, pages, 10), 10U);
	fault_arm(1, 1, 3);
	fake_hv.refused_pfn = page_to_pfn(pages[7]);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, fixture_release(f, pages, 10, 0), 3UL);
	mutex_unlock(&f->b.lock);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 4UL);
	expect_whole(test);
}

/* Xen does not take the page that it does not map: nobody has it. */
static void refused_and_stuck(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = take_2m(test);

	fake_hv.stuck_pfn = page_to_pfn(page + 9);
	fake_hv.refused_pfn = fake_hv.stuck_pfn;
	KUNIT_EXPECT_EQ(test, release_2m(test, page), 9UL);
	KUNIT_EXPECT_EQ(test, xhb_lost_pages(&f->b), 1UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 10UL);
	/* For the guest it is no page any more. */
	fake_hv.refused_pfn = 0;
	fake_hv.stuck_pfn = 0;
	fake_hv_lose(page + 9);
	fixture_check(test);
}

/*
 * Where pages move in two steps: the second one is refused, and then so is the mapping
 * that was taken away for it. The memory has moved all the same.
 */
static void refused_second_step(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *from, *to;

	KUNIT_ASSERT_EQ(test, fixture_alloc_base(f, &from, 1), 1U);
	fixture_go(test, f->total - 1);
	f->b.xen.method = XHB_METHOD_POPULATE_RELEASE;
	mutex_lock(&f->b.lock);
	to = xhb_base_take(&f->b);
	fault_arm(2, 2, 0);
	fake_hv.refused_pfn = page_to_pfn(from);
	KUNIT_EXPECT_EQ(test, xhb_xen_move(&f->b.xen, from, to), 0);
	fault_disarm();
	fake_hv.refused_pfn = 0;
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(from));
	KUNIT_EXPECT_TRUE(test, fake_hv_usable(to));
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, &from, 1, 0), 1UL);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, &to, 1, 0), 1UL);
	xhb_base_put(&f->b, to);
	mutex_unlock(&f->b.lock);
	fake_free_pages(from, 0);
	expect_whole(test);
}

/* Where Xen does not set all mappings of a batch at once each is set by itself. */
static void refused_at_once(struct kunit *test)
{
	struct page *page = take_2m(test);

	fake_hv.multicalls = true;
	fault_arm(1, 1, 0);
	KUNIT_EXPECT_EQ(test, release_2m(test, page), XHB_HUGE_PAGES);
	fault_disarm();
	fake_hv.multicalls = false;
	KUNIT_EXPECT_EQ(test, fake_hv.updated, 0UL);
	expect_whole(test);
	KUNIT_EXPECT_EQ(test, fake_hv.updated, XHB_HUGE_PAGES);
}

/* They are not side by side in a kernel that maps its memory in another way. */
static void refused_large_pages(struct kunit *test)
{
	fake_hv.large_pages = true;
	KUNIT_EXPECT_EQ(test, release_2m(test, take_2m(test)), XHB_HUGE_PAGES);
	expect_whole(test);
	KUNIT_EXPECT_EQ(test, fake_hv.updated, 0UL);
}

/* All calls for mappings fail: pages stay as they are, or in the balloon. */
static void refused_multicalls(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = take_2m(test);

	fake_hv.multicalls = true;
	/* All mappings at once, and one by one. */
	fault_arm(1, 2, 0);
	KUNIT_EXPECT_EQ(test, release_2m(test, page), 0UL);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 0UL);
	fixture_check(test);

	fixture_go(test, f->total - 3);
	/* The first is for the memory, the second and the third map it. */
	fault_arm(2, 3, 0);
	f->stats.target_pages = f->total;
	KUNIT_EXPECT_EQ(test, xhb_resize_step(&f->b), XHB_STEP_STUCK);
	fault_disarm();
	fake_hv.multicalls = false;
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 3UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 3UL);
	expect_whole(test);
}

/* It cannot be mapped when it comes back: it goes, with all after it. */
static void refused_populate(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct page *page = take_2m(test);

		KUNIT_EXPECT_EQ(test, release_2m(test, page), XHB_HUGE_PAGES);
		fake_hv.refused_pfn = page_to_pfn(page + places[i]);
		fixture_step_to(test, f->total);
		KUNIT_EXPECT_GT(test, fake_hv_gone_pages(), 0UL);
		expect_whole(test);
	}
}

/* The page whose place is wanted cannot be mapped; the other one comes back. */
static void refused_move(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	migrating_begin(test);
	page = list_first_entry(&f->b.queues.base.pages, struct page, lru);
	fake_hv.refused_pfn = page_to_pfn(page);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 20UL);
	expect_whole(test);
}

/*
 * Xen has no page for the exchange, and then does not map again what it did not
 * take: the move takes place after all.
 */
static void refused_move_back(struct kunit *test)
{
	migrating_begin(test);
	fake_hv.refused_maps = 1;
	fault_arm(1, 1, 0);
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	fault_disarm();
	KUNIT_EXPECT_EQ(test, fake_hv.refused_maps, 0UL);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 20UL);
	expect_whole(test);
}

/* And nor is there memory for either: the reserve's has to do. */
static void refused_move_without_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	migrating_begin(test);
	page = list_first_entry(&f->b.queues.base.pages, struct page, lru);
	fake_hv.refused_pfn = page_to_pfn(page);
	/* The exchange, what was refused goes, and populating fails. */
	fault_arm(3, 3, 0);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	fault_disarm();
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 21UL);
	KUNIT_EXPECT_PTR_EQ(test, f->b.migrate.reserve, NULL);
	expect_whole(test);
}

static struct kunit_case refused_cases[] = {
	KUNIT_CASE(refused_unmap),
	KUNIT_CASE(refused_after_release),
	KUNIT_CASE(refused_after_release_4k),
	KUNIT_CASE(refused_and_stuck),
	KUNIT_CASE(refused_second_step),
	KUNIT_CASE(refused_at_once),
	KUNIT_CASE(refused_large_pages),
	KUNIT_CASE(refused_multicalls),
	KUNIT_CASE(refused_populate),
	KUNIT_CASE(refused_move),
	KUNIT_CASE(refused_move_back),
	KUNIT_CASE(refused_move_without_memory),
	{}
};

static struct kunit_suite refused_suite = {
	.name = "xhb_refused",
	.init = fixture_init_pv,
	.exit = fixture_exit,
	.test_cases = refused_cases,
};

kunit_test_suite(refused_suite);
