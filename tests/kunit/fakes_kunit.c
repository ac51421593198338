// SPDX-License-Identifier: GPL-2.0
/*
 * The fakes themselves: what they must notice, they notice.
 */
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/interface/memory.h>
#include <xen/page.h>

#include "fakes.h"
#include "kinds.h"

static void fakes_double_populate(struct kunit *test)
{
	struct page *page = driver_page(test, 0);
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
	KUNIT_EXPECT_EQ(test, give_one(test, page), 1UL);
	KUNIT_EXPECT_PTR_EQ(test, fake_hv_violation(), NULL);
	fake_hv.max_pages++;
	give_one(test, page);
	expect_violation(test, "populated twice");
	fake_hv.tot_pages = f->tot_pages;
	fake_free_pages(page, 0);
}

static void fakes_double_release(struct kunit *test)
{
	struct page *page = driver_page(test, 0);

	KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
	KUNIT_EXPECT_EQ(test, memory_op(XENMEM_decrease_reservation,
					page_to_pfn(page)), 0L);
	expect_violation(test, "released");
	KUNIT_EXPECT_EQ(test, give_one(test, page), 1UL);
	fake_free_pages(page, 0);
}

static void fakes_touch(struct kunit *test)
{
	struct page *page = driver_page(test, 0);

	fake_hv.thorough = true;
	KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
	*(u8 *)(page_address(page) + 1234) = 1;
	give_one(test, page);
	expect_violation(test, "touched");
	fake_free_pages(page, 0);
}

static void fakes_content(struct kunit *test)
{
	struct page *page = driver_page(test, 0);

	fake_hv.thorough = true;
	*(u8 *)(page_address(page) + 4095) = 1;
	take_one(test, page);
	expect_violation(test, "released with content");
	give_one(test, page);
	fake_free_pages(page, 0);
}

/* A page that the driver does not have. */
static void fakes_not_the_drivers(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	take_one(test, page);
	expect_violation(test, "released, but in use");
	give_one(test, page);
	fake_guest_hand_over(page);
	fake_guest_hand_over(page);
	expect_violation(test, "handed over twice");
	fake_guest_take_back(page);
	fake_free_pages(page, 0);
	expect_violation(test, "not the driver's");
}

static void fakes_free(struct kunit *test)
{
	struct page *page = driver_page(test, 0);

	get_page(page);
	KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
	fake_free_pages(page, 0);
	expect_violation(test, "freed, but not usable");
	fake_guest_hand_over(page);
	give_one(test, page);

	__SetPageOffline(page);
	get_page(page);
	fake_free_pages(page, 0);
	expect_violation(test, "freed, but marked offline");
	fake_guest_hand_over(page);
	__ClearPageOffline(page);
	fake_free_pages(page, 0);
}

/* What a PV guest can do wrong with its mappings. */
static void fakes_pv_mappings(struct kunit *test)
{
	struct page *page = driver_page(test, 0);
	unsigned long frame;

	if (fake_hv.kind != FAKE_PV) {
		fake_free_pages(page, 0);
		return;
	}
	frame = fake_page_to_gfn(page);
	KUNIT_EXPECT_EQ(test, memory_op(XENMEM_decrease_reservation, frame), 1L);
	expect_violation(test, "released, but still mapped");

	/* The frame that it had. */
	fake_write_p2m(xen_p2m_addr + page_to_pfn(page), frame);
	expect_violation(test, "a wrong p2m entry");
	KUNIT_EXPECT_EQ(test, give_one(test, page), 1UL);
	KUNIT_EXPECT_NE(test, fake_page_to_gfn(page), frame);
	fake_write_p2m(xen_p2m_addr + page_to_pfn(page), frame);
	expect_violation(test, "a wrong p2m entry");
	memory_op(XENMEM_decrease_reservation, frame);
	expect_violation(test, "released, but not the domain's");
	KUNIT_EXPECT_EQ(test, give_one(test, page), 1UL);
	fake_hv_forgive();
	fake_free_pages(page, 0);
}

/* What Xen refuses, with Xen's errors. */
static void fakes_refusals(struct kunit *test)
{
	struct xen_memory_exchange exchange = {};
	struct xen_add_to_physmap move = { .space = XENMAPSPACE_gmfn };
	bool pv = fake_hv.kind == FAKE_PV;

	exchange.in.extent_order = fake_hv.max_order + 1;
	KUNIT_EXPECT_EQ(test, fake_memory_op(XENMEM_exchange, &exchange),
			(long)-EPERM);
	exchange.in.extent_order = 0;
	if (!pv)
		KUNIT_EXPECT_EQ(test, fake_memory_op(XENMEM_exchange,
						     &exchange),
				(long)-EOPNOTSUPP);
	if (pv)
		KUNIT_EXPECT_EQ(test, fake_memory_op(XENMEM_add_to_physmap,
						     &move), (long)-EACCES);
	KUNIT_EXPECT_EQ(test, fake_memory_op(XENMEM_machphys_mapping, NULL),
			(long)-ENOSYS);
}

/* Faults come when they are due, and are counted. */
static void fakes_faults(struct kunit *test)
{
	unsigned long partial = 77;

	KUNIT_EXPECT_FALSE(test, fault_hit(&partial));
	fault_arm(2, 3, 5);
	KUNIT_EXPECT_FALSE(test, fault_hit(&partial));
	KUNIT_EXPECT_EQ(test, partial, 77UL);
	KUNIT_EXPECT_TRUE(test, fault_hit(NULL));
	KUNIT_EXPECT_FALSE(test, fault_graded());
	KUNIT_EXPECT_TRUE(test, fault_hit(&partial));
	KUNIT_EXPECT_EQ(test, partial, 5UL);
	KUNIT_EXPECT_TRUE(test, fault_graded());
	KUNIT_EXPECT_FALSE(test, fault_hit(&partial));
	KUNIT_EXPECT_EQ(test, fault_calls(), 4UL);
	fault_disarm();
	KUNIT_EXPECT_FALSE(test, fault_hit(&partial));
	KUNIT_EXPECT_EQ(test, fault_calls(), 4UL);
}

static struct kunit_case fakes_cases[] = {
	KUNIT_CASE_PARAM(fakes_double_populate, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_double_release, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_touch, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_content, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_not_the_drivers, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_free, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_pv_mappings, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_refusals, kind_gen_params),
	KUNIT_CASE(fakes_faults),
	{}
};

static struct kunit_suite fakes_suite = {
	.name = "xhb_fakes",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = fakes_cases,
};

kunit_test_suite(fakes_suite);
