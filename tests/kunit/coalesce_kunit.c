// SPDX-License-Identifier: GPL-2.0
/*
 * Emptying blocks, and what the coalescing worker makes of them. The kernel's
 * own page isolation and migration move what is in the way, balloon pages too.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "kinds.h"

#define SCATTERED	600
#define FEW		16
#define BLOCKS		3

/* Gives Xen a page that the driver did not choose. */
static void release(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;

	clear_highpage(page);
	fake_guest_hand_over(page);
	mutex_lock(&f->b.lock);
	KUNIT_ASSERT_EQ(test, xhb_release(&f->b, &page, 1, 0), 1UL);
	mutex_unlock(&f->b.lock);
}

/*
 * Every second page of some blocks becomes a base page, the others are free.
 * The blocks were free as a whole, or what else is in them could not be moved.
 */
static void inflate_scattered(struct kunit *test, unsigned long pages)
{
	struct fixture *f = test->priv;
	unsigned long i, left = pages;
	struct page *blocks[BLOCKS];
	unsigned int n;

	for (n = 0; n < BLOCKS; n++) {
		blocks[n] = alloc_pages(GFP_HIGHUSER_MOVABLE, XHB_HUGE_ORDER);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, blocks[n]);
		split_page(blocks[n], XHB_HUGE_ORDER);
	}
	for (n = 0; n < BLOCKS; n++) {
		for (i = 0; i < XHB_HUGE_PAGES; i++) {
			if (i % 2 && left) {
				release(test, blocks[n] + i);
				left--;
			} else {
				__free_page(blocks[n] + i);
			}
		}
	}
	f->stats.target_pages = f->total - pages;
}

static void coalesce_promotes(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	mutex_lock(&b->lock);
	xhb_split_one(b);
	mutex_unlock(&b->lock);
	KUNIT_EXPECT_TRUE(test, xhb_coalesce_one(b));
	KUNIT_EXPECT_EQ(test, b->huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_COLLAPSED], 1ULL);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_COALESCED], 0ULL);
	fixture_check(test);
}

static void coalesce_moves(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long target = f->total - SCATTERED;

	inflate_scattered(test, SCATTERED);
	KUNIT_EXPECT_TRUE(test, xhb_coalesce_one(b));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target);
	KUNIT_EXPECT_EQ(test, b->huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, b->base_count, SCATTERED - XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_COALESCED], 1ULL);
	KUNIT_EXPECT_GT(test, b->counts[XHB_COUNT_MIGRATED], 0ULL);
}

/* Memory of the pages that are in the way is given and taken one by one. */
static void coalesce_moves_in_two_steps(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.xen.method = XHB_METHOD_POPULATE_RELEASE;
	coalesce_moves(test);
}

/* Xen takes the block, but has nothing to give for it: the balloon is larger. */
static void coalesce_gives_first(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long target = f->total - SCATTERED;

	inflate_scattered(test, SCATTERED);
	fake_hv.max_pages = fake_hv.tot_pages - XHB_HUGE_PAGES;
	KUNIT_EXPECT_TRUE(test, xhb_coalesce_one(b));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target - XHB_HUGE_PAGES);
	fake_hv.max_pages = f->tot_pages;
	fixture_go(test, target);
}

static void few_scattered(struct kunit *test)
{
	inflate_scattered(test, FEW);
}

static void coalesce_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_coalesce_one(&f->b);
}

static void nothing(struct kunit *test)
{
}

static void coalesce_each_call_fails(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = few_scattered,
		.run = coalesce_run,
		.finish = nothing,
	};

	fixture_do_walk(test, &walk);
}

/* Nobody can be moved in the blocks that hold base pages: another one will do. */
static void coalesce_elsewhere(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	inflate_scattered(test, SCATTERED);
	fake_guest.contig_left = 0;
	KUNIT_EXPECT_TRUE(test, xhb_coalesce_one(b));
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_COALESCED], 1ULL);
	fake_guest.huge_left = 0;
	KUNIT_EXPECT_FALSE(test, xhb_coalesce_one(b));
	fixture_check(test);
}

static void run_worker(struct xhb_balloon *b)
{
	WRITE_ONCE(b->stopping, false);
	xhb_coalesce_kick(b);
	flush_delayed_work(&b->coalesce_work);
}

