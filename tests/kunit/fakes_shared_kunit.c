// SPDX-License-Identifier: GPL-2.0
/*
 * The fakes themselves: frames that are shared with another domain.
 */
#include <linux/mm.h>
#include <asm/xen/page.h>
#include <xen/interface/memory.h>
#include <xen/page.h>

#include "fakes.h"
#include "kinds.h"

/* A page of the driver's that another domain has a reference to. */
static struct page *granted_page(struct kunit *test)
{
	struct page *page = driver_page(test, 0);

	fake_shared_grant(page);
	return page;
}

/* A page of the driver's at which there is one of another domain. */
static struct page *mapped_page(struct kunit *test, enum fake_mapping mapping)
{
	struct page *page = driver_page(test, 0);

	KUNIT_ASSERT_EQ(test, take_one(test, page), 1UL);
	fake_shared_map(page, mapping);
	return page;
}

/* It is there again, and the kernel's. */
static void give_back(struct kunit *test, struct page *page)
{
	KUNIT_EXPECT_EQ(test, give_one(test, page), 1UL);
	fake_free_pages(page, 0);
}

/* It has left its frame, and is charged for. */
static void fakes_release_granted(struct kunit *test)
{
	unsigned long small = fake_hv.host_small, tot = fake_hv.tot_pages;
	struct page *page = granted_page(test);

	KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(page));
	KUNIT_EXPECT_EQ(test, fake_hv.held, 1UL);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot);
	KUNIT_EXPECT_EQ(test, fake_hv.host_small, small);
	/* The domain is at its maximum. */
	KUNIT_EXPECT_EQ(test, give_one(test, page), 0UL);

	fake_shared_let_go();
	KUNIT_EXPECT_EQ(test, fake_hv.held, 0UL);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot - 1);
	KUNIT_EXPECT_EQ(test, fake_hv.host_small, small + 1);
	give_back(test, page);
	/* What is there now nobody else has. */
	KUNIT_EXPECT_FALSE(test, fake_shared_granted(page));
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot);
}

/* What is let go of before it is released is as any other. */
static void fakes_let_go_first(struct kunit *test)
{
	struct page *page = granted_page(test);

	fake_shared_let_go();
	KUNIT_EXPECT_EQ(test, take_one(test, page), 1UL);
	KUNIT_EXPECT_EQ(test, fake_hv.held, 0UL);
	give_back(test, page);
	take_one(test, page = driver_page(test, 0));
	fake_shared_grant(page);
	expect_violation(test, "granted, but not there");
	fake_shared_let_go();
	give_back(test, page);
}

/* Refused, with nothing changed. */
static void fakes_exchange_granted(struct kunit *test)
{
	struct page *from = granted_page(test), *to = driver_page(test, 0);
	struct fixture *f = test->priv;
	int err;

	KUNIT_EXPECT_EQ(test, take_one(test, to), 1UL);
	err = f->b.xen.ops->exchange(&f->b.xen, from, to);
	KUNIT_EXPECT_EQ(test, err, fake_hv.kind == FAKE_HVM ? -EOPNOTSUPP : -EINVAL);
	KUNIT_EXPECT_TRUE(test, fake_hv_usable(from));
	KUNIT_EXPECT_TRUE(test, fake_shared_granted(from));
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(to));
	fake_free_pages(from, 0);
	give_back(test, to);
}

/* A move takes the references along. */
static void fakes_move_granted(struct kunit *test)
{
	struct page *from, *to;
	struct fixture *f = test->priv;
	unsigned long tot;

	if (fake_hv.kind != FAKE_HVM)
		kunit_skip(test, "others have no such move");
	from = granted_page(test);
	to = driver_page(test, 0);
	KUNIT_EXPECT_EQ(test, take_one(test, to), 1UL);
	tot = fake_hv.tot_pages;
	KUNIT_EXPECT_EQ(test, xhb_xen_gmfn_move(&f->b.xen, from, to), 0);
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(from));
	KUNIT_EXPECT_FALSE(test, fake_shared_granted(from));
	KUNIT_EXPECT_TRUE(test, fake_shared_granted(to));
	KUNIT_EXPECT_EQ(test, fake_hv.held, 0UL);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot);
	fake_free_pages(to, 0);
	give_back(test, from);
}

