// SPDX-License-Identifier: GPL-2.0
/*
 * The fakes themselves: frames that are populated on demand.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <xen/interface/grant_table.h>

#include "fakes.h"
#include "kinds_2m.h"

/* A page of the driver's that nobody has touched. */
static struct page *fresh_page(struct kunit *test)
{
	struct page *page = fake_alloc_pages(GFP_KERNEL, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	KUNIT_ASSERT_TRUE(test, fake_pod_untouched(page));
	return page;
}

static void expect_pod(struct kunit *test, unsigned long entries, unsigned long cache)
{
	KUNIT_EXPECT_EQ(test, fake_hv.pod_entries, entries);
	KUNIT_EXPECT_EQ(test, fake_hv.pod_cache, cache);
}

/*
 * All that is left of PoD is given up, and the domain may have all its memory. Then those
 * of the driver's pages that have none get some, and all are the kernel's.
 */
static void pod_end(struct kunit *test, struct page **pages, unsigned int n)
{
	struct fixture *f = test->priv;
	struct page *page;

	while (fake_hv.pod_unseen) {
		page = fresh_page(test);
		KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
		fake_hv.max_pages = f->tot_pages;
		KUNIT_EXPECT_EQ(test, give_one(test, page), 1UL);
		fake_free_pages(page, 0);
	}
	expect_pod(test, 0, 0);
	fake_hv.max_pages = f->tot_pages;
	while (n--) {
		if (fake_hv_gone(pages[n]))
			KUNIT_EXPECT_EQ(test, give_one(test, pages[n]), 1UL);
		fake_free_pages(pages[n], 0);
	}
	fixture_check(test);
}

static void fakes_pod_touched(struct kunit *test)
{
	struct page *pages[2];
	unsigned long tot;

	fake_pod_start(2, 1);
	tot = fake_hv.tot_pages;
	/* The allocator touches what it clears. */
	pages[0] = driver_page(test, 0);
	expect_pod(test, 1, 0);
	pages[1] = fresh_page(test);
	expect_pod(test, 1, 0);

	/* There is memory for one of two. */
	KUNIT_EXPECT_EQ(test, take_one(test, pages[0]), 1UL);
	expect_pod(test, 1, 1);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot);
	clear_highpage(pages[1]);
	KUNIT_EXPECT_EQ(test, take_one(test, pages[1]), 1UL);
	expect_pod(test, 0, 0);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot - 1);
	pod_end(test, pages, 2);
}

/* What nobody has touched has nothing in it, and no memory to give. */
static void fakes_pod_fresh(struct kunit *test)
{
	struct page *pages[2];
	unsigned int i;

	fake_pod_start(2, 1);
	for (i = 0; i < 2; i++)
		pages[i] = fresh_page(test);
	KUNIT_EXPECT_EQ(test, take_one(test, pages[0]), 1UL);
	expect_pod(test, 1, 1);
	/* The cache has one too many then. */
	KUNIT_EXPECT_EQ(test, take_one(test, pages[1]), 1UL);
	KUNIT_EXPECT_PTR_EQ(test, fake_hv_violation(), NULL);
	pod_end(test, pages, 2);
}

/* With its cache empty Xen takes what is cleared; and if nothing is, that is the end. */
static void fakes_pod_empty(struct kunit *test)
{
	struct page *pages[2];
	unsigned int i;

	fake_pod_start(2, 1);
	for (i = 0; i < 2; i++)
		pages[i] = driver_page(test, 0);
	expect_pod(test, 1, 0);
	KUNIT_EXPECT_TRUE(test, fake_pod_untouched(pages[0]));
	KUNIT_EXPECT_PTR_EQ(test, fake_hv_violation(), NULL);

	fake_hv_dirty(pages[1]);
	clear_highpage(pages[0]);
	KUNIT_EXPECT_EQ(test, take_one(test, pages[0]), 1UL);
	expect_violation(test, "touched, with no memory for it");
	pod_end(test, pages, 2);
}

