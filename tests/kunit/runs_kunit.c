// SPDX-License-Identifier: GPL-2.0
/*
 * 4K pages that stand side by side travel together.
 */
#include <linux/highmem.h>
#include <linux/mm.h>

#include "fixture.h"

#define RUN	8UL

/* All pages of a block, which is @block's. */
static struct page **pages_of_block(struct kunit *test, struct page **block)
{
	struct page **pages = kunit_kcalloc(test, XHB_HUGE_PAGES, sizeof(*pages),
					    GFP_KERNEL);
	unsigned long i;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	fixture_take_2m(test, block, 1);
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		pages[i] = *block + i;
	return pages;
}

/* Since when this was called last. */
static void expect_calls(struct kunit *test, unsigned long hypercalls,
			 unsigned long runs, unsigned long singles)
{
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, hypercalls);
	KUNIT_EXPECT_EQ(test, fake_hv.runs, runs);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[0], singles);
	fake_hv.hypercalls = 0;
	fake_hv.runs = 0;
	fake_hv.extents[0] = 0;
}

/* They go and come, and nothing fails. */
static void trip(struct kunit *test, struct page **pages, unsigned int n)
{
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, n, 0), (unsigned long)n);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), (unsigned long)n);
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, n, 0), (unsigned long)n);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 0UL);
}

static void runs_hvm(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);

	trip(test, pages, XHB_HUGE_PAGES);
	expect_calls(test, 2, 2 * XHB_HUGE_PAGES / RUN, 0);
	/* What is not a whole run, before and after. */
	trip(test, pages + 5, 3 + 4 * RUN + 7);
	expect_calls(test, 2 * 3, 2 * 4, 2 * (3 + 7));
	fixture_free_2m(&block, 1);
}

/* Fewer than four runs, or pages that do not follow each other, are singles. */
static void runs_not_worth_it(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);
	unsigned long i;

	trip(test, pages, 4 * RUN - 1);
	expect_calls(test, 2, 0, 2 * (4 * RUN - 1));
	for (i = 0; i < XHB_HUGE_PAGES / 2; i++)
		swap(pages[i], pages[XHB_HUGE_PAGES - 1 - i]);
	trip(test, pages, XHB_HUGE_PAGES);
	expect_calls(test, 2, 0, 2 * XHB_HUGE_PAGES);
	fixture_free_2m(&block, 1);
}

/* The balloon lays its pages down so that they can come as they went. */
static void runs_of_balloon(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);
	struct fixture *f = test->priv;
	struct xhb_op op;
	unsigned long i;

	split_page(block, XHB_HUGE_ORDER);
	xhb_op_init(&op, 0);
	for (i = 0; i < XHB_HUGE_PAGES; i++)
		xhb_op_add(&op, pages[i]);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, xhb_release(&f->b, &op).pages, XHB_HUGE_PAGES);
	expect_calls(test, 1, XHB_HUGE_PAGES / RUN, 0);
	KUNIT_EXPECT_EQ(test, xhb_queues_take(&f->b, &op, XHB_HUGE_PAGES),
			(unsigned int)XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, xhb_populate(&f->b, &op).pages, XHB_HUGE_PAGES);
	expect_calls(test, 1, XHB_HUGE_PAGES / RUN, 0);
	mutex_unlock(&f->b.lock);
}

/* Wherever Xen stops, inside a run or between two. */
static void runs_stop_inside(struct kunit *test)
{
	static const unsigned long stuck[] = { 0, 1, 7, 8, 100, 504, 511 };
	struct page *block, **pages = pages_of_block(test, &block);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stuck); i++) {
		fake_hv.stuck_pfn = page_to_pfn(pages[stuck[i]]);
		KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, XHB_HUGE_PAGES, 0),
				stuck[i]);
		KUNIT_EXPECT_EQ(test, fixture_gone(test, &block, 1), stuck[i]);
		fake_hv.stuck_pfn = 0;
		KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, stuck[i], 0),
				stuck[i]);
	}
	fixture_free_2m(&block, 1);
}

/* Stopped for a moment: what is left goes one by one. */
static void runs_go_on(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);
	unsigned long inside;

	for (inside = 0; inside < RUN; inside++) {
		fake_hv.inside = inside;
		fault_arm(1, 1, 2);
		KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, XHB_HUGE_PAGES, 0),
				XHB_HUGE_PAGES);
		fault_disarm();
		KUNIT_EXPECT_EQ(test, fixture_gone(test, &block, 1), XHB_HUGE_PAGES);
		/* The rest of the run, and all after it. */
		expect_calls(test, 3, XHB_HUGE_PAGES / RUN,
			     XHB_HUGE_PAGES - 2 * RUN - inside);
		fault_arm(1, 1, 2);
		KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, XHB_HUGE_PAGES, 0),
				XHB_HUGE_PAGES);
		fault_disarm();
		expect_calls(test, 2, XHB_HUGE_PAGES / RUN, XHB_HUGE_PAGES - 2 * RUN);
	}
	fixture_free_2m(&block, 1);
}

