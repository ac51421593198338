// SPDX-License-Identifier: GPL-2.0
/*
 * Emptying blocks beside the worker, also when it takes for ever.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>

#include "healing.h"
#include "kernels.h"
#include "xhb_policy.h"

/* Enough that some of them are in blocks with nothing but movable memory. */
#define FILE_PAGES	8192

/* A page of a file, locked as if its file system had stalled. */
static struct file *file;
static struct page *locked;

static void evacuate_this(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1), *got;
	unsigned long block = block_of(page);

	got = evacuate(f, XHB_CHOICE_THIS, block);
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EPERM));
	__free_page(page);
	got = evacuate(f, XHB_CHOICE_THIS, block);
	KUNIT_EXPECT_PTR_EQ(test, got, page);
	fake_free_pages(page, XHB_HUGE_ORDER);

	fake_guest.contig_left = 0;
	got = evacuate(f, XHB_CHOICE_THIS, block);
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EBUSY));
	/* No block holds base pages, so none is to be emptied. */
	fake_guest.contig_left = ULONG_MAX;
	got = evacuate(f, XHB_CHOICE_WITH_BASE, 0);
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EBUSY));
}

/* Who asks for something else gets that, and nothing is lost. */
static void evacuate_changes_mind(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *first = make_block(test, 0), *second = make_block(test, 0);
	struct page *got;

	got = xhb_evacuate(&f->b, XHB_CHOICE_THIS, block_of(first));
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EINPROGRESS));
	flush_work(&f->b.evacuation.work);
	KUNIT_EXPECT_EQ(test, fixture_held_pages(f), XHB_HUGE_PAGES);
	got = evacuate(f, XHB_CHOICE_THIS, block_of(second));
	KUNIT_EXPECT_PTR_EQ(test, got, second);
	KUNIT_EXPECT_EQ(test, fixture_held_pages(f), XHB_HUGE_PAGES);
	fake_free_pages(second, XHB_HUGE_ORDER);

	/* Nor when nobody asks any more. */
	xhb_evacuate(&f->b, XHB_CHOICE_THIS, block_of(first));
	flush_work(&f->b.evacuation.work);
	xhb_evacuate_drop(&f->b);
	xhb_evacuate_drop(&f->b);
	KUNIT_EXPECT_EQ(test, fixture_held_pages(f), 0UL);
}

static atomic_t told;

static void tell(struct xhb_balloon *b)
{
	atomic_inc(&told);
}

/* Once for each block, emptied or not. */
static void evacuate_tells(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0);

	atomic_set(&told, 0);
	f->b.evacuation.done = tell;
	fake_free_pages(evacuate(f, XHB_CHOICE_THIS, block_of(page)), XHB_HUGE_ORDER);
	KUNIT_EXPECT_EQ(test, atomic_read(&told), 1);
	fake_guest.contig_left = 0;
	KUNIT_EXPECT_TRUE(test, IS_ERR(evacuate(f, XHB_CHOICE_THIS, block_of(page))));
	KUNIT_EXPECT_EQ(test, atomic_read(&told), 2);
}

/* Who moves memory gets none out of the balloon. */
static bool short_of_memory;
static void tell_late(struct xhb_balloon *b)
{
	short_of_memory = xhb_pressure_is_short(b, GFP_KERNEL);
	msleep(200);
	atomic_inc(&told);
}

/* Who stops it waits for all of it. */
static void evacuate_stop_waits(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page = make_block(test, 0);

	atomic_set(&told, 0);
	short_of_memory = true;
	b->evacuation.done = tell_late;
	b->knobs.deflate_on_oom = XHB_OOM_ALWAYS;
	b->knobs.floor_kb = ULONG_MAX;
	KUNIT_EXPECT_TRUE(test, xhb_pressure_is_short(b, GFP_KERNEL));
	xhb_evacuate(b, XHB_CHOICE_THIS, block_of(page));
	while (xhb_evacuating(b))
		usleep_range(100, 200);
	xhb_evacuation_stop(b);
	KUNIT_EXPECT_EQ(test, atomic_read(&told), 1);
	KUNIT_EXPECT_FALSE(test, short_of_memory);
	KUNIT_EXPECT_EQ(test, fixture_held_pages(f), 0UL);
	b->knobs.floor_kb = 0;
}

