// SPDX-License-Identifier: GPL-2.0
/*
 * Moving memory from page to page, and the migration of balloon pages on top.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "kinds.h"
#include "migrating.h"

static void migrate_moves(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	migrating_begin(test);
	for (i = 0; i < 3 * MIGRATING_BASE; i++)
		KUNIT_EXPECT_TRUE(test, migrating_one(test));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, (unsigned long)MIGRATING_BASE);
	KUNIT_EXPECT_EQ(test, f->b.queues.base.isolated_pages, 0UL);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MIGRATED), 3ULL * MIGRATING_BASE);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_NOT_MIGRATED), 0ULL);
}

/* Every page is seen by others while it is migrated; the sums count it. */
static void migrate_isolated_counts(struct kunit *test)
{
	struct fixture *f = test->priv;

	migrating_begin(test);
	migrating_isolate(f);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, (unsigned long)MIGRATING_BASE);
	KUNIT_EXPECT_EQ(test, xhb_base_isolated(&f->b), 1UL);
	migrating_put_back(f);
	fixture_check(test);
}

/* Deflation leaves what is isolated, says that it is stuck, and goes on. */
static void migrate_isolated_while_deflating(struct kunit *test)
{
	struct fixture *f = test->priv;

	migrating_begin(test);
	migrating_isolate(f);
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total),
			XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 1UL);
	fixture_check(test);
	migrating_put_back(f);
	fixture_go(test, f->total);
}

static void migrate_lock_taken(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	migrating_begin(test);
	page = migrating_isolate(f);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, xhb_migratepage(&f->b.queues.base, NULL, page,
					      MIGRATE_ASYNC), -EAGAIN);
	mutex_unlock(&f->b.lock);
	migrating_put_back(f);
	fixture_check(test);
}

/* While the domain sleeps nothing moves. */
static void migrate_frozen(struct kunit *test)
{
	struct fixture *f = test->priv;

	migrating_begin(test);
	xhb_migrate_freeze(&f->b, true);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	xhb_migrate_freeze(&f->b, false);
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	fixture_check(test);
}

/* The first page that moves finds it out, and is marked; others stay. */
static void migrate_copied(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	if (fake_hv.kind != FAKE_HVM)
		kunit_skip(test, "others cannot see it");
	migrating_begin(test);
	fake_hv.copied = true;
	page = list_first_entry(&f->b.queues.base.pages, struct page, lru);
	get_page(page);
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	KUNIT_EXPECT_FALSE(test, fake_hv_unmarked(page));
	put_page(page);
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MARKED), 1ULL);
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	fake_hv.copied = false;
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	fixture_check(test);
}

/* The domain is at its maximum, and the host has nothing. */
static void migrate_without_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	bool atomic = f->b.xen.method == XHB_METHOD_GMFN_MOVE;

	migrating_begin(test);
	fake_hv.max_pages = fake_hv.tot_pages;
	fake_hv.host_small = 0;
	fake_hv.host_huge = 0;
	KUNIT_EXPECT_EQ(test, migrating_one(test), atomic);
	fixture_check(test);

	/* One page is all that it takes. */
	fake_hv.host_small = 1;
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	fixture_check(test);
}

/* From one zone to another: each of them has as many pages as it has. */
static void migrate_between_zones(struct kunit *test)
{
	struct page *newpage = alloc_page(GFP_DMA), *page;
	struct fixture *f = test->priv;
	unsigned long managed[2];
	struct zone *zones[2];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, newpage);
	migrating_begin(test);
	page = list_first_entry(&f->b.queues.base.pages, struct page, lru);
	zones[0] = page_zone(page);
	zones[1] = page_zone(newpage);
	KUNIT_ASSERT_PTR_NE(test, zones[0], zones[1]);
	managed[0] = zone_managed_pages(zones[0]);
	managed[1] = zone_managed_pages(zones[1]);
	KUNIT_EXPECT_TRUE(test, migrating_to(test, newpage));
	KUNIT_EXPECT_EQ(test, zone_managed_pages(zones[0]), managed[0] + 1);
	KUNIT_EXPECT_EQ(test, zone_managed_pages(zones[1]), managed[1] - 1);
	fixture_check(test);
}

static void migrate_in_two_steps(struct kunit *test)
{
	struct fixture *f = test->priv;

	migrating_begin(test);
	f->b.xen.method = XHB_METHOD_POPULATE_RELEASE;
	if (fake_hv.kind == FAKE_PV)
		kunit_skip(test, "a PV guest always has the exchange");
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	fixture_check(test);
	fake_hv.max_pages = fake_hv.tot_pages;
	KUNIT_EXPECT_FALSE(test, migrating_one(test));
	fixture_check(test);
}

