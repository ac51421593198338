// SPDX-License-Identifier: GPL-2.0
/*
 * A Xen that allows this domain no 2M extents, and one that only has none.
 */
#include <linux/mm.h>

#include "fixture.h"

/*
 * A Xen that allows no 2M extents is asked for one once, then whether it does at
 * all, and from then on for 4K ones, as many as fit a call.
 */
static void order_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_xen *xen = &f->b.xen;
	struct page *pages[4];
	unsigned int most;

	fake_hv.max_order = 0;
	fixture_take_2m(test, pages, 4);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 4, XHB_HUGE_ORDER),
			4 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 4 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[1], 4UL);
	KUNIT_EXPECT_EQ(test, xen->refused_2m, 4ULL);

	most = xhb_xen_max_extents(xen, XHB_HUGE_ORDER, true);
	KUNIT_ASSERT_GE(test, most, 2U);
	fake_hv.hypercalls = 0;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 2, XHB_HUGE_ORDER),
			2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages + 2, 2, XHB_HUGE_ORDER),
			2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
			2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 3UL);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[1], 4UL);

	/* Where the domain is restored, another Xen may allow more. */
	fake_hv.max_order = XHB_HUGE_ORDER;
	xhb_xen_restored(xen);
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 2, XHB_HUGE_ORDER),
			2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 4UL);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[1], 6UL);
	fixture_free_2m(pages, 4);
}

/* Taking is refused first, and the host runs dry in the middle of it. */
static void order_refused_taking(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[3];

	fixture_take_2m(test, pages, 3);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 3, XHB_HUGE_ORDER),
			3 * XHB_HUGE_PAGES);
	fake_hv.max_order = 0;
	fake_hv.max_pages = fake_hv.tot_pages + 2 * XHB_HUGE_PAGES + 7;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 3, XHB_HUGE_ORDER),
			2 * XHB_HUGE_PAGES + 7);
	fake_hv.max_pages = f->tot_pages;
	while (fake_hv_gone_pages()) {
		unsigned long next = 3 * 512 - fake_hv_gone_pages();
		struct page *page = pages[next / 512] + next % 512;

		KUNIT_ASSERT_EQ(test, fixture_xen_populate(test, &page, 1, 0), 1UL);
	}
	fixture_free_2m(pages, 3);
}

/* A shortage is not taken for that, however often it comes. */
static void order_allowed(struct kunit *test)
{
	struct page *pages[2];
	unsigned int i;

	fixture_take_2m(test, pages, 2);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
				2 * XHB_HUGE_PAGES);
		fake_hv.host_small += XHB_HUGE_PAGES * fake_hv.host_huge;
		fake_hv.host_huge = 0;
		fake_hv.hypercalls = 0;
		KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 2, XHB_HUGE_ORDER),
				XHB_HUGE_PAGES);
		/* Whether it is allowed is asked once. */
		KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, i ? 2UL : 3UL);
		fake_hv.host_huge = 1;
		KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages + 1, 1, XHB_HUGE_ORDER),
				XHB_HUGE_PAGES);
		KUNIT_EXPECT_TRUE(test, fake_hv_whole(pages[1]));
	}
	fixture_free_2m(pages, 2);
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE(order_refused),
	KUNIT_CASE(order_refused_taking),
	KUNIT_CASE(order_allowed),
	{}
};

static struct kunit_suite order_suite = {
	.name = "xhb_order",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = order_cases,
};

kunit_test_suite(order_suite);
