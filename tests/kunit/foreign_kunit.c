// SPDX-License-Identifier: GPL-2.0
/*
 * Lending: pages for foreign mappings, out of the balloon or out of the guest.
 */
#include <linux/mm.h>
#include <linux/page_ref.h>

#include "kinds.h"
#include "policy/trim.h"

#define LOAN	13
/* Of these, what comes back too early. */
#define MAPPED	3U

static struct page *lent[LOAN];
static int lent_err;

/* What a borrower must not get: a page with memory, or still marked. */
static void foreign_check_loan(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < LOAN; i++) {
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, lent[i]);
		KUNIT_EXPECT_TRUE(test, fake_hv_gone(lent[i]));
		KUNIT_EXPECT_FALSE(test, PageOffline(lent[i]));
		KUNIT_EXPECT_EQ(test, page_ref_count(lent[i]), 1);
	}
}

static void foreign_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	lent_err = xhb_foreign_get(&f->b, LOAN, lent);
	if (lent_err) {
		KUNIT_EXPECT_EQ(test, lent_err, -ENOMEM);
		KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, 0L);
	} else {
		KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, (long)LOAN);
	}
}

static void foreign_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (lent_err)
		foreign_run(test);
	KUNIT_ASSERT_EQ(test, lent_err, 0);
	foreign_check_loan(test);
	fixture_check(test);
	xhb_foreign_put(&f->b, LOAN, lent);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, 0L);
}

/* From an empty balloon: the guest gives pages for the purpose. */
static void foreign_from_guest(struct kunit *test)
{
	struct fixture *f = test->priv;

	foreign_run(test);
	foreign_finish(test);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), (unsigned long)LOAN);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 0UL);
}

static void foreign_from_guest_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.run = foreign_run,
		.finish = foreign_finish,
		.mappings = true,
		.calls = { [FAKE_OPS] = 14, [FAKE_HVM] = 14, [FAKE_PV] = 28 },
	};

	fixture_do_walk(test, &walk);
}

/* Half out of the balloon, half out of the guest. */
static void foreign_prepare_half(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - LOAN / 2);
}

static void foreign_half_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = foreign_prepare_half,
		.run = foreign_run,
		.finish = foreign_finish,
		.mappings = true,
		.calls = { [FAKE_OPS] = 8, [FAKE_HVM] = 8, [FAKE_PV] = 22 },
	};

	fixture_do_walk(test, &walk);
}

/* Out of a 2M page, which is broken up. */
static void foreign_from_huge(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long hypercalls;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	hypercalls = fake_hv.hypercalls;
	foreign_run(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, XHB_HUGE_PAGES - LOAN);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, hypercalls);
	foreign_finish(test);
}

/* The guest has nothing that it could give. */
static void foreign_no_memory(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_guest.available = 0;
	KUNIT_EXPECT_EQ(test, xhb_foreign_get(&f->b, LOAN, lent), -ENOMEM);
	fixture_check(test);

	/* It runs out half-way; what was given stays in the balloon. */
	fake_guest.available = LOAN / 2;
	KUNIT_EXPECT_EQ(test, xhb_foreign_get(&f->b, LOAN, lent), -ENOMEM);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, 0L);

	/* Below the floor it works: the borrower cannot do without. */
	f->b.knobs.floor_kb = xhb_pages_to_kb(10000);
	fake_guest.available = LOAN;
	foreign_run(test);
	foreign_finish(test);
}

/* More than one batch. */
static void foreign_many(struct kunit *test)
{
	unsigned int n = 2 * XHB_BATCH_PAGES + 3;
	struct fixture *f = test->priv;
	struct page **pages;

	pages = kunit_kcalloc(test, n, sizeof(*pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pages);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, n, pages), 0);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, (long)n);
	xhb_foreign_put(&f->b, n, pages);
	fixture_check(test);
	/* Not all of them are kept. */
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 1024UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, n - 1024UL);
}

/* What has come back goes first, and neither Xen nor another queue is asked. */
static void foreign_idle_first(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long hypercalls;
	struct page *first;

	fixture_go(test, f->total - XHB_HUGE_PAGES - 1);
	foreign_run(test);
	KUNIT_ASSERT_EQ(test, lent_err, 0);
	first = lent[0];
	xhb_foreign_put(&f->b, 1, lent);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 1UL);
	hypercalls = fake_hv.hypercalls;
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, 1, lent), 0);
	KUNIT_EXPECT_PTR_EQ(test, lent[0], first);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 0UL);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, hypercalls);
	foreign_finish(test);
	fixture_check(test);
}

/*
 * The idle part is not populated, and the status says why, until nobody has asked for
 * it in a while; nor is it coalesced.
 */
static void foreign_trimmed(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct xhb_task *trim = &xhb_trim_task;

	foreign_run(test);
	KUNIT_ASSERT_EQ(test, lent_err, 0);
	KUNIT_EXPECT_FALSE(test, trim->wanted(&f->b));
	xhb_foreign_put(&f->b, LOAN, lent);
	KUNIT_EXPECT_TRUE(test, trim->wanted(&f->b));
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total), XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - LOAN);
	KUNIT_EXPECT_EQ(test, (int)xhb_why(&f->b), (int)XHB_WHY_FOREIGN);

	KUNIT_EXPECT_EQ(test, trim->step(&f->b), XHB_STEP_REST);
	KUNIT_EXPECT_FALSE(test, trim->wanted(&f->b));
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, (unsigned long)LOAN);
	fixture_check(test);
	fixture_go(test, f->total);
}

