// SPDX-License-Identifier: GPL-2.0
/*
 * Adding memory to a guest whose target is beyond all that it has: when, and how
 * much. The kernel's part of it is a fake.
 */
#include <linux/memory.h>
#include <linux/mm.h>

#include "fixture.h"
#include "policy/grow.h"

/* What the guest is to have more. */
#define MORE	(10 * XHB_HUGE_PAGES)

static bool wanted(struct fixture *f)
{
	return xhb_grow_task.wanted(&f->b);
}

/* A step; what it has asked for is waited for. */
static void step(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, xhb_grow_step(&f->b), XHB_STEP_STUCK);
	flush_work(&f->b.grow.work);
	KUNIT_EXPECT_FALSE(test, xhb_growing(&f->b));
}

static unsigned long block_pages(void)
{
	return PHYS_PFN(memory_block_size_bytes());
}

/* The guest may have more, and should. */
static void want_more(struct kunit *test, unsigned long pages)
{
	struct fixture *f = test->priv;

	fake_hv.max_pages = fake_hv.tot_pages + pages;
	f->stats.target_pages = f->total + pages;
}

static void grow_adds(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long news = xhb_grow_task.news(&f->b);

	KUNIT_EXPECT_FALSE(test, wanted(f));
	want_more(test, MORE);
	KUNIT_EXPECT_TRUE(test, wanted(f));
	step(test);
	KUNIT_EXPECT_EQ(test, fake_guest.adds, 1U);
	KUNIT_EXPECT_EQ(test, fake_guest.added, (u64)memory_block_size_bytes());
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(fake_guest.added_at,
					   memory_block_size_bytes()));
	KUNIT_EXPECT_GE(test, fake_guest.added_at, (u64)PFN_PHYS(f->frames));
	KUNIT_EXPECT_EQ(test, f->stats.total_pages, f->total + block_pages());
	/* It is there, also if it is not online. */
	KUNIT_EXPECT_FALSE(test, wanted(f));
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);

	/* Only a new target is news; else a failure would be tried again at once. */
	KUNIT_EXPECT_EQ(test, xhb_grow_task.news(&f->b), news);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
	KUNIT_EXPECT_NE(test, xhb_grow_task.news(&f->b), news);
}

/* As far as Xen allows, and not for less than is worth it. */
static void grow_within_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long blocks = block_pages();

	want_more(test, 3 * blocks);
	fake_hv.max_pages = fake_hv.tot_pages;
	step(test);
	fake_hv.max_pages = fake_hv.tot_pages + XHB_HUGE_PAGES - 1;
	step(test);
	fake_hv.max_pages = fake_hv.tot_pages - 1;
	step(test);
	fake_hv.max_pages = fake_hv.tot_pages + 3 * blocks;
	fake_hv.error = -EPERM;
	step(test);
	fake_hv.error = 0;
	KUNIT_EXPECT_EQ(test, fake_guest.adds, 0U);
	KUNIT_EXPECT_TRUE(test, wanted(f));

	fake_hv.max_pages = fake_hv.tot_pages + 2 * blocks;
	step(test);
	KUNIT_EXPECT_EQ(test, f->stats.total_pages, f->total + 2 * blocks);
	KUNIT_EXPECT_TRUE(test, wanted(f));
}

/* Page structures must not take what the guest has left: piece by piece. */
static void grow_within_means(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long blocks = block_pages();

	want_more(test, 100 * blocks);
	fake_guest.available = 0;
	step(test);
	KUNIT_EXPECT_EQ(test, fake_guest.adds, 0U);
	f->b.knobs.floor_kb = 4;
	fake_guest.available = 1 + blocks / 32;
	step(test);
	KUNIT_EXPECT_EQ(test, f->stats.total_pages, f->total + blocks);
	KUNIT_EXPECT_TRUE(test, wanted(f));
}