/* What is moved gets memory first. */
static void fakes_pod_moved(struct kunit *test)
{
	struct page *pages[] = { driver_page(test, 0), NULL };
	struct fixture *f = test->priv;
	unsigned long tot;

	KUNIT_EXPECT_EQ(test, take_one(test, pages[0]), 1UL);
	fake_pod_start(2, 1);
	tot = fake_hv.tot_pages;
	pages[1] = fresh_page(test);
	KUNIT_EXPECT_EQ(test, xhb_xen_move(&f->b.xen, pages[1], pages[0]), 0);
	KUNIT_EXPECT_TRUE(test, fake_hv_usable(pages[0]));
	KUNIT_EXPECT_FALSE(test, fake_pod_untouched(pages[0]));
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(pages[1]));
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot);
	expect_pod(test, 1, 0);
	pod_end(test, pages, 2);
}

/* With none for it nothing moves, and the domain ends. */
static void fakes_pod_not_moved(struct kunit *test)
{
	struct page *pages[] = { driver_page(test, 0), NULL };
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, take_one(test, pages[0]), 1UL);
	fake_pod_start(1, 0);
	pages[1] = fresh_page(test);
	KUNIT_EXPECT_EQ(test, xhb_xen_move(&f->b.xen, pages[1], pages[0]), -EINVAL);
	expect_violation(test, "touched, with no memory for it");
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(pages[0]));
	expect_pod(test, 1, 0);
	KUNIT_EXPECT_EQ(test, take_one(test, pages[1]), 1UL);
	pod_end(test, pages, 2);
}

/* An exchange gives it memory before it is refused, and a copy to it does, too. */
static void fakes_pod_asked_for(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct gnttab_copy copy = {};
	struct page *pages[3];

	if (fake_hv.kind != FAKE_HVM)
		kunit_skip(test, "others are not refused");
	pages[0] = driver_page(test, 0);
	KUNIT_EXPECT_EQ(test, take_one(test, pages[0]), 1UL);
	fake_pod_start(2, 2);
	pages[1] = fresh_page(test);
	KUNIT_EXPECT_EQ(test, f->b.xen.ops->exchange(&f->b.xen, pages[1], pages[0]),
			-EOPNOTSUPP);
	expect_pod(test, 1, 1);
	pages[2] = fresh_page(test);
	copy.dest.u.gmfn = page_to_pfn(pages[2]);
	KUNIT_EXPECT_EQ(test, fake_grant_table_op(GNTTABOP_copy, &copy, 1), 0);
	KUNIT_EXPECT_EQ(test, copy.status, (s16)GNTST_okay);
	pod_end(test, pages, 3);
}

/* What another domain has a reference to goes to the cache all the same. */
static void fakes_pod_granted(struct kunit *test)
{
	struct page *page = driver_page(test, 0);
	unsigned long tot;

	fake_shared_grant(page);
	fake_pod_start(1, 0);
	tot = fake_hv.tot_pages;
	KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
	expect_pod(test, 1, 1);
	KUNIT_EXPECT_EQ(test, fake_hv.held, 0UL);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot);
	pod_end(test, &page, 1);
}

static struct kunit_case fakes_pod_cases[] = {
	KUNIT_CASE_PARAM(fakes_pod_touched, kind_2m_gen_params),
	KUNIT_CASE_PARAM(fakes_pod_fresh, kind_2m_gen_params),
	KUNIT_CASE_PARAM(fakes_pod_empty, kind_2m_gen_params),
	KUNIT_CASE_PARAM(fakes_pod_moved, kind_2m_gen_params),
	KUNIT_CASE_PARAM(fakes_pod_not_moved, kind_2m_gen_params),
	KUNIT_CASE_PARAM(fakes_pod_asked_for, kind_2m_gen_params),
	KUNIT_CASE_PARAM(fakes_pod_granted, kind_2m_gen_params),
	{}
};

static struct kunit_suite fakes_pod_suite = {
	.name = "xhb_fakes_pod",
	.init = kind_2m_init,
	.exit = fixture_exit,
	.test_cases = fakes_pod_cases,
};

kunit_test_suite(fakes_pod_suite);