/* What is not wanted any more is called off, until it is asked for again. */
static void evacuate_calls_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_evacuation *e = &f->b.evacuation;
	struct page *page = make_block(test, 0), *got;

	e->choice = XHB_CHOICE_ANY;
	e->block = 0;
	e->since = jiffies;
	e->state = XHB_EVACUATION_RUNNING;
	got = xhb_evacuate(&f->b, XHB_CHOICE_THIS, block_of(page));
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EINPROGRESS));
	KUNIT_EXPECT_TRUE(test, e->cancel);
	got = xhb_evacuate(&f->b, XHB_CHOICE_ANY, 0);
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EINPROGRESS));
	KUNIT_EXPECT_FALSE(test, e->cancel);
	/* It takes too long for whoever waits. */
	e->since = jiffies - 60 * HZ;
	got = xhb_evacuate(&f->b, XHB_CHOICE_ANY, 0);
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EBUSY));

	/* An answer to what somebody else has asked. */
	e->cancel = true;
	e->page = ERR_PTR(-EBUSY);
	e->state = XHB_EVACUATION_READY;
	got = evacuate(f, XHB_CHOICE_THIS, block_of(page));
	KUNIT_EXPECT_PTR_EQ(test, got, page);
	KUNIT_EXPECT_FALSE(test, e->cancel);
	if (!IS_ERR(got))
		fake_free_pages(got, XHB_HUGE_ORDER);
}

/* Somebody who walks page frames looks at a page of it: it cannot be had. */
static void evacuate_watched(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0), *got;

	fake_guest.watch = true;
	got = evacuate(f, XHB_CHOICE_THIS, block_of(page));
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EBUSY));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake_guest.watched);
	KUNIT_EXPECT_EQ(test, page_count(fake_guest.watched), 1);
	put_page(fake_guest.watched);
	KUNIT_EXPECT_EQ(test, fixture_held_pages(f), 0UL);
	fixture_check(test);
}

/* Without room on its node, what is in a block would go to another one. */
static void evacuate_full_node(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1), *got;
	unsigned long block = block_of(page);

	make_base(test, page);
	fake_guest.nodes = 2;
	fake_guest.zone_free = 0;
	got = evacuate(f, XHB_CHOICE_THIS, block);
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EBUSY));
	got = evacuate(f, XHB_CHOICE_WITH_BASE, 0);
	KUNIT_EXPECT_PTR_EQ(test, got, (struct page *)ERR_PTR(-EBUSY));

	/* There is no other. */
	fake_guest.nodes = 1;
	got = evacuate(f, XHB_CHOICE_WITH_BASE, 0);
	KUNIT_EXPECT_PTR_EQ(test, got, page);
	fake_free_pages(page, XHB_HUGE_ORDER);
	fixture_check(test);
}

/* With room it is moved there. */
static void evacuate_node_with_room(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1), *got;

	make_base(test, page);
	fake_guest.nodes = 2;
	fake_guest.zone_free = LONG_MAX / 8;
	got = evacuate(f, XHB_CHOICE_THIS, block_of(page));
	KUNIT_EXPECT_PTR_EQ(test, got, page);
	fake_free_pages(page, XHB_HUGE_ORDER);
	fixture_check(test);
}

/*
 * A page is locked after its block was looked at. Starts emptying that; true if it
 * is stuck.
 */
static bool stall_at(struct fixture *f, struct page *page)
{
	struct page *got;
	bool stalled;

	fake_guest.lock_late = page;
	got = xhb_evacuate(&f->b, XHB_CHOICE_THIS, block_of(page));
	if (got == ERR_PTR(-EINPROGRESS))
		msleep(100);
	stalled = xhb_evacuating(&f->b);
	if (!stalled && !xchg(&fake_guest.lock_late, NULL))
		unlock_page(page);
	return stalled;
}

static bool stall(struct fixture *f)
{
	unsigned long i;

	file = kernels_file(FILE_PAGES);
	if (IS_ERR(file))
		return false;
	/* First all of them, so that they are on an LRU list. */
	for (i = 0; i < FILE_PAGES; i++) {
		struct page *page;

		page = shmem_read_mapping_page(file->f_mapping, i);
		if (IS_ERR(page))
			return false;
		put_page(page);
	}
	for (i = 0; i < FILE_PAGES && !locked; i += 256) {
		struct page *page;

		page = shmem_read_mapping_page(file->f_mapping, i);
		if (IS_ERR(page))
			return false;
		/* It stays in the file for as long as it is locked. */
		if (stall_at(f, page))
			locked = page;
		put_page(page);
	}
	return locked;
}

static void unstall(struct work_struct *unused)
{
	struct page *page = xchg(&locked, NULL);

	if (page)
		unlock_page(page);
}

static DECLARE_DELAYED_WORK(unstall_work, unstall);

