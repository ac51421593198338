// SPDX-License-Identifier: GPL-2.0
/*
 * The healer: passes on demand and in the background, and what interrupts them.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>

#include "healing.h"

/* A pass over the memory of the test machine, with pauses. */
#define PASS_SECONDS	60

static bool wanted(struct xhb_balloon *b)
{
	return xhb_heal_task.wanted(b);
}

static unsigned int step(struct xhb_balloon *b)
{
	return fixture_step(container_of(b, struct fixture, b), xhb_heal_step);
}

/* Only their number is told: does it grow by this block? */
static bool is_unmovable(struct fixture *f, struct page *page)
{
	unsigned long count = xhb_blocks_unmovable(&f->b);
	unsigned long block = block_of(page);
	bool was;

	xhb_block_set_unmovable(&f->b, block, true);
	was = xhb_blocks_unmovable(&f->b) == count;
	xhb_block_set_unmovable(&f->b, block, was);
	return was;
}

/* Runs the pass that the user has asked for to its end. */
static void pass(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long deadline = jiffies + PASS_SECONDS * HZ;

	KUNIT_EXPECT_EQ(test, xhb_heal_now(&f->b), 0);
	while (xhb_heal_is_now(&f->b) && time_before(jiffies, deadline))
		step(&f->b);
	KUNIT_EXPECT_FALSE(test, xhb_heal_is_now(&f->b));
	KUNIT_EXPECT_FALSE(test, wanted(&f->b));
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
	KUNIT_EXPECT_TRUE(test, is_unmovable(f, used));
	unmovable = xhb_blocks_unmovable(&f->b);
	healed = xhb_counted(&f->b, XHB_COUNT_HEALED);
	KUNIT_EXPECT_GT(test, healed, 1ULL);
	KUNIT_EXPECT_GT(test, unmovable, 0UL);

	/* The next one visits what could not be healed, and nothing else. */
	__free_page(used);
	pass(test);
	KUNIT_EXPECT_LE(test, xhb_counted(&f->b, XHB_COUNT_HEALED), healed + unmovable);
	KUNIT_EXPECT_FALSE(test, is_unmovable(f, used));
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
	KUNIT_EXPECT_EQ(test, xhb_counted(&f->b, XHB_COUNT_MIGRATED), 0ULL);

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
	KUNIT_EXPECT_FALSE(test, is_unmovable(f, page));
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

static void pass_waits_for_target(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	f->stats.target_pages--;
	b->knobs.heal = 1;
	KUNIT_EXPECT_FALSE(test, wanted(b));
	KUNIT_EXPECT_EQ(test, step(b), XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 0ULL);

	/* The target is beyond what the domain may have. */
	f->stats.target_pages = f->total + 1;
	KUNIT_EXPECT_TRUE(test, wanted(b));
	KUNIT_EXPECT_LT(test, step(b), XHB_STEP_BLOCK);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 1ULL);

	/* What Xen has no memory for is not tried twice. */
	fake_hv.max_pages = f->tot_pages - XHB_HUGE_PAGES;
	/* Something was healed in this pass, so the next one is not put off. */
	KUNIT_EXPECT_EQ(test, step(b), 60U * 1000);
	KUNIT_EXPECT_TRUE(test, b->heal.short_of_memory);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 1UL);
	b->batch.stuck = true;
	KUNIT_EXPECT_FALSE(test, wanted(b));
	b->batch.stuck = false;

	fake_hv.max_pages = f->tot_pages;
	fixture_go(test, f->total);
	KUNIT_EXPECT_TRUE(test, wanted(b));
	step(b);
	KUNIT_EXPECT_FALSE(test, b->heal.short_of_memory);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 2ULL);
}

/* The host has no memory for the target; the guest gets what it gives. */
static void pass_while_stuck(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	fake_hv.max_pages = fake_hv.tot_pages;
	f->stats.target_pages = f->total;
	b->knobs.heal = 1;
	KUNIT_EXPECT_FALSE(test, wanted(b));
	b->batch.stuck = true;
	KUNIT_EXPECT_TRUE(test, wanted(b));
	step(b);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 1ULL);
	b->batch.stuck = false;
	fake_hv.max_pages = f->tot_pages;
}

