// SPDX-License-Identifier: GPL-2.0
/*
 * The healer: passes on demand and in the background, and what interrupts them.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "healing.h"

/* A pass over the memory of the test machine, with pauses. */
#define PASS_SECONDS	60

static void start(struct xhb_balloon *b)
{
	WRITE_ONCE(b->stopping, false);
}

/* Runs the pass that the user has asked for to its end. */
static void pass(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long deadline = jiffies + PASS_SECONDS * HZ;

	start(&f->b);
	KUNIT_EXPECT_EQ(test, xhb_heal_now(&f->b), 0);
	while (READ_ONCE(f->b.heal_now) && time_before(jiffies, deadline))
		flush_delayed_work(&f->b.healer.work);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(f->b.heal_now));
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&f->b.healer.work));
	WRITE_ONCE(f->b.stopping, true);
	fixture_check(test);
}

static void pass_heals_once(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *used = make_block(test, 1), *page = make_block(test, 0);
	unsigned long unmovable;
	u64 healed;

	pass(test);
	expect_backing(test, page, XHB_BACKING_2M);
	expect_backing(test, used, XHB_BACKING_UNKNOWN);
	KUNIT_EXPECT_TRUE(test, xhb_block_is_unmovable(&f->b, block_of(used)));
	unmovable = xhb_blocks_unmovable(&f->b);
	healed = f->b.counts[XHB_COUNT_HEALED];
	KUNIT_EXPECT_GT(test, healed, 1ULL);
	KUNIT_EXPECT_GT(test, unmovable, 0UL);

	/* The next one visits what could not be healed, and nothing else. */
	__free_page(used);
	pass(test);
	KUNIT_EXPECT_LE(test, f->b.counts[XHB_COUNT_HEALED], healed + unmovable);
	KUNIT_EXPECT_FALSE(test, xhb_block_is_unmovable(&f->b, block_of(used)));
	expect_backing(test, used, XHB_BACKING_2M);
}

/* Base pages are not moved around for it. */
static void pass_leaves_base(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1), *base = page;
	unsigned long news;

	make_base(test, base);
	pass(test);
	expect_backing(test, page, XHB_BACKING_4K);
	KUNIT_EXPECT_EQ(test, f->b.counts[XHB_COUNT_MIGRATED], 0ULL);

	/* Now that it is back, there is something new to heal. */
	news = xhb_blocks_news(&f->b);
	fixture_go(test, f->total);
	KUNIT_EXPECT_GT(test, xhb_blocks_news(&f->b), news);
	pass(test);
	expect_backing(test, page, XHB_BACKING_2M);
}

/* Blocks in use are tried again, but not for ever. */
static void pass_tries_again(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0);

	fake_guest.contig_left = 0;
	pass(test);
	expect_backing(test, page, XHB_BACKING_UNKNOWN);
	KUNIT_EXPECT_FALSE(test, xhb_block_is_unmovable(&f->b, block_of(page)));
	fake_guest.contig_left = ULONG_MAX;
	pass(test);
	expect_backing(test, page, XHB_BACKING_2M);
}

static void pass_stops(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.host_huge = 0;
	fake_hv.fragmented = true;
	pass(test);
	KUNIT_EXPECT_EQ(test, f->b.xen.refused_2m, 1ULL);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);

	f->b.knobs.floor_kb = xhb_pages_to_kb(f->total);
	fake_guest.available = 0;
	pass(test);
	KUNIT_EXPECT_EQ(test, f->b.xen.refused_2m, 1ULL);
}

/* One step of the healer, as the engine's queue would take it. */
static void step(struct xhb_balloon *b)
{
	start(b);
	xhb_heal_kick(b);
	/* Not flush_delayed_work(): it would run the next step, too. */
	flush_work(&b->healer.work.work);
}

static void pass_waits_for_target(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	f->stats.target_pages--;
	b->knobs.heal = 1;
	step(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->healer.work));
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 0ULL);

	/* The target is beyond what the domain may have. */
	f->stats.target_pages = f->total + 1;
	step(b);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 1ULL);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&b->healer.work));

	/* What Xen has no memory for is not tried twice. */
	fake_hv.max_pages = f->tot_pages - XHB_HUGE_PAGES;
	step(b);
	/* It has been asked to get the memory back, and may be trying to. */
	xhb_engine_stop(b);
	KUNIT_EXPECT_TRUE(test, b->healer.short_of_memory);
	KUNIT_EXPECT_EQ(test, b->huge_count, 1UL);
	b->backoff.retries = 1;
	step(b);
	cancel_delayed_work_sync(&b->healer.work);
	xhb_engine_stop(b);
	KUNIT_EXPECT_EQ(test, b->huge_count, 1UL);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 1ULL);

	fake_hv.max_pages = f->tot_pages;
	fixture_go(test, f->total);
	step(b);
	KUNIT_EXPECT_FALSE(test, b->healer.short_of_memory);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 2ULL);
}