static void migrate_once(struct kunit *test)
{
	migrating_one(test);
}

static void nothing(struct kunit *test)
{
}

static void migrate_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = migrating_begin,
		.run = migrate_once,
		.finish = nothing,
		.calls = { [FAKE_OPS] = 1, [FAKE_HVM] = 1, [FAKE_PV] = 1 },
	};

	fixture_do_walk(test, &walk);
}

/* A PV guest unmaps one page, exchanges, and maps the other: any of them may fail. */
static void migrate_mapping_fails(struct kunit *test)
{
	unsigned long call, calls = fake_hv.kind == FAKE_PV ? 3 : 1;

	migrating_begin(test);
	fake_hv.multicalls = true;
	for (call = 1; call <= calls; call++) {
		fault_arm(call, call, 0);
		KUNIT_EXPECT_FALSE(test, migrating_one(test));
		fault_arm(0, 0, 0);
		KUNIT_EXPECT_TRUE(test, migrating_one(test));
		KUNIT_EXPECT_EQ(test, fault_calls(), calls);
		fault_disarm();
		fixture_check(test);
	}
	fake_hv.multicalls = false;
}

static void migrate_in_two_steps_fails(struct kunit *test)
{
	struct fixture *f = test->priv;

	unsigned long call;

	f->b.xen.method = XHB_METHOD_POPULATE_RELEASE;
	if (fake_hv.kind == FAKE_PV)
		kunit_skip(test, "a PV guest always has the exchange");
	migrating_begin(test);
	for (call = 1; call <= 2; call++) {
		fault_arm(call, call, 0);
		KUNIT_EXPECT_FALSE(test, migrating_one(test));
		KUNIT_EXPECT_EQ(test, fault_calls(), call == 1 ? 1UL : 3UL);
		fault_disarm();
		fixture_check(test);
	}
}

/* As at load: there is no reserve yet. */
static void probe(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_migrate_destroy(&f->b);
	xhb_probe_method(&f->b);
}

static void probe_finds_method(struct kunit *test)
{
	static const enum xhb_method methods[] = {
		[FAKE_OPS] = XHB_METHOD_EXCHANGE,
		[FAKE_HVM] = XHB_METHOD_GMFN_MOVE,
		[FAKE_PV] = XHB_METHOD_EXCHANGE,
	};
	struct fixture *f = test->priv;

	probe(test);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, (int)f->b.xen.method,
			(int)methods[fake_hv.kind]);
	/* What a move that fails half-way falls back on has memory. */
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->b.migrate.reserve);
	KUNIT_EXPECT_TRUE(test, fake_hv_usable(f->b.migrate.reserve));
	KUNIT_EXPECT_FALSE(test, PageOffline(f->b.migrate.reserve));
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 0UL);
	if (fake_hv.kind == FAKE_PV)
		return;

	fake_hv.no_moves = true;
	probe(test);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, (int)f->b.xen.method,
			(int)XHB_METHOD_POPULATE_RELEASE);
	KUNIT_EXPECT_PTR_EQ(test, f->b.migrate.reserve, NULL);
	KUNIT_EXPECT_EQ(test, fake_hv_gone_pages(), 0UL);
}

/* Short of memory at that moment, the method is known all the same. */
static void probe_without_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	enum xhb_method method = f->b.xen.method;

	fake_hv.host_small = 0;
	fake_hv.host_huge = 0;
	fake_hv.fragmented = true;
	probe(test);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, (int)f->b.xen.method, (int)method);
}

static void probe_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.run = probe,
		.finish = nothing,
		.calls = { [FAKE_OPS] = 7, [FAKE_HVM] = 7, [FAKE_PV] = 7 },
	};

	fixture_do_walk(test, &walk);
}

static struct kunit_case migrate_cases[] = {
	KUNIT_CASE_PARAM(migrate_moves, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_isolated_counts, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_isolated_while_deflating, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_lock_taken, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_frozen, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_copied, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_without_memory, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_between_zones, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_in_two_steps, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_each_call_fails, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_in_two_steps_fails, kind_gen_params),
	KUNIT_CASE_PARAM(migrate_mapping_fails, kind_gen_params),
	KUNIT_CASE_PARAM(probe_finds_method, kind_gen_params),
	KUNIT_CASE_PARAM(probe_without_memory, kind_gen_params),
	KUNIT_CASE_PARAM(probe_each_call_fails, kind_gen_params),
	{}
};

static struct kunit_suite migrate_suite = {
	.name = "xhb_migrate",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = migrate_cases,
};

kunit_test_suite(migrate_suite);
