// SPDX-License-Identifier: GPL-2.0
/*
 * What the kinds of guest tell their callers of a release and a populate.
 */
#include <linux/mm.h>

#include "kinds.h"

#define EXTENTS	3

static struct page *pages[EXTENTS];

static struct xhb_done release(struct fixture *f, unsigned int first,
			       unsigned int n, unsigned int order)
{
	return xhb_xen_release(&f->b.xen, pages + first, n, order);
}

static struct xhb_done populate(struct fixture *f, unsigned int first,
				unsigned int n, unsigned int order)
{
	return xhb_xen_populate(&f->b.xen, pages + first, n, order);
}

static void expect_done(struct kunit *test, struct xhb_done done,
			unsigned long pages, unsigned long whole)
{
	KUNIT_EXPECT_EQ(test, done.pages, pages);
	KUNIT_EXPECT_EQ(test, done.whole, whole);
}

static void take(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, pages, EXTENTS),
			(unsigned int)EXTENTS);
}

/* Takes back whatever is gone, 4K at a time, and frees all. */
static void put_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long i;

	for (i = 0; i < EXTENTS * XHB_HUGE_PAGES; i++) {
		struct page *page = pages[i / XHB_HUGE_PAGES] +
				    i % XHB_HUGE_PAGES;

		if (!fake_hv_gone(page))
			continue;
		expect_done(test, xhb_xen_populate(&f->b.xen, &page, 1, 0),
			    1, 0);
	}
	for (i = 0; i < EXTENTS; i++)
		fake_free_pages(pages[i], XHB_HUGE_ORDER);
}

/* Superpages exist in translated guests only. */
static void kind_all_whole(struct kunit *test)
{
	unsigned long whole = fake_hv.kind == FAKE_HVM ? EXTENTS : 0;
	struct fixture *f = test->priv;
	unsigned int i;

	take(test);
	expect_done(test, release(f, 0, EXTENTS, XHB_HUGE_ORDER),
		    EXTENTS * XHB_HUGE_PAGES, whole);
	expect_done(test, populate(f, 0, EXTENTS, XHB_HUGE_ORDER),
		    EXTENTS * XHB_HUGE_PAGES, whole);
	for (i = 0; i < EXTENTS; i++)
		KUNIT_EXPECT_EQ(test, fake_hv_whole(pages[i]), i < whole);
	put_back(test);
}

/* The one before is whole, the one that it ends in is not. */
static void kind_part_whole(struct kunit *test)
{
	struct fixture *f = test->priv;

	take(test);
	fake_hv.fragmented = true;
	fake_hv.stuck_pfn = page_to_pfn(pages[1]) + 100;
	expect_done(test, release(f, 0, EXTENTS, XHB_HUGE_ORDER),
		    XHB_HUGE_PAGES + 100, 1);
	fake_hv.stuck_pfn = 0;
	expect_done(test, populate(f, 0, 1, XHB_HUGE_ORDER), XHB_HUGE_PAGES, 1);
	put_back(test);

	take(test);
	expect_done(test, release(f, 0, EXTENTS, XHB_HUGE_ORDER),
		    EXTENTS * XHB_HUGE_PAGES, EXTENTS);
	fake_hv.host_huge = 1;
	fake_hv.host_small = XHB_HUGE_PAGES;
	/* All of the second came, too, but in 4K pages. */
	expect_done(test, populate(f, 0, EXTENTS, XHB_HUGE_ORDER),
		    2 * XHB_HUGE_PAGES, 1);
	KUNIT_EXPECT_TRUE(test, fake_hv_whole(pages[0]));
	KUNIT_EXPECT_FALSE(test, fake_hv_whole(pages[1]));
	fake_hv.host_small = XHB_HUGE_PAGES;
	put_back(test);
}

/* Nothing of it as a 2M extent: Xen refuses those, or has no such block. */
static void kind_none_whole(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.max_order = 0;
	take(test);
	expect_done(test, release(f, 0, 1, XHB_HUGE_ORDER), XHB_HUGE_PAGES, 0);
	expect_done(test, populate(f, 0, 1, XHB_HUGE_ORDER), XHB_HUGE_PAGES, 0);

	fake_hv.max_order = XHB_HUGE_ORDER;
	xhb_xen_restored(&f->b.xen);
	fake_hv.fragmented = true;
	expect_done(test, release(f, 0, 1, XHB_HUGE_ORDER), XHB_HUGE_PAGES, 1);
	fake_hv.host_huge = 0;
	fake_hv.host_small = XHB_HUGE_PAGES - 1;
	expect_done(test, populate(f, 0, 1, XHB_HUGE_ORDER),
		    XHB_HUGE_PAGES - 1, 0);
	fake_hv.host_small = 1;
	put_back(test);
}

/* 4K extents are no 2M ones, also where all of them were done. */
static void kind_4k(struct kunit *test)
{
	struct fixture *f = test->priv;

	take(test);
	expect_done(test, release(f, 0, EXTENTS, 0), EXTENTS, 0);
	expect_done(test, populate(f, 0, EXTENTS, 0), EXTENTS, 0);
	put_back(test);
}

static struct kunit_case kind_cases[] = {
	KUNIT_CASE_PARAM(kind_all_whole, kind_gen_params),
	KUNIT_CASE_PARAM(kind_4k, kind_gen_params),
	{}
};

static struct kunit_suite kind_suite = {
	.name = "xhb_kind",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = kind_cases,
};

static struct kunit_case kind_hvm_cases[] = {
	KUNIT_CASE(kind_part_whole),
	KUNIT_CASE(kind_none_whole),
	{}
};

static struct kunit_suite kind_hvm_suite = {
	.name = "xhb_kind_hvm",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = kind_hvm_cases,
};

kunit_test_suites(&kind_suite, &kind_hvm_suite);
