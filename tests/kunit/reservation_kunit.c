// SPDX-License-Identifier: GPL-2.0
/*
 * Exchange with Xen below the ops: hypercalls of both kinds of guests.
 */
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <xen/interface/memory.h>

#include "fixture.h"

/* 2M extents travel as such, all in one hypercall. */
static void reservation_hvm_batch(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[4];

	KUNIT_EXPECT_GE(test, xhb_xen_max_extents(&f->b.xen, XHB_HUGE_ORDER, false),
			4U);
	KUNIT_EXPECT_GE(test, xhb_xen_max_extents(&f->b.xen, 0, false), 512U);
	fixture_take_2m(test, pages, 4);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 4, XHB_HUGE_ORDER),
			4 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 4),
			4 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 4, XHB_HUGE_ORDER),
			4 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 4), 0UL);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 2UL);
	/* Xen is asked for the size of the domain before it may lose memory. */
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, 3ULL);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[1], 8UL);
	KUNIT_EXPECT_EQ(test, fake_hv.extents[0], 0UL);
	KUNIT_EXPECT_EQ(test, f->b.xen.refused_2m, 0ULL);
	fixture_free_2m(pages, 4);
}

/* 4K extents, also in one. */
static void reservation_hvm_4k(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[20];

	KUNIT_ASSERT_EQ(test, fixture_alloc_base(f, pages, 20),
			20U);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 20, 0), 20UL);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 1UL);
	fake_hv.host_huge = 0;
	fake_hv.host_small = 7;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 20, 0), 7UL);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 2UL);
	fake_hv.host_small = 13;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages + 7, 13, 0), 13UL);
	while (fixture_held_pages(f))
		fake_free_pages(pages[fixture_held_pages(f) - 1], 0);
}

/* Only what is gone of two 2M pages, as the one who calls this would go on. */
static void populate_gone(struct kunit *test, struct page **pages)
{
	unsigned long last;
	struct page *page;

	while ((last = fixture_gone(test, pages, 2))) {
		page = pages[(last - 1) / 512] + (last - 1) % 512;
		KUNIT_ASSERT_EQ(test, fixture_xen_populate(test, &page, 1, 0), 1UL);
	}
}

/*
 * Xen counts whole extents, but stops inside one when a page of it cannot be
 * released. The page may be anywhere in the batch.
 */
static void reservation_hvm_stops_inside_extent(struct kunit *test)
{
	static const unsigned long stuck[] = { 0, 1, 2, 255, 511, 512, 513, 600, 1023 };
	struct page *pages[2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stuck); i++) {
		fixture_take_2m(test, pages, 2);
		fake_hv.stuck_pfn = page_to_pfn(pages[stuck[i] / 512]) + stuck[i] % 512;
		KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
				stuck[i]);
		KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 2), stuck[i]);
		fake_hv.stuck_pfn = 0;
		populate_gone(test, pages);
		fixture_free_2m(pages, 2);
	}
}

/* If it does not tell where it stopped, no page of that extent is the guest's. */
static void reservation_hvm_stops_untold(struct kunit *test)
{
	struct page *pages[2];

	fixture_take_2m(test, pages, 2);
	fake_hv.mute = true;
	fake_hv.stuck_pfn = page_to_pfn(pages[1]) + 7;
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
			2 * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 2), XHB_HUGE_PAGES + 7);
	fake_hv.mute = false;
	fake_hv.stuck_pfn = 0;
	populate_gone(test, pages);
	fixture_free_2m(pages, 2);
}

/* Stopped inside an extent for a moment: the second try does the rest. */
static void reservation_hvm_goes_on_inside_extent(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[2];

	fixture_take_2m(test, pages, 2);
	fake_hv.inside = 100;
	fault_arm(1, 1, 0);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
			XHB_HUGE_PAGES);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 2), XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->b.xen.refused_2m, 1ULL);
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 1, XHB_HUGE_ORDER),
			XHB_HUGE_PAGES);
	fixture_free_2m(pages, 2);
}

/* The host has one 2M block and a few 4K pages for three extents. */
static void reservation_hvm_no_2m_block(struct kunit *test)
{
	struct page *pages[3];

	fake_hv.fragmented = true;
	fixture_take_2m(test, pages, 3);
	KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 3, XHB_HUGE_ORDER),
			3 * XHB_HUGE_PAGES);
	fake_hv.host_huge = 1;
	fake_hv.host_small = 17;
	KUNIT_EXPECT_EQ(test, fixture_xen_populate(test, pages, 3, XHB_HUGE_ORDER),
			XHB_HUGE_PAGES + 17);
	fake_hv.host_huge = 0;
	fake_hv.host_small = 2000;
	KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 1), 0UL);
	while (fake_hv_gone_pages()) {
		unsigned long next = 3 * 512 - fake_hv_gone_pages();
		struct page *page = pages[next / 512] + next % 512;

		KUNIT_ASSERT_EQ(test, fixture_xen_populate(test, &page, 1, 0), 1UL);
	}
	fixture_free_2m(pages, 3);
}