/* The worker does so by itself, some time after the last call. */
static void foreign_trim_waits(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_worker *w = &f->b.worker;
	long wait;

	fixture_go(test, f->total - 1);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, 1, lent), 0);
	xhb_worker_start(&f->b);
	flush_workqueue(w->wq);
	xhb_foreign_put(&f->b, 1, lent);
	xhb_worker_wake(&f->b);
	flush_workqueue(w->wq);
	wait = xhb_worker_next_ms(&f->b, &xhb_trim_task);
	KUNIT_EXPECT_GT(test, wait, 5000L);
	KUNIT_EXPECT_LE(test, wait, 10000L);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 1UL);
	xhb_worker_stop(&f->b);
}

static void foreign_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, xhb_foreign_get(&f->b, 0, NULL), 0);
	fixture_check(test);
}

/* Pages come back in parts, and with entries left out. */
static void foreign_back_in_parts(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *part[4];

	foreign_run(test);
	KUNIT_ASSERT_EQ(test, lent_err, 0);
	part[0] = lent[0];
	part[1] = NULL;
	part[2] = lent[1];
	part[3] = NULL;
	xhb_foreign_put(&f->b, ARRAY_SIZE(part), part);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, (long)LOAN - 2);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 2UL);
	fixture_check(test);

	/* The worker leaves what is lent alone. */
	xhb_foreign_trim(&f->b);
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total),
			XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - (LOAN - 2));
	fixture_check(test);
	xhb_foreign_put(&f->b, LOAN - 2, lent + 2);
	fixture_check(test);
}

/* A page that the built-in driver lent may come back before we lent any. */
static void foreign_back_first(struct kunit *test)
{
	struct fixture *f = test->priv;

	foreign_run(test);
	KUNIT_ASSERT_EQ(test, lent_err, 0);
	f->stats.target_unpopulated -= LOAN;
	xhb_foreign_put(&f->b, LOAN, lent);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, -(long)LOAN);
	KUNIT_EXPECT_EQ(test, xhb_foreign_used(&f->b), 0UL);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), (unsigned long)LOAN);
	f->stats.target_unpopulated = 0;
}

/*
 * Some come back while they are still mapped. They stay lent, since Xen ends who populates
 * them, and whoever maps over them, until they come back once more.
 */
static void foreign_back_mapped(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	foreign_run(test);
	KUNIT_ASSERT_EQ(test, lent_err, 0);
	for (i = 0; i < MAPPED; i++)
		fake_shared_map(lent[i], FAKE_MAP_GRANT);
	xhb_foreign_put(&f->b, LOAN, lent);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, (long)MAPPED);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), LOAN - MAPPED);
	fixture_check(test);

	xhb_foreign_trim(&f->b);
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total), XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - MAPPED);
	KUNIT_EXPECT_EQ(test, (int)xhb_why(&f->b), (int)XHB_WHY_FOREIGN);
	fixture_check(test);

	for (i = 0; i < MAPPED; i++)
		fake_shared_unmap(lent[i]);
	xhb_foreign_put(&f->b, MAPPED, lent);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, 0L);
	fixture_check(test);
}

static void foreign_map_run(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	foreign_run(test);
	for (i = 0; !lent_err && i < MAPPED; i++)
		fake_shared_map(lent[i], FAKE_MAP_GRANT);
	if (!lent_err)
		xhb_foreign_put(&f->b, LOAN, lent);
}

static void foreign_map_finish(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; !lent_err && i < MAPPED; i++)
		fake_shared_unmap(lent[i]);
	if (!lent_err)
		xhb_foreign_put(&f->b, MAPPED, lent);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, 0L);
}

static void foreign_back_mapped_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.run = foreign_map_run,
		.finish = foreign_map_finish,
		.mappings = true,
		.calls = { [FAKE_OPS] = 14, [FAKE_HVM] = 14, [FAKE_PV] = 28 },
	};

	fixture_do_walk(test, &walk);
}

/* What the built-in driver lent may never have been onlined, and is reserved. */
static void foreign_reserved(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	foreign_run(test);
	KUNIT_ASSERT_EQ(test, lent_err, 0);
	for (i = 0; i < LOAN; i++)
		SetPageReserved(lent[i]);
	xhb_foreign_put(&f->b, LOAN, lent);
	for (i = 0; i < LOAN; i++) {
		KUNIT_EXPECT_FALSE(test, PageReserved(lent[i]));
		/* The allocator would not take it, and complain. */
		ClearPageReserved(lent[i]);
	}
	fixture_empty(test);
	fixture_check(test);
}

static struct kunit_case foreign_cases[] = {
	KUNIT_CASE_PARAM(foreign_from_guest, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_from_guest_each_call_fails, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_half_each_call_fails, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_from_huge, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_no_memory, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_many, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_idle_first, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_trimmed, kind_gen_params),
	KUNIT_CASE(foreign_trim_waits),
	KUNIT_CASE_PARAM(foreign_nothing, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_back_in_parts, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_back_first, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_back_mapped, kind_gen_params),
	KUNIT_CASE_PARAM(foreign_back_mapped_each_call_fails, kind_gen_params),
	KUNIT_CASE(foreign_reserved),
	{}
};

static struct kunit_suite foreign_suite = {
	.name = "xhb_foreign_get",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = foreign_cases,
};

kunit_test_suite(foreign_suite);
