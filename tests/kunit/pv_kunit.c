// SPDX-License-Identifier: GPL-2.0
/*
 * Exchange with Xen below the ops in PV guests: what is unmapped, flushed and mapped, and
 * in which pieces memory comes.
 */
#include <linux/mm.h>

#include "fixture.h"

/* One batch unmaps all, flushes once, and makes one memory hypercall. */
static void pv_batch(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[3];

	KUNIT_EXPECT_GE(test, xhb_xen_max_extents(&f->b.xen, XHB_HUGE_ORDER, false),
			3U);
	KUNIT_EXPECT_GE(test, xhb_xen_max_extents(&f->b.xen, 0, false), 512U);
	fixture_take_2m(test, pages, 3);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 3, XHB_HUGE_ORDER),
			3 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 3),
			3 * XHB_HUGE_PAGES);
	fake_hv.host_huge = 3;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 3, XHB_HUGE_ORDER),
			3 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 3), 0UL);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[0], 3 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[1], 3UL);
	/* Beside the two a flush, and one for each 2M page, both ways. */
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, 9ULL);
	fixture_free_2m(pages, 3);
}

/* The host has so many 2M pages, and the rest in pieces, or may not give any as one. */
static void pv_pieces(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int whole, refuses;
	struct page *pages[3];

	/* So that extents are of 2M or of one page. */
	f->b.xen.runs = XHB_ANSWER_REFUSED;
	fixture_take_2m(test, pages, 3);
	for (whole = 0; whole < 3; whole++) {
		for (refuses = 0; refuses < 2; refuses++) {
			KUNIT_ASSERT_EQ(test, fixture_xen_release(test, pages, 3,
								  XHB_HUGE_ORDER),
					3 * XHB_HUGE_PAGES);
			fake_hv.host_huge = whole;
			fake_hv.max_order = refuses ? 0 : XHB_HUGE_ORDER;
			fake_hv.extents[0] = 0;
			KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 3,
								   XHB_HUGE_ORDER),
					3 * XHB_HUGE_PAGES);
			KUNIT_EXPECT_EQ(test, fake_hv.extents[0],
					(refuses ? 3 : 3 - whole) * XHB_HUGE_PAGES);
			KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 3), 0UL);
		}
	}
	fixture_free_2m(pages, 3);
}

/* 4K pages are mapped and unmapped in one hypercall, wherever they are. */
static void pv_scattered(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *block, *pages[50];
	unsigned int i, step;

	fixture_take_2m(test, &block, 1);
	for (step = 1; step <= 7; step += 3) {
		for (i = 0; i < ARRAY_SIZE(pages); i++)
			pages[i] = block + XHB_HUGE_PAGES - 1 - i * step;
		/* Two that follow each other among those that do not. */
		swap(pages[10], pages[11]);
		fake_hv.updated = 0;
		f->b.xen.hypercalls = 0;
		KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 50, 0), 50UL);
		KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 50UL);
		KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 50, 0), 50UL);
		KUNIT_EXPECT_EQ(test, fixture_gone(test, &block, 1), 0UL);
		KUNIT_EXPECT_EQ(test, fake_hv.updated, 100UL);
		/* And a flush. */
		KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, 5ULL);
	}
	fixture_free_2m(&block, 1);
}

/* What Xen does not take is mapped again, and is as it was. */
static void pv_short(struct kunit *test)
{
	static const unsigned long ends[] = { 0, 1, 511, 512, 513, 1023 };
	struct fixture *f = test->priv;
	struct page *pages[2];
	unsigned int i;

	/* So that there is one call that stops there. */
	f->b.xen.runs = XHB_ANSWER_REFUSED;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		fixture_take_2m(test, pages, 2);
		fault_arm(1, 1, ends[i]);
		KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
				ends[i]);
		fault_disarm();
		KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 2),
				ends[i]);

		/* All of it, in two parts again. */
		while (fixture_gone(test, pages, 2)) {
			unsigned long last = fixture_gone(test, pages, 2) - 1;
			struct page *page = pages[last / 512] + last % 512;

			KUNIT_ASSERT_EQ(test, fixture_xen_populate(test, &page, 1, 0), 1UL);
		}
		fixture_free_2m(pages, 2);
	}

	fixture_take_2m(test, pages, 2);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
			2 * XHB_HUGE_PAGES);
	/* The host has one whole, and a part of the second in pieces. */
	fake_hv.host_huge = 1;
	fault_arm(2, 2, 700 - XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 2, XHB_HUGE_ORDER), 700UL);
	fault_disarm();
	KUNIT_EXPECT_FALSE(test, fake_hv_gone(pages[1] + 187));
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(pages[1] + 188));
	while (fake_hv_gone_pages()) {
		unsigned long next = 1024 - fake_hv_gone_pages();
		struct page *page = pages[next / 512] + next % 512;

		KUNIT_ASSERT_EQ(test, fixture_xen_populate(test, &page, 1, 0), 1UL);
	}
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 2), 0UL);
	fixture_free_2m(pages, 2);
}

static struct kunit_case pv_cases[] = {
	KUNIT_CASE(pv_batch),
	KUNIT_CASE(pv_pieces),
	KUNIT_CASE(pv_scattered),
	KUNIT_CASE(pv_short),
	{}
};

static struct kunit_suite pv_suite = {
	.name = "xhb_pv",
	.init = fixture_init_pv,
	.exit = fixture_exit,
	.test_cases = pv_cases,
};

kunit_test_suite(pv_suite);
