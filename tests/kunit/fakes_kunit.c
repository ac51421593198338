// SPDX-License-Identifier: GPL-2.0
/*
 * The fakes themselves: what they must notice, they notice.
 */
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/interface/memory.h>
#include <xen/page.h>

#include "kinds.h"

/* The fake has seen a violation that begins with @what. */
static void expect_violation(struct kunit *test, const char *what)
{
	const char *seen = fake_hv_violation();

	if (!seen || strncmp(seen, what, strlen(what)))
		KUNIT_FAIL(test, "not noticed: %s, but: %s", what,
			   seen ?: "nothing");
	fake_hv_forgive();
}

/* A page of the driver's, 2M when @order says so. */
static struct page *driver_page(struct kunit *test, unsigned int order)
{
	struct page *page = fake_alloc_pages(GFP_KERNEL | __GFP_ZERO, order);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	return page;
}

static unsigned long release(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;

	return xhb_xen_release(&f->b.xen, &page, 1, 0).pages;
}

static unsigned long populate(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;

	return xhb_xen_populate(&f->b.xen, &page, 1, 0).pages;
}

static void fakes_double_populate(struct kunit *test)
{
	struct page *page = driver_page(test, 0);
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, release(test, page), 1UL);
	KUNIT_EXPECT_EQ(test, populate(test, page), 1UL);
	KUNIT_EXPECT_PTR_EQ(test, fake_hv_violation(), NULL);
	fake_hv.max_pages++;
	populate(test, page);
	expect_violation(test, "populated twice");
	fake_hv.tot_pages = f->tot_pages;
	fake_free_pages(page, 0);
}

static void fakes_double_release(struct kunit *test)
{
	struct page *page = driver_page(test, 0);
	xen_pfn_t frame = page_to_pfn(page);
	struct xen_memory_reservation reservation = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	KUNIT_EXPECT_EQ(test, release(test, page), 1UL);
	set_xen_guest_handle(reservation.extent_start, &frame);
	KUNIT_EXPECT_EQ(test, fake_memory_op(XENMEM_decrease_reservation,
					     &reservation), 0L);
	expect_violation(test, "released");
	KUNIT_EXPECT_EQ(test, populate(test, page), 1UL);
	fake_free_pages(page, 0);
}

static void fakes_touch(struct kunit *test)
{
	struct page *page = driver_page(test, 0);

	fake_hv.thorough = true;
	KUNIT_EXPECT_EQ(test, release(test, page), 1UL);
	*(u8 *)(page_address(page) + 1234) = 1;
	populate(test, page);
	expect_violation(test, "touched");
	fake_free_pages(page, 0);
}

static void fakes_content(struct kunit *test)
{
	struct page *page = driver_page(test, 0);

	fake_hv.thorough = true;
	*(u8 *)(page_address(page) + 4095) = 1;
	release(test, page);
	expect_violation(test, "released with content");
	populate(test, page);
	fake_free_pages(page, 0);
}

/* A page that the driver does not have. */
static void fakes_not_the_drivers(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	release(test, page);
	expect_violation(test, "released, but in use");
	populate(test, page);
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
	KUNIT_EXPECT_EQ(test, release(test, page), 1UL);
	fake_free_pages(page, 0);
	expect_violation(test, "freed, but not usable");
	fake_guest_hand_over(page);
	populate(test, page);

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
	xen_pfn_t frame;
	struct xen_memory_reservation reservation = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	if (fake_hv.kind != FAKE_PV) {
		fake_free_pages(page, 0);
		return;
	}
	set_xen_guest_handle(reservation.extent_start, &frame);
	frame = fake_page_to_gfn(page);
	KUNIT_EXPECT_EQ(test, fake_memory_op(XENMEM_decrease_reservation,
					     &reservation), 1L);
	expect_violation(test, "released, but still mapped");

	/* The frame that it had. */
	fake_write_p2m(xen_p2m_addr + page_to_pfn(page), frame);
	expect_violation(test, "a wrong p2m entry");
	KUNIT_EXPECT_EQ(test, populate(test, page), 1UL);
	KUNIT_EXPECT_NE(test, fake_page_to_gfn(page), frame);
	fake_write_p2m(xen_p2m_addr + page_to_pfn(page), frame);
	expect_violation(test, "a wrong p2m entry");
	fake_memory_op(XENMEM_decrease_reservation, &reservation);
	expect_violation(test, "released, but not the domain's");
	KUNIT_EXPECT_EQ(test, populate(test, page), 1UL);
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