static void background_goes_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int pause = b->knobs.heal_interval_ms;

	/* Off. */
	KUNIT_EXPECT_FALSE(test, wanted(b));
	KUNIT_EXPECT_EQ(test, step(b), XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 0ULL);

	b->knobs.heal = 1;
	KUNIT_EXPECT_TRUE(test, wanted(b));
	KUNIT_EXPECT_GE(test, step(b), pause);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 1ULL);
	KUNIT_EXPECT_LE(test, step(b), 8 * pause);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 2ULL);
	KUNIT_EXPECT_EQ(test, xhb_heal_task.settle_ms(b), pause);
}

/* The pause until the next pass grows while none heals anything. */
static void background_backs_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct xhb_limits limits;

	b->knobs.heal = 1;
	b->heal.cursor = xhb_blocks_count(b);
	KUNIT_EXPECT_EQ(test, step(b), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, b->heal.cursor, 0UL);
	xhb_heal_task.limits(b, &limits);
	KUNIT_EXPECT_EQ(test, limits.first, 60 * 1000UL);
	KUNIT_EXPECT_EQ(test, limits.longest, 60 * 60 * 1000UL);

	b->heal.cursor = xhb_blocks_count(b);
	b->heal.healed = 1;
	KUNIT_EXPECT_EQ(test, step(b), 60U * 1000);

	/* Blocks that were in use are looked at soon, but not for ever. */
	for (limits.first = 200; limits.first <= 800; limits.first *= 2) {
		b->heal.cursor = xhb_blocks_count(b);
		b->heal.left_busy = 1;
		KUNIT_EXPECT_EQ(test, step(b), (unsigned int)limits.first);
	}
	b->heal.cursor = xhb_blocks_count(b);
	b->heal.left_busy = 1;
	KUNIT_EXPECT_EQ(test, step(b), XHB_STEP_STUCK);
}

/* What others do is news, what healing itself does is not. */
static void background_hears_news(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page = make_block(test, 1);
	unsigned long news;

	fake_hv.host_huge = 0;
	fake_hv.fragmented = true;
	b->knobs.heal = 1;
	news = xhb_heal_task.news(b);
	KUNIT_EXPECT_EQ(test, step(b), XHB_STEP_STUCK);
	KUNIT_EXPECT_EQ(test, b->xen.refused_2m, 1ULL);
	KUNIT_EXPECT_EQ(test, xhb_heal_task.news(b), news);

	make_base(test, page);
	KUNIT_EXPECT_NE(test, xhb_heal_task.news(b), news);
	news = xhb_heal_task.news(b);
	xhb_heal_now(b);
	KUNIT_EXPECT_NE(test, xhb_heal_task.news(b), news);
	KUNIT_EXPECT_EQ(test, xhb_heal_task.settle_ms(b), 0U);
	xhb_heal_not_now(b);
	KUNIT_EXPECT_FALSE(test, xhb_heal_is_now(b));
}

/* After save and restore nothing is known, but for what was not there. */
static void resume_forgets(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page = make_block(test, 0), *out;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	out = list_first_entry(b->queues.huge, struct page, lru);
	mutex_lock(&b->lock);
	xhb_block_backed(b, page, XHB_BACKING_4K);
	mutex_unlock(&b->lock);

	/* Also when healing is off. */
	KUNIT_EXPECT_FALSE(test, wanted(b));
	xhb_heal_resumed(b);
	KUNIT_EXPECT_TRUE(test, wanted(b));
	KUNIT_EXPECT_EQ(test, step(b), XHB_STEP_REST);
	KUNIT_EXPECT_FALSE(test, wanted(b));
	expect_backing(test, page, XHB_BACKING_UNKNOWN);
	expect_backing(test, out, XHB_BACKING_NONE);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 0ULL);

	/* A healer that is on starts by itself. */
	b->knobs.heal = 1;
	b->heal.cursor = 7;
	xhb_heal_resumed(b);
	step(b);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_HEALED), 1ULL);
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
	KUNIT_CASE(background_hears_news),
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
