// SPDX-License-Identifier: GPL-2.0
/*
 * The driver on memory that another domain has references to: it leaves its frames, and
 * Xen goes on counting it until the other one lets go.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "kinds.h"
#include "migrating.h"
#include "pages/queues.h"

/* A 2M page and some 4K ones, and every so many-th is granted. */
#define GIVEN	(XHB_HUGE_PAGES + 5)
#define EVERY	64

#define BASE	20

static void begin(struct kunit *test)
{
	fake_hv.grant_every = EVERY;
}

/* The other domain is done. */
static void let_go(void)
{
	fake_hv.grant_every = 0;
	fake_shared_let_go();
}

static void shared_inflates(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long held;

	begin(test);
	fixture_go(test, f->total - GIVEN);
	fixture_check(test);
	held = fake_hv.held;
	KUNIT_EXPECT_GE(test, held, XHB_HUGE_PAGES / EVERY);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, f->tot_pages - GIVEN + held);

	/* As much as is held is beyond the domain's maximum. */
	KUNIT_EXPECT_EQ(test, fixture_step_to(test, f->total), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - held);
	KUNIT_EXPECT_EQ(test, (int)xhb_why(&f->b), (int)XHB_WHY_MAXIMUM);
	fixture_check(test);

	let_go();
	fixture_go(test, f->total);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages, f->tot_pages);
	KUNIT_EXPECT_EQ(test, xhb_lost_pages(&f->b), 0UL);
}

static void inflate_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step_to(test, f->total - GIVEN);
}

static void inflate_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	let_go();
	fixture_go(test, f->total - GIVEN);
}

static void shared_inflates_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = begin,
		.run = inflate_run,
		.finish = inflate_finish,
		.mappings = true,
		.calls = { [FAKE_OPS] = 8, [FAKE_HVM] = 8, [FAKE_PV] = 10 },
	};

	fixture_do_walk(test, &walk);
}

static void deflate_prepare(struct kunit *test)
{
	struct fixture *f = test->priv;

	begin(test);
	fixture_go(test, f->total - GIVEN);
	fake_hv.grant_every = 0;
}

static void deflate_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_step_to(test, f->total);
}

static void deflate_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	let_go();
	fixture_go(test, f->total);
}

static void shared_deflates_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = deflate_prepare,
		.run = deflate_run,
		.finish = deflate_finish,
		.mappings = true,
		.calls = { [FAKE_OPS] = 2, [FAKE_HVM] = 3, [FAKE_PV] = 4 },
	};

	fixture_do_walk(test, &walk);
}

/* A page that is granted takes the place of one of the balloon, or is refused. */
static bool migrate_granted(struct kunit *test)
{
	struct page *newpage = alloc_page(GFP_HIGHUSER_MOVABLE);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, newpage);
	fake_shared_grant(newpage);
	return migrating_to(test, newpage);
}

static void shared_migrates(struct kunit *test)
{
	struct fixture *f = test->priv;
	bool moved = fake_hv.kind == FAKE_HVM;
	struct page *page;

	migrating_begin(test);
	page = list_first_entry(&f->b.queues.base.pages, struct page, lru);
	get_page(page);
	KUNIT_EXPECT_EQ(test, migrate_granted(test), moved);
	/* It has become that of the other page, with all references. */
	KUNIT_EXPECT_EQ(test, fake_shared_granted(page), moved);
	KUNIT_EXPECT_EQ(test, fake_hv.held, 0UL);
	put_page(page);
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, (unsigned long)MIGRATING_BASE);

	let_go();
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	fixture_check(test);
}

/* Done in two steps the other page gets memory of its own. */
static void shared_migrates_in_two_steps(struct kunit *test)
{
	struct fixture *f = test->priv;

	migrating_begin(test);
	f->b.xen.method = XHB_METHOD_POPULATE_RELEASE;
	KUNIT_EXPECT_TRUE(test, migrate_granted(test));
	KUNIT_EXPECT_EQ(test, fake_hv.held, 1UL);
	fixture_check(test);
	let_go();
	fixture_check(test);
}

static void migrate_run(struct kunit *test)
{
	migrate_granted(test);
}

static void migrate_finish(struct kunit *test)
{
	let_go();
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
}

static void shared_migrates_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = migrating_begin,
		.run = migrate_run,
		.finish = migrate_finish,
		.calls = { [FAKE_OPS] = 1, [FAKE_HVM] = 1, [FAKE_PV] = 1 },
	};

	fixture_do_walk(test, &walk);
}

/* What goes to the built-in driver is another page, or else the one that was to go. */
static void shared_replaces(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page, *other;
	struct xhb_op op;

	migrating_begin(test);
	xhb_op_init(&op, 0);
	mutex_lock(&f->b.lock);
	KUNIT_ASSERT_EQ(test, xhb_queues_take(&f->b, &op, 1), 1U);
	mutex_unlock(&f->b.lock);
	page = xhb_op_take(&op);

	fake_hv.grant_every = 1;
	other = xhb_replace(&f->b, page);
	KUNIT_EXPECT_EQ(test, other != page, fake_hv.kind == FAKE_HVM);
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(other));
	mutex_lock(&f->b.lock);
	xhb_base_put(&f->b, other);
	mutex_unlock(&f->b.lock);
	fixture_check(test);
	let_go();
	fixture_check(test);
}

/* What is released so for a mapping of others is lent, and comes back, like any other. */
static void shared_lends(struct kunit *test)
{
	struct page *lent[BASE];
	struct fixture *f = test->priv;

	fake_hv.grant_every = 1;
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, BASE, lent), 0);
	KUNIT_EXPECT_EQ(test, fake_hv.held, (unsigned long)BASE);
	fixture_check(test);
	xhb_foreign_put(&f->b, BASE, lent);
	fixture_check(test);
	let_go();
	fixture_empty(test);
	fixture_check(test);
}

static struct kunit_case shared_cases[] = {
	KUNIT_CASE_PARAM(shared_inflates, kind_gen_params),
	KUNIT_CASE_PARAM(shared_inflates_each_call_fails, kind_gen_params),
	KUNIT_CASE_PARAM(shared_deflates_each_call_fails, kind_gen_params),
	KUNIT_CASE_PARAM(shared_migrates, kind_gen_params),
	KUNIT_CASE_PARAM(shared_migrates_in_two_steps, kind_gen_params),
	KUNIT_CASE_PARAM(shared_migrates_each_call_fails, kind_gen_params),
	KUNIT_CASE_PARAM(shared_replaces, kind_gen_params),
	KUNIT_CASE_PARAM(shared_lends, kind_gen_params),
	{}
};

static struct kunit_suite shared_suite = {
	.name = "xhb_shared",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = shared_cases,
};

kunit_test_suite(shared_suite);