/* Between two pages of a block that have memory; the others never had. */
#define TOUCHED_FIRST	5
#define TOUCHED_EACH	101

static struct page **pages_of_pod_block(struct kunit *test, struct page **block)
{
	unsigned long i, n = XHB_HUGE_PAGES;
	struct page **pages = pages_of_block(test, block);

	fake_pod_start(n, n);
	/* Some kernels clear what they allocate, so this is told afterwards. */
	for (i = 0; i < n; i++)
		KUNIT_ASSERT_TRUE(test, fake_pod_allocated(pages[i], false));
	KUNIT_ASSERT_EQ(test, fake_hv.pod_entries, n);
	for (i = TOUCHED_FIRST; i < n; i += TOUCHED_EACH)
		clear_highpage(pages[i]);
	return pages;
}

/* What is gone of it comes back, and all of it is the guest's again. */
static void end_of_pod_block(struct kunit *test, struct page **pages, struct page *block)
{
	unsigned long i;

	fake_hv.max_pages = fake_hv.tot_pages + 2 * XHB_HUGE_PAGES;
	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		if (fake_hv_gone(pages[i]))
			KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, &pages[i], 1, 0),
					1UL);
	}
	fixture_free_2m(&block, 1);
}

static void runs_pod(struct kunit *test, unsigned int order)
{
	struct page *block, **pages = pages_of_pod_block(test, &block);
	unsigned long n = XHB_HUGE_PAGES;

	KUNIT_EXPECT_EQ(test, order ? fixture_xen_release(test, &block, 1, order) :
				      fixture_xen_release(test, pages, n, 0), n);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 1UL);
	KUNIT_EXPECT_EQ(test, fixture_gone(test, &block, 1), n);
	KUNIT_EXPECT_EQ(test, fake_hv.pod_entries, 0UL);
	fake_hv.max_pages = fake_hv.tot_pages + n;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, &block, 1, XHB_HUGE_ORDER), n);
	fixture_free_2m(&block, 1);
}

/* Xen stops inside an extent of which it has taken what is behind that place, too. */
static void runs_pod_stops(struct kunit *test, struct page **extents, unsigned int n,
			   unsigned int order, struct page **pages)
{
	unsigned long stuck = TOUCHED_FIRST + 3 * TOUCHED_EACH, i, gone = 0;
	unsigned long before = ((unsigned long)n << order) - XHB_HUGE_PAGES;
	struct fixture *f = test->priv;
	struct xhb_done done;

	fake_hv.stuck_pfn = page_to_pfn(pages[stuck]);
	done = xhb_xen_release(&f->b.xen, extents, n, order);
	KUNIT_EXPECT_EQ(test, done.pages, before + stuck);
	for (i = stuck; i < XHB_HUGE_PAGES; i++) {
		KUNIT_EXPECT_EQ(test, xhb_xen_is_stray(&f->b.xen, before + i),
				fake_hv_gone(pages[i]));
		gone += fake_hv_gone(pages[i]);
	}
	KUNIT_EXPECT_EQ(test, done.stray, gone);
	/* Of the run, or of the block, all but those with memory. */
	KUNIT_EXPECT_EQ(test, gone, order ? XHB_HUGE_PAGES - 1 - stuck - 2 :
					    RUN - 1 - stuck % RUN);

	/* They are stray in this release only. */
	fake_hv.stuck_pfn = 0;
	done = xhb_xen_release(&f->b.xen, &pages[stuck], 1, 0);
	KUNIT_EXPECT_EQ(test, done.pages, 1UL);
	KUNIT_EXPECT_EQ(test, done.stray, 0UL);
}

static void runs_pod_4k(struct kunit *test)
{
	runs_pod(test, 0);
}

static void runs_pod_2m(struct kunit *test)
{
	runs_pod(test, XHB_HUGE_ORDER);
}

static void runs_pod_4k_stops(struct kunit *test)
{
	struct page *block, **pages = pages_of_pod_block(test, &block);

	runs_pod_stops(test, pages, XHB_HUGE_PAGES, 0, pages);
	end_of_pod_block(test, pages, block);
}