/* An error instead of a count, or a count that cannot be. */
static void reservation_errors(struct kunit *test)
{
	static const int errors[] = { -ENOSYS, -EPERM, -EFAULT, -1 };
	struct fixture *f = test->priv;
	struct page *pages[2];
	unsigned int i;

	fixture_take_2m(test, pages, 2);
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_hv.error = errors[i];
		KUNIT_EXPECT_EQ(test, fixture_xen_release(test, pages, 2, XHB_HUGE_ORDER),
				0UL);
		KUNIT_EXPECT_EQ(test, fixture_gone(test, pages, 2), 0UL);
	}
	fake_hv.error = 1000;
	KUNIT_EXPECT_EQ(test,
			xhb_xen_memory_op(&f->b.xen, XENMEM_decrease_reservation,
					  f->b.xen.frames, 3, 0), 3UL);
	fake_hv.error = 0;
	fixture_free_2m(pages, 2);
}

/* Xen is asked for the pages of a block in the order in which they are there. */
static void reservation_in_order(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.xen.runs = XHB_ANSWER_REFUSED;
	fixture_go(test, f->total - XHB_HUGE_PAGES);
	mutex_lock(&f->b.lock);
	xhb_split_one(&f->b);
	mutex_unlock(&f->b.lock);
	fixture_go(test, f->total - XHB_HUGE_PAGES + 100);
	KUNIT_EXPECT_EQ(test, fake_hv.in_row, 99UL);
}

/* That there is no error does not mean that anything was done. */
static void reservation_exchange_of_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t out = 1;

	fake_hv.error = 1;
	KUNIT_EXPECT_EQ(test, xhb_xen_exchange_frame(&f->b.xen, 1, &out), -EAGAIN);
	fake_hv.error = -ENOMEM;
	KUNIT_EXPECT_EQ(test, xhb_xen_exchange_frame(&f->b.xen, 1, &out), -ENOMEM);
	KUNIT_EXPECT_EQ(test, xhb_xen_reservation(&f->b.xen), 0UL);
	KUNIT_EXPECT_EQ(test, xhb_xen_headroom(&f->b.xen), 0UL);
	fake_hv.error = 0;
	KUNIT_EXPECT_EQ(test, xhb_xen_reservation(&f->b.xen), fake_hv.tot_pages);
	fake_hv.max_pages = fake_hv.tot_pages + 3;
	KUNIT_EXPECT_EQ(test, xhb_xen_headroom(&f->b.xen), 3UL);
	fake_hv.max_pages = fake_hv.tot_pages - 3;
	KUNIT_EXPECT_EQ(test, xhb_xen_headroom(&f->b.xen), 0UL);
}

/* A guest that was started with less memory than its maximum. */
static void reservation_pod(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long entries = 2 * XHB_HUGE_PAGES, cache = 100;
	unsigned long start;

	/* The count that is in Xen does not follow until there is enough for all entries. */
	fake_pod_start(entries, cache);
	start = fake_hv.tot_pages;
	fixture_go(test, f->total - (entries - cache));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv.pod_entries, fake_hv.pod_cache);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, start);

	/* From here on it does. */
	fixture_go(test, f->total - (entries - cache) - XHB_HUGE_PAGES);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, start - XHB_HUGE_PAGES);

	/* Without a higher maximum there is no more than there was. */
	fixture_step_to(test, f->total);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, fake_hv.max_pages);
	fake_hv.max_pages += entries;
	fixture_go(test, f->total);
}

static void reservation_init_fails(struct kunit *test)
{
	static const enum fake_kind kinds[] = { FAKE_HVM, FAKE_PV };
	struct xhb_xen hv = {};
	unsigned int i, n, buffers = fake_guest.buffers;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		fake_hv.kind = kinds[i];
		for (n = 1;; n++) {
			fault_arm(n, n, 0);
			if (!xhb_xen_init(&hv))
				break;
			KUNIT_EXPECT_EQ(test, fake_guest.buffers, buffers);
		}
		fault_disarm();
		KUNIT_EXPECT_GT(test, n, 1U);
		KUNIT_EXPECT_EQ(test, hv.ops == &xhb_xen_pv_ops,
				kinds[i] == FAKE_PV);
		xhb_xen_destroy(&hv);
		KUNIT_EXPECT_EQ(test, fake_guest.buffers, buffers);
	}
	fake_hv.kind = FAKE_HVM;
}

static struct kunit_case reservation_hvm_cases[] = {
	KUNIT_CASE(reservation_hvm_batch),
	KUNIT_CASE(reservation_hvm_4k),
	KUNIT_CASE(reservation_hvm_stops_inside_extent),
	KUNIT_CASE(reservation_hvm_stops_untold),
	KUNIT_CASE(reservation_hvm_goes_on_inside_extent),
	KUNIT_CASE(reservation_hvm_no_2m_block),
	KUNIT_CASE(reservation_errors),
	KUNIT_CASE(reservation_in_order),
	KUNIT_CASE(reservation_exchange_of_nothing),
	KUNIT_CASE(reservation_pod),
	KUNIT_CASE(reservation_init_fails),
	{}
};

static struct kunit_suite reservation_hvm_suite = {
	.name = "xhb_reservation_hvm",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = reservation_hvm_cases,
};

static struct kunit_case reservation_pv_cases[] = {
	KUNIT_CASE(reservation_in_order),
	KUNIT_CASE(reservation_exchange_of_nothing),
	KUNIT_CASE(reservation_errors),
	{}
};

static struct kunit_suite reservation_pv_suite = {
	.name = "xhb_reservation_pv",
	.init = fixture_init_pv,
	.exit = fixture_exit,
	.test_cases = reservation_pv_cases,
};

kunit_test_suites(&reservation_hvm_suite, &reservation_pv_suite);