/* The engine waits for memory of the host; the guest gets what it gives. */
static void pass_while_stuck(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	fake_hv.max_pages = fake_hv.tot_pages;
	f->stats.target_pages = f->total;
	b->knobs.heal = 1;
	step(b);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 0ULL);
	b->backoff.retries = 1;
	step(b);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 1ULL);
	xhb_engine_stop(b);
	cancel_delayed_work_sync(&b->healer.work);
	fake_hv.max_pages = f->tot_pages;
}

static void background_goes_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	/* Off. */
	step(b);
	xhb_heal_news(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->healer.work));
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 0ULL);

	b->knobs.heal = 1;
	step(b);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 1ULL);
	step(b);
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 2ULL);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&b->healer.work));

	/* A target has interrupted it; then the engine is at rest. */
	cancel_delayed_work_sync(&b->healer.work);
	xhb_heal_news(b);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&b->healer.work));

	b->stopping = true;
	cancel_delayed_work_sync(&b->healer.work);
	xhb_heal_kick(b);
	xhb_heal_news(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->healer.work));
}

/* The pause until the next pass grows while none heals anything. */
static void background_backs_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int minutes;

	b->knobs.heal = 1;
	for (minutes = 1; minutes < 120; minutes *= 2) {
		b->healer.cursor = xhb_blocks_count(b);
		step(b);
		KUNIT_EXPECT_EQ(test, b->healer.pause_ms,
				min(minutes, 60U) * 60 * 1000);
	}

	/* Nothing is new: the pause is kept. */
	xhb_heal_news(b);
	KUNIT_EXPECT_GT(test, b->healer.work.timer.expires, jiffies + 60 * HZ);
	b->healer.seen--;
	xhb_heal_news(b);
	KUNIT_EXPECT_LT(test, b->healer.work.timer.expires, jiffies + 60 * HZ);

	b->healer.cursor = xhb_blocks_count(b);
	b->healer.healed = 1;
	step(b);
	KUNIT_EXPECT_EQ(test, b->healer.pause_ms, 60U * 1000);
}

/* After save and restore nothing is known, but for what was not there. */
static void resume_forgets(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page = make_block(test, 0), *out;

	KUNIT_EXPECT_EQ(test, xhb_heal_block(b, block_of(page)), 0);
	fixture_go(test, f->total - XHB_HUGE_PAGES);
	out = list_first_entry(&b->huge, struct page, lru);
	/* The page just healed may be the one that was ballooned out. */
	page = out == page ? make_block(test, 0) : page;
	mutex_lock(&b->lock);
	xhb_block_backed(b, page, XHB_BACKING_4K);
	mutex_unlock(&b->lock);

	start(b);
	xhb_heal_resumed(b);
	flush_delayed_work(&b->healer.work);
	expect_backing(test, page, XHB_BACKING_UNKNOWN);
	expect_backing(test, out, XHB_BACKING_NONE);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->healer.work));
	KUNIT_EXPECT_FALSE(test, b->resumed);

	/* A healer that is on starts by itself. */
	b->knobs.heal = 1;
	xhb_heal_resumed(b);
	flush_delayed_work(&b->healer.work);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&b->healer.work));
	KUNIT_EXPECT_EQ(test, b->counts[XHB_COUNT_HEALED], 2ULL);
}

static struct kunit_case healer_cases[] = {
	KUNIT_CASE(pass_heals_once),
	KUNIT_CASE(pass_leaves_base),
	KUNIT_CASE(pass_tries_again),
	KUNIT_CASE(pass_stops),
	KUNIT_CASE(pass_waits_for_target),
	KUNIT_CASE(pass_while_stuck),
	KUNIT_CASE(background_goes_on),
	KUNIT_CASE(background_backs_off),
	KUNIT_CASE(resume_forgets),
	{}
};

static struct kunit_suite healer_suite = {
	.name = "xhb_healer",
	.init = healing_init,
	.exit = healing_exit,
	.test_cases = healer_cases,
};

kunit_test_suite(healer_suite);
