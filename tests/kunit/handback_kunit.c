// SPDX-License-Identifier: GPL-2.0
/*
 * Handing all pages back to the built-in driver, and what is waited for.
 */
#include <linux/mm.h>
#include <linux/workqueue.h>
#include <xen/balloon.h>
#include <xen/features.h>
#include <xen/xen.h>

#include "device.h"
#include "fake_guest.h"
#include "fault.h"
#include "map.h"
#include "migrating.h"
#include "xhb_takeover.h"
#include "takeover/private.h"

#define BASE	20

/* Of the built-in driver, while it gets pages; only valid then. */
static struct balloon_stats before;
static bool begun;

/* Not the suite's init: a test that is skipped there is not at an end. */
static void begin(struct kunit *test)
{
	if (xen_domain())
		kunit_skip(test, "there is a driver at work");
	xen_features[XENFEAT_auto_translated_physmap] = 1;
	before = balloon_stats;
	begun = true;
}

/* The fixture's balloon gets it all again, so that nothing is lost. */
static void take_back(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_adopt(&f->b, false);
	fixture_settle_builtin(f);
	fixture_check(test);
}

static struct fixture *returning;

static void return_later(struct work_struct *work)
{
	/* The queue is being emptied meanwhile. */
	mutex_lock(&returning->b.lock);
	migrating_put_back(returning);
	mutex_unlock(&returning->b.lock);
}

static DECLARE_DELAYED_WORK(return_work, return_later);

/* Unload waits for the page that somebody else is just moving. */
static void hand_back_waits(struct kunit *test)
{
	struct fixture *f = test->priv;

	begin(test);
	f->b.knobs.enable_huge = 0;
	fixture_go(test, f->total - BASE);
	migrating_isolate(f);
	/* Whoever puts it back is not who has it locked here. */
	unlock_page(f->isolated);
	returning = f;
	schedule_delayed_work(&return_work, HZ / 20);
	xhb_hand_back(&f->b);
	fixture_settle_builtin(f);
	flush_delayed_work(&return_work);

	KUNIT_EXPECT_PTR_EQ(test, f->isolated, NULL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 0UL);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low,
			before.balloon_low + BASE);
	take_back(test);
}

/* 2M pages go to the built-in driver without a visit to the core balloon. */
static void hand_back_splits(struct kunit *test)
{
	unsigned long news, first, end;
	struct fixture *f = test->priv;

	begin(test);
	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES);
	/* A block that is backed by base pages now would be news. */
	news = xhb_blocks_news(&f->b);
	fake_waits_for_tasks = 0;
	xhb_hand_back(&f->b);
	/* Compaction may still look at a page. */
	KUNIT_EXPECT_EQ(test, fake_waits_for_tasks, 1U);
	fixture_settle_builtin(f);
	KUNIT_EXPECT_EQ(test, xhb_blocks_news(&f->b), news);
	/* Nothing of it is this driver's to know, nor to show. */
	KUNIT_EXPECT_EQ(test, map_backed(&f->b, XHB_BACKING_NONE), 0U);
	KUNIT_EXPECT_FALSE(test, xhb_bitmap_run(&f->b, 0, &first, &end));
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low,
			before.balloon_low + 2 * XHB_HUGE_PAGES);
	take_back(test);
}

/* Some pages are in the base queue, and where the first lies only movable ones may be. */
static struct page *balloon_movable(struct kunit *test, unsigned long pages)
{
	struct fixture *f = test->priv;
	struct page *page;

	f->b.knobs.enable_huge = 0;
	fixture_go(test, f->total - pages);
	page = list_first_entry(&f->b.queues.base.pages, struct page, lru);
	fake_guest.movable_block = page_to_pfn(page) >> XHB_HUGE_ORDER;
	return page;
}

/* Where only movable pages may be the built-in driver gets others, if there are any. */
static void hand_back_replaces(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;
	unsigned int i;

	begin(test);
	fake_guest.movable = 1000;
	for (i = 0; i < 2; i++) {
		fake_guest.zone_free = -1;
		page = balloon_movable(test, 1);
		/* The kernel's own memory is short, or it is not. */
		fake_guest.zone_free = i ? LONG_MAX / 8 : 0;
		xhb_hand_back(&f->b);
		fixture_settle_builtin(f);
		KUNIT_EXPECT_EQ(test, fake_hv_gone(page), !i);
		KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low,
				before.balloon_low + 1);
		fake_guest.movable_block = 0;
		take_back(test);
		fixture_empty(test);
	}
}

/* Two 2M pages and some of 4K; the built-in driver is asked for 64 at a time. */
#define BALLOON	(2 * XHB_HUGE_PAGES + BASE)

static void adopt_prepare(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - BALLOON);
}

/* What stays with the built-in driver is had by the next who asks. */
static void adopt_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_hand_back(&f->b);
	fixture_settle_builtin(f);
	xhb_adopt(&f->b, false);
	fault_disarm();
	take_back(test);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, before.balloon_low);
}

static void adopt_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* A block that comes in two parts is the coalescer's. */
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(&f->b), (unsigned long)BALLOON);
	KUNIT_EXPECT_GE(test, f->b.queues.huge_count, 1UL);
}

static void adopt_walk(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = adopt_prepare,
		.run = adopt_run,
		.finish = adopt_finish,
		.calls = { [FAKE_OPS] = DIV_ROUND_UP(BALLOON, 64) },
	};

	begin(test);
	fake_builtin_may_fail = true;
	fixture_do_walk(test, &walk);
}

/* Pages of which those in the first one's block are to be replaced. */
#define MOVABLE	3

static void replace_prepare(struct kunit *test)
{
	balloon_movable(test, MOVABLE);
}

/* Each page is had by the built-in driver, this or another one. */
static void replace_run(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_hand_back(&f->b);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, before.balloon_low + MOVABLE);
	fixture_settle_builtin(f);
	fake_guest.movable_block = 0;
	take_back(test);
}

static void replace_finish(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - MOVABLE);
}

static void replace_walk(struct kunit *test)
{
	static const struct fixture_walk walk = {
		.prepare = replace_prepare,
		.run = replace_run,
		.finish = replace_finish,
	};

	begin(test);
	fake_guest.movable = 1000;
	fake_guest.zone_free = LONG_MAX / 8;
	fixture_do_walk(test, &walk);
}

static int handback_init(struct kunit *test)
{
	begun = false;
	return fixture_init(test, FAKE_OPS);
}

static void handback_exit(struct kunit *test)
{
	fake_builtin_may_fail = false;
	if (begun) {
		balloon_stats = before;
		xen_features[XENFEAT_auto_translated_physmap] = 0;
	}
	fixture_exit(test);
}

static struct kunit_case handback_cases[] = {
	KUNIT_CASE(hand_back_waits),
	KUNIT_CASE(hand_back_splits),
	KUNIT_CASE(hand_back_replaces),
	KUNIT_CASE(adopt_walk),
	KUNIT_CASE(replace_walk),
	{}
};

static struct kunit_suite handback_suite = {
	.name = "xhb_handback",
	.init = handback_init,
	.exit = handback_exit,
	.test_cases = handback_cases,
};

kunit_test_suite(handback_suite);