/* Xen does not release it, and leaves it where it is; nor can it be populated. */
static void mapping_stays(struct kunit *test, enum fake_mapping mapping)
{
	struct page *page = mapped_page(test, mapping);
	unsigned long tot = fake_hv.tot_pages;

	KUNIT_EXPECT_TRUE(test, fake_hv_gone(page));
	KUNIT_EXPECT_EQ(test, memory_op(XENMEM_decrease_reservation,
					fake_page_to_gfn(page)), 0L);
	KUNIT_EXPECT_PTR_EQ(test, fake_hv_violation(), NULL);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, tot);
	memory_op(XENMEM_populate_physmap, page_to_pfn(page));
	expect_violation(test, "populated over a mapping");
	fake_shared_map(page, mapping);
	expect_violation(test, "mapped, but something is there");
	fake_shared_unmap(page);
	give_back(test, page);
}

static void fakes_mapping_stays(struct kunit *test)
{
	mapping_stays(test, FAKE_MAP_GRANT);
	if (fake_hv.kind != FAKE_PV)
		mapping_stays(test, FAKE_MAP_FOREIGN);
}

/* What a guest is told of it, if it asks. */
static void fakes_mapping_seen(struct kunit *test)
{
	struct page *page = mapped_page(test, FAKE_MAP_GRANT);
	struct fixture *f = test->priv;

	KUNIT_EXPECT_TRUE(test, xhb_xen_is_populated(&f->b.xen, page));
	fake_shared_unmap(page);
	KUNIT_EXPECT_FALSE(test, xhb_xen_is_populated(&f->b.xen, page));
	fake_shared_unmap(page);
	expect_violation(test, "unmapped, but not mapped");
	fake_shared_map(page, FAKE_MAP_FOREIGN);
	if (fake_hv.kind == FAKE_PV)
		expect_violation(test, "mapped, but not in a PV guest's p2m");
	else
		KUNIT_EXPECT_FALSE(test, xhb_xen_is_populated(&f->b.xen, page));
	fake_shared_unmap(page);
	give_back(test, page);
}

/* Neither moved nor moved over. */
static void fakes_move_mapping(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page, *other;

	if (fake_hv.kind != FAKE_HVM)
		kunit_skip(test, "others have no such move");
	page = mapped_page(test, FAKE_MAP_FOREIGN);
	other = driver_page(test, 0);
	KUNIT_EXPECT_EQ(test, xhb_xen_gmfn_move(&f->b.xen, other, page), -ENXIO);
	KUNIT_EXPECT_TRUE(test, fake_hv_usable(other));
	KUNIT_EXPECT_EQ(test, take_one(test, other), 1UL);
	KUNIT_EXPECT_EQ(test, xhb_xen_gmfn_move(&f->b.xen, page, other), -EINVAL);
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(other));
	fake_shared_unmap(page);
	KUNIT_EXPECT_PTR_EQ(test, fake_hv_violation(), NULL);
	give_back(test, page);
	give_back(test, other);
}

/* It is not this domain's to write to. */
static void fakes_mapping_written(struct kunit *test)
{
	struct page *page = mapped_page(test, FAKE_MAP_GRANT);

	fake_hv_dirty(page);
	fake_shared_unmap(page);
	expect_violation(test, "another domain's page was written to");
	give_back(test, page);
}

/* A PV guest that loses sight of a mapping cannot end it any more. */
static void fakes_pv_mapping_replaced(struct kunit *test)
{
	struct mmu_update update = {};
	struct page *page;
	int done;

	if (fake_hv.kind != FAKE_PV)
		kunit_skip(test, "others do not map memory themselves");
	page = mapped_page(test, FAKE_MAP_GRANT);
	fake_write_p2m(xen_p2m_addr + page_to_pfn(page), INVALID_P2M_ENTRY);
	expect_violation(test, "the entry of another domain's page");
	update.ptr = page_to_pfn(page) * sizeof(pte_t);
	KUNIT_EXPECT_EQ(test, fake_mmu_update(&update, 1, &done, DOMID_SELF), -EINVAL);
	expect_violation(test, "a mapping of another domain's page");
	fake_shared_unmap(page);
	give_back(test, page);
}

static struct kunit_case fakes_shared_cases[] = {
	KUNIT_CASE_PARAM(fakes_release_granted, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_let_go_first, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_exchange_granted, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_move_granted, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_mapping_stays, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_mapping_seen, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_move_mapping, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_mapping_written, kind_gen_params),
	KUNIT_CASE_PARAM(fakes_pv_mapping_replaced, kind_gen_params),
	{}
};

static struct kunit_suite fakes_shared_suite = {
	.name = "xhb_fakes_shared",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = fakes_shared_cases,
};

kunit_test_suite(fakes_shared_suite);