/* First what the balloon has, and what is lent counts as there. */
static void grow_not_yet(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	fake_hv.max_pages = fake_hv.tot_pages + MORE;
	f->stats.target_pages = f->total + MORE;
	KUNIT_EXPECT_FALSE(test, wanted(f));
	fixture_empty(test);
	KUNIT_EXPECT_FALSE(test, wanted(f));
	f->stats.target_unpopulated = 1;
	KUNIT_EXPECT_TRUE(test, wanted(f));
	f->stats.target_unpopulated = 0;
	f->stats.target_pages = 0;
	KUNIT_EXPECT_FALSE(test, wanted(f));
	f->stats.target_pages = f->total;
}

/* What fails changes nothing, and can be had later. */
static void grow_fails(struct kunit *test)
{
	struct fixture *f = test->priv;

	want_more(test, MORE);
	fault_arm(1, 1, 0);
	step(test);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, fake_guest.adds, 0U);
	KUNIT_EXPECT_EQ(test, f->stats.total_pages, f->total);
	KUNIT_EXPECT_TRUE(test, wanted(f));
	step(test);
	KUNIT_EXPECT_EQ(test, fake_guest.adds, 1U);
	KUNIT_EXPECT_FALSE(test, wanted(f));
}

/* Not while it is copied to another host; and one at a time. */
static void grow_waits(struct kunit *test)
{
	struct fixture *f = test->priv;

	want_more(test, MORE);
	fake_hv.copied = true;
	KUNIT_EXPECT_EQ(test, xhb_grow_step(&f->b),
			(unsigned int)XHB_COPIED_WAIT_MS);
	fake_hv.copied = false;
	KUNIT_EXPECT_EQ(test, fake_guest.adds, 0U);

	f->b.grow.busy = true;
	KUNIT_EXPECT_EQ(test, xhb_grow_step(&f->b), XHB_STEP_STUCK);
	KUNIT_EXPECT_TRUE(test, xhb_growing(&f->b));
	f->b.grow.busy = false;
	KUNIT_EXPECT_EQ(test, fake_guest.adds, 0U);
}

/* A PV guest's p2m has to say that there is nothing, before the kernel asks. */
static void grow_pv_p2m(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long first = f->frames - 2 * XHB_HUGE_PAGES, i;

	fake_p2m_size = f->frames;
	KUNIT_EXPECT_EQ(test, xhb_xen_prepare_added(&f->b.xen, first,
						    XHB_HUGE_PAGES), 0);
	for (i = 0; i < 2 * XHB_HUGE_PAGES; i++)
		KUNIT_EXPECT_EQ(test, xhb_xen_is_populated(&f->b.xen,
							   pfn_to_page(first + i)),
				i >= XHB_HUGE_PAGES);

	fault_arm(100, 100, 0);
	KUNIT_EXPECT_EQ(test, xhb_xen_prepare_added(&f->b.xen, first,
						    XHB_HUGE_PAGES), -ENOMEM);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, xhb_xen_prepare_added(&f->b.xen, f->frames - 1, 2),
			-ENOSPC);
}

/* What was added here was never online. */
static void grow_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (f) {
		f->stats.total_pages = f->total;
		f->stats.target_pages = f->total;
		f->b.knobs.floor_kb = 0;
	}
	fixture_exit(test);
}

static struct kunit_case grow_cases[] = {
	KUNIT_CASE(grow_adds),
	KUNIT_CASE(grow_within_limit),
	KUNIT_CASE(grow_within_means),
	KUNIT_CASE(grow_not_yet),
	KUNIT_CASE(grow_fails),
	KUNIT_CASE(grow_waits),
	{}
};

static struct kunit_suite grow_suite = {
	.name = "xhb_grow",
	.init = fixture_init_hvm,
	.exit = grow_exit,
	.test_cases = grow_cases,
};

static struct kunit_case grow_pv_cases[] = {
	KUNIT_CASE(grow_pv_p2m),
	{}
};

static struct kunit_suite grow_pv_suite = {
	.name = "xhb_grow_pv",
	.init = fixture_init_pv,
	.exit = fixture_exit,
	.test_cases = grow_pv_cases,
};

kunit_test_suites(&grow_suite, &grow_pv_suite);