/* The balloon goes on as well as it can, both ways. */
static void stalled_targets(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	KUNIT_ASSERT_TRUE(test, stall(f));
	b->knobs.hugepage_effort = XHB_EFFORT_EVACUATE;
	fake_guest.huge_left = 0;
	xhb_policy_start(b);
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total - 700);
	KUNIT_EXPECT_TRUE(test, fixture_reached(f, f->total - 700, 20 * HZ));
	KUNIT_EXPECT_TRUE(test, xhb_evacuating(b));
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total - 7);
	KUNIT_EXPECT_TRUE(test, fixture_reached(f, f->total - 7, 20 * HZ));
	KUNIT_EXPECT_TRUE(test, xhb_evacuating(b));
	xhb_worker_stop(b);
	fixture_check(test);

	unstall(NULL);
	xhb_evacuation_stop(b);
	fixture_check(test);
}

/* While a block is being emptied the host sees 4K pages move, a batch at a time. */
static void stalled_moves_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct xhb_batch *batch = &b->batch;
	unsigned long pages;

	KUNIT_ASSERT_TRUE(test, stall(f));
	b->knobs.hugepage_effort = XHB_EFFORT_EVACUATE;
	fake_guest.huge_left = 0;
	/* Wanted is one block now, any. */
	b->evacuation.choice = XHB_CHOICE_ANY;
	b->evacuation.block = 0;
	b->evacuation.since = jiffies + HZ;
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total - 3000);
	KUNIT_EXPECT_EQ(test, xhb_resize_step(b), XHB_STEP_BLOCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);

	batch->moved = jiffies - HZ / 10;
	KUNIT_EXPECT_EQ(test, xhb_resize_step(b), XHB_STEP_AGAIN);
	pages = f->stats.current_pages;
	KUNIT_EXPECT_LT(test, pages, f->total);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 0UL);
	KUNIT_EXPECT_TRUE(test, xhb_evacuating(b));
	/* That was progress enough; nor is it held against 2M pages. */
	batch->moved = jiffies;
	KUNIT_EXPECT_EQ(test, xhb_resize_step(b), XHB_STEP_BLOCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, pages);
	KUNIT_EXPECT_EQ(test, b->inflate.skip_2m, 0UL);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_NO_2M), 0ULL);

	/* A guest that gives for itself has time. */
	xhb_target_request(b, XHB_REQUESTER_SELF, f->total - 3001);
	KUNIT_EXPECT_EQ(test, xhb_resize_step(b), XHB_STEP_BLOCK);
	batch->moved = jiffies - HZ;
	KUNIT_EXPECT_EQ(test, xhb_resize_step(b), XHB_STEP_BLOCK);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, pages);

	unstall(NULL);
	xhb_evacuation_stop(b);
	fixture_check(test);
}

/* Unloading waits until nobody touches the block any more. */
static void stalled_stop(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long begin = jiffies;

	KUNIT_ASSERT_TRUE(test, stall(f));
	begin = jiffies;
	schedule_delayed_work(&unstall_work, HZ);
	xhb_policy_stop(&f->b);
	KUNIT_EXPECT_GE(test, jiffies - begin, (unsigned long)HZ);
	/* Woken up, and not because 5 s are over. */
	KUNIT_EXPECT_LT(test, jiffies - begin, 9UL * HZ / 2);
	KUNIT_EXPECT_PTR_EQ(test, locked, NULL);
	KUNIT_EXPECT_FALSE(test, xhb_evacuating(&f->b));
	/* What it came to was given back. */
	KUNIT_EXPECT_EQ(test, fixture_held_pages(f), 0UL);
	flush_delayed_work(&unstall_work);
}

static void evacuate_exit(struct kunit *test)
{
	unstall(NULL);
	if (!IS_ERR_OR_NULL(file))
		fput(file);
	file = NULL;
	healing_exit(test);
}

static struct kunit_case evacuate_cases[] = {
	KUNIT_CASE(evacuate_this),
	KUNIT_CASE(evacuate_changes_mind),
	KUNIT_CASE(evacuate_tells),
	KUNIT_CASE(evacuate_stop_waits),
	KUNIT_CASE(evacuate_calls_off),
	KUNIT_CASE(evacuate_watched),
	KUNIT_CASE(evacuate_full_node),
	KUNIT_CASE(evacuate_node_with_room),
	KUNIT_CASE(stalled_targets),
	KUNIT_CASE(stalled_moves_on),
	KUNIT_CASE(stalled_stop),
	{}
};

static struct kunit_suite evacuate_suite = {
	.name = "xhb_evacuate",
	.init = healing_init,
	.exit = evacuate_exit,
	.test_cases = evacuate_cases,
};

kunit_test_suite(evacuate_suite);