/* Behind an extent that has gone as a whole. */
static void runs_pod_2m_stops(struct kunit *test)
{
	struct page *blocks[2], **pages;

	fixture_take_2m(test, blocks, 1);
	pages = pages_of_pod_block(test, &blocks[1]);
	runs_pod_stops(test, blocks, 2, XHB_HUGE_ORDER, pages);
	end_of_pod_block(test, pages, blocks[1]);
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, blocks, 1, XHB_HUGE_ORDER),
			XHB_HUGE_PAGES);
	fixture_free_2m(blocks, 1);
}

/* A host that has single pages only gives these; what it has is looked for once. */
static void runs_scattered_host(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);
	unsigned int i;

	fake_hv.scattered = true;
	for (i = 0; i < 2; i++) {
		trip(test, pages, XHB_HUGE_PAGES);
		/* Whether it is allowed is asked the first time. */
		expect_calls(test, i ? 3 : 4, 2 * XHB_HUGE_PAGES / RUN, XHB_HUGE_PAGES);
	}
	fixture_free_2m(&block, 1);
}

/* Where Xen allows no extents of that size they are not tried again. */
static void runs_refused(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);
	struct fixture *f = test->priv;

	fake_hv.max_order = 2;
	trip(test, pages, XHB_HUGE_PAGES);
	/* Tried, asked, the rest of one run and all others; and back. */
	expect_calls(test, 1 + 1 + 2 + 1, XHB_HUGE_PAGES / RUN, 2 * XHB_HUGE_PAGES);
	trip(test, pages, XHB_HUGE_PAGES);
	expect_calls(test, 2, 0, 2 * XHB_HUGE_PAGES);

	/* On another host they may be. */
	fake_hv.max_order = XHB_HUGE_ORDER;
	xhb_xen_restored(&f->b.xen);
	trip(test, pages, XHB_HUGE_PAGES);
	expect_calls(test, 2, 2 * XHB_HUGE_PAGES / RUN, 0);
	fixture_free_2m(&block, 1);
}

/* What Xen cannot enter in its tables it loses, all of a run, so that there is just one. */
static void runs_lost(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);
	struct fixture *f = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, XHB_HUGE_PAGES, 0),
			XHB_HUGE_PAGES);
	fake_hv_restored();
	fake_hv.p2m_tables = 0;
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, XHB_HUGE_PAGES, 0),
				0UL);
		KUNIT_EXPECT_EQ(test, xhb_xen_take_lost(&f->b.xen), i ? 1 : RUN + 1);
	}
	fake_hv.p2m_tables = 1;
	fake_hv.max_pages = fake_hv.tot_pages + XHB_HUGE_PAGES;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, XHB_HUGE_PAGES, 0),
			XHB_HUGE_PAGES);
	fake_hv.tot_pages -= RUN + 3;
	fixture_free_2m(&block, 1);
}

/* Frames of a PV guest may be anywhere: it only takes in runs. */
static void runs_pv(struct kunit *test)
{
	struct page *block, **pages = pages_of_block(test, &block);

	trip(test, pages, XHB_HUGE_PAGES);
	expect_calls(test, 2, XHB_HUGE_PAGES / RUN, XHB_HUGE_PAGES);
	fake_hv.scattered = true;
	trip(test, pages, XHB_HUGE_PAGES);
	expect_calls(test, 4, XHB_HUGE_PAGES / RUN, 2 * XHB_HUGE_PAGES);
	fixture_free_2m(&block, 1);
}

static struct kunit_case runs_hvm_cases[] = {
	KUNIT_CASE(runs_hvm),
	KUNIT_CASE(runs_not_worth_it),
	KUNIT_CASE(runs_of_balloon),
	KUNIT_CASE(runs_stop_inside),
	KUNIT_CASE(runs_go_on),
	KUNIT_CASE(runs_pod_4k),
	KUNIT_CASE(runs_pod_2m),
	KUNIT_CASE(runs_pod_4k_stops),
	KUNIT_CASE(runs_pod_2m_stops),
	KUNIT_CASE(runs_scattered_host),
	KUNIT_CASE(runs_refused),
	KUNIT_CASE(runs_lost),
	{}
};

static struct kunit_suite runs_hvm_suite = {
	.name = "xhb_runs_hvm",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = runs_hvm_cases,
};

static struct kunit_case runs_pv_cases[] = {
	KUNIT_CASE(runs_pv),
	{}
};

static struct kunit_suite runs_pv_suite = {
	.name = "xhb_runs_pv",
	.init = fixture_init_pv,
	.exit = fixture_exit,
	.test_cases = runs_pv_cases,
};

kunit_test_suites(&runs_hvm_suite, &runs_pv_suite);