static void worker_init(struct xhb_balloon *b)
{
	xhb_coalesce_init(b);
	b->knobs.coalesce = 1;
}

static void worker_stop(struct xhb_balloon *b)
{
	WRITE_ONCE(b->stopping, true);
	xhb_coalesce_stop(b);
}

static void worker_coalesces(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	worker_init(b);
	inflate_scattered(test, SCATTERED);
	run_worker(b);
	worker_stop(b);
	KUNIT_EXPECT_EQ(test, b->huge_count, 1UL);
	fixture_check(test);
	/* With fewer than 512 pages left there is nothing to wake up for. */
	b->stopping = false;
	xhb_coalesce_kick(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->coalesce_work));
}

static void worker_rests(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	worker_init(b);
	b->stopping = false;
	xhb_coalesce_kick(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->coalesce_work));

	inflate_scattered(test, SCATTERED);
	b->knobs.coalesce = 0;
	xhb_coalesce_kick(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->coalesce_work));
	b->knobs.coalesce = 1;

	/* A target comes first. */
	f->stats.target_pages++;
	run_worker(b);
	KUNIT_EXPECT_EQ(test, b->huge_count, 0UL);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->coalesce_work));
	f->stats.target_pages--;

	b->stopping = true;
	xhb_coalesce_kick(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->coalesce_work));
}

static void worker_backs_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int pause;

	worker_init(b);
	inflate_scattered(test, SCATTERED);
	fake_guest.contig_left = 0;
	fake_guest.huge_left = 0;
	for (pause = 10; pause < 100; pause *= 2) {
		run_worker(b);
		cancel_delayed_work_sync(&b->coalesce_work);
		KUNIT_EXPECT_EQ(test, b->coalesce_pause_ms, pause);
	}
	fake_guest.contig_left = ULONG_MAX;
	run_worker(b);
	worker_stop(b);
	KUNIT_EXPECT_EQ(test, b->coalesce_pause_ms, 0U);
	KUNIT_EXPECT_EQ(test, b->huge_count, 1UL);
}

/* The guest has one more free block, and the balloon what it had. */
static void gather_frees_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	inflate_scattered(test, SCATTERED);
	KUNIT_EXPECT_TRUE(test, xhb_defrag_one(b));
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_DEFRAGGED], 1ULL);
	KUNIT_EXPECT_EQ(test, b->base_count, (unsigned long)SCATTERED);
	fixture_check(test);
	fake_guest.contig_left = 0;
	KUNIT_EXPECT_FALSE(test, xhb_defrag_one(b));
	fixture_check(test);
}

static void evacuate_takes_no_free_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = xhb_evacuate(&f->b, true);

	/* No block holds base pages, so none is to be emptied. */
	KUNIT_EXPECT_PTR_EQ(test, page, NULL);
}

static void evacuate_stops_for_target(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	inflate_scattered(test, SCATTERED);
	f->b.target_changed = true;
	page = xhb_evacuate(&f->b, true);
	KUNIT_EXPECT_PTR_EQ(test, page, NULL);
	f->b.target_changed = false;
	page = xhb_evacuate(&f->b, true);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(page_to_pfn(page), XHB_HUGE_PAGES));
	fake_free_pages(page, XHB_HUGE_ORDER);
}

static struct kunit_case coalesce_cases[] = {
	KUNIT_CASE_PARAM(coalesce_promotes, kind_gen_params),
	KUNIT_CASE_PARAM(coalesce_moves, kind_gen_params),
	KUNIT_CASE_PARAM(coalesce_moves_in_two_steps, kind_gen_params),
	KUNIT_CASE_PARAM(coalesce_gives_first, kind_gen_params),
	KUNIT_CASE_PARAM(coalesce_each_call_fails, kind_gen_params),
	KUNIT_CASE(coalesce_elsewhere),
	KUNIT_CASE(worker_coalesces),
	KUNIT_CASE(worker_rests),
	KUNIT_CASE(worker_backs_off),
	KUNIT_CASE_PARAM(gather_frees_block, kind_gen_params),
	KUNIT_CASE(evacuate_takes_no_free_block),
	KUNIT_CASE(evacuate_stops_for_target),
	{}
};

static struct kunit_suite coalesce_suite = {
	.name = "xhb_coalesce",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = coalesce_cases,
};

kunit_test_suite(coalesce_suite);
