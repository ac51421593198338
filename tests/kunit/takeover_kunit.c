// SPDX-License-Identifier: GPL-2.0
/*
 * Taking over from the built-in driver and handing back, with the real
 * built-in driver of this kernel. Outside of Xen it does not start by itself,
 * so the test starts its thread and brings a device with its files; under Xen
 * there is a driver at work, which tests must not disturb.
 */
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <xen/balloon.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/xen.h>

#include "builtin_thread.h"
#include "debugfs.h"
#include "device.h"
#include "fixture.h"
#include "map.h"
#include "xhb_compat.h"
#include "xhb_front.h"
#include "xhb_takeover.h"
#include "takeover/private.h"

/* Handed from one driver to the other: two 2M pages, and some of 4K. */
#define BALLOON	(2 * XHB_HUGE_PAGES + 100)
/* Calls that may fail, and those that it cannot do without. */
#define CALLS		25UL
#define FAILURES	18UL

/* The balloon that takes over; the fixture's one plays no part in that. */
static struct xhb_balloon *b;
static struct fake_device *device;
static struct balloon_stats stats_before;

/* Everything that a balloon driver has ballooned out, to the built-in one. */
static void give_to_builtin(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - BALLOON);
	xhb_hand_back(&f->b);
	fixture_settle_builtin(f);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 0UL);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, BALLOON);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_unpopulated, 0UL);
	balloon_stats.current_pages = f->stats.current_pages;
	balloon_stats.target_pages = f->stats.current_pages;
	balloon_stats.total_pages = f->total;
}

/* Not a suite's init: a test that is skipped there is not at an end. */
static void takeover_begin(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (xen_domain())
		kunit_skip(test, "there is a driver at work");
	xen_features[XENFEAT_auto_translated_physmap] = 1;
	stats_before = balloon_stats;
	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	xhb_knobs_init(b);
	device = fake_device_create("xen_memory0");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device);
	KUNIT_ASSERT_EQ(test, start_builtin("xen-balloon"), 0);
	give_to_builtin(test);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, 0L);
}

static int takeover_init(struct kunit *test)
{
	device = NULL;
	return fixture_init(test, FAKE_HVM);
}

/* The fixture's balloon takes it all back, so that nothing is lost. */
static void takeover_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct task_struct *task = builtin_thread();

	if (!IS_ERR_OR_NULL(device)) {
		if (task)
			kthread_stop(task);
		f->stats.current_pages = balloon_stats.current_pages;
		f->stats.target_pages = balloon_stats.current_pages;
		xhb_adopt(&f->b, false);
		fixture_settle_builtin(f);
		KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, 0UL);
		fake_device_destroy(device);
		device = NULL;
		balloon_stats = stats_before;
		xen_features[XENFEAT_auto_translated_physmap] = 0;
	}
	fixture_exit(test);
}

/* All is as takeover_begin() left it, and the built-in driver is at work. */
static void expect_builtin(struct kunit *test)
{
	char *buf = (char *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	fake_device_read(device, NULL, "target_kb", buf);
	KUNIT_EXPECT_STREQ(test, buf, "built-in\n");
	KUNIT_EXPECT_EQ(test, fake_device_read(device, "hugeballoon", "huge_kb", buf),
			(ssize_t)-ENOENT);
	free_page((unsigned long)buf);
	KUNIT_EXPECT_PTR_EQ(test, fake_memory_notifier, NULL);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, builtin_thread());
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low + (balloon_stats.current_pages -
			((struct fixture *)test->priv)->stats.current_pages), BALLOON);
	KUNIT_EXPECT_EQ(test, balloon_stats.max_schedule_delay,
			stats_before.max_schedule_delay);
	KUNIT_EXPECT_EQ(test, balloon_stats.max_retry_count,
			stats_before.max_retry_count);
}

static void takeover_round_trip(struct kunit *test)
{
	takeover_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	KUNIT_EXPECT_PTR_EQ(test, builtin_thread(), NULL);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 2UL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, 100UL);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_ADOPTED), (u64)BALLOON);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, 0UL);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_unpopulated, 0UL);
	KUNIT_EXPECT_EQ(test, balloon_stats.max_retry_count,
			(unsigned long)RETRY_UNLIMITED);

	fake_returner = b;
	fake_waits_for_tasks = 0;
	xhb_takeover_undo(b);
	KUNIT_EXPECT_EQ(test, fake_returned_after, 2U);	/* Calls end, looks end. */
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, (unsigned long)BALLOON);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_unpopulated, 0UL);
	expect_builtin(test);

	/* It can be had again. A target below the floor is not handed back. */
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	fake_guest.available = 0;
	xhb_target_request(b, XHB_REQUESTER_HOST, 0);
	xhb_takeover_undo(b);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_pages, balloon_stats.current_pages);
	expect_builtin(test);
}

/* While it is in charge it obeys the built-in driver's files. */
static void takeover_follows_files(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int looks = 5000;
	char text[32];

	takeover_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	snprintf(text, sizeof(text), "%lu\n",
		 xhb_pages_to_kb(f->total - XHB_HUGE_PAGES));
	KUNIT_EXPECT_GT(test, fake_device_write(device, NULL, "target_kb",
						text), (ssize_t)0);
	while (READ_ONCE(balloon_stats.current_pages) !=
	       f->total - XHB_HUGE_PAGES && looks--)
		usleep_range(2000, 5000);
	KUNIT_EXPECT_EQ(test, balloon_stats.current_pages,
			f->total - XHB_HUGE_PAGES);
	xhb_takeover_undo(b);
	expect_builtin(test);
}

/* Each call that can fail does; the built-in driver goes on as if nothing. */
static void takeover_each_call_fails(struct kunit *test)
{
	unsigned long n = 0, calls, failed = 0, buffers;
	int err;

	takeover_begin(test);
	b->knobs.coalesce = 0;	/* The worker makes no calls of its own. */
	buffers = fake_guest.buffers;
	do {
		n++;
		fault_arm(n, n, 0);
		err = xhb_takeover(b);
		calls = fault_calls();
		fault_disarm();
		if (!err)
			xhb_takeover_undo(b);
		failed += !!err;
		expect_builtin(test);
		KUNIT_EXPECT_EQ(test, fake_guest.buffers, buffers);
	} while (n <= calls && test->status != KUNIT_FAILURE);
	KUNIT_EXPECT_EQ(test, calls, CALLS);
	KUNIT_EXPECT_EQ(test, failed, FAILURES);
}

/* Without one of the parts that it needs it changes nothing. */
static void takeover_part_missing(struct kunit *test)
{
	struct task_struct *task;

	takeover_begin(test);
	fake_device_remove_info(device);
	KUNIT_EXPECT_EQ(test, xhb_takeover(b), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake_device_add_info(device), 0);
	expect_builtin(test);

	/* A thread that only has the name. */
	task = builtin_thread();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, xhb_takeover(b), -ENODEV);
	KUNIT_EXPECT_EQ(test, start_builtin("other"), 0);
	KUNIT_EXPECT_EQ(test, xhb_takeover(b), -ENODEV);
	KUNIT_EXPECT_EQ(test, start_builtin("xen-balloon"), 0);
	KUNIT_EXPECT_EQ(test, xhb_takeover(b), 0);
	xhb_takeover_undo(b);
	expect_builtin(test);
	kthread_stop(thread_named("other"));
}

static void takeover_noop(unsigned long ip, unsigned long parent_ip,
			  struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

/* Somebody else has redirected one of the functions. */
static void takeover_function_taken(struct kunit *test)
{
	static struct ftrace_ops ops = {
		.func = takeover_noop,
		.flags = FTRACE_OPS_FL_IPMODIFY,
	};
	unsigned char name[] = "xen_free_ballooned_pages";

	takeover_begin(test);
	KUNIT_ASSERT_EQ(test, ftrace_set_filter(&ops, name, strlen(name), 1), 0);
	KUNIT_ASSERT_EQ(test, register_ftrace_function(&ops), 0);
	KUNIT_EXPECT_EQ(test, xhb_takeover(b), -EBUSY);
	expect_builtin(test);
	unregister_ftrace_function(&ops);
	KUNIT_EXPECT_EQ(test, xhb_takeover(b), 0);
	xhb_takeover_undo(b);
	fake_ftrace_free_filter(&ops);
}

/* As many as the grant table code gives back in one go. */
#define LOAN	10

/* The kernel's own grant table code borrows pages. */
static void takeover_lends(struct kunit *test)
{
	struct page *pages[LOAN];
	unsigned int i;

	takeover_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	KUNIT_EXPECT_EQ(test, gnttab_alloc_pages(LOAN, pages), 0);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, (long)LOAN);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, 100UL - LOAN);
	for (i = 0; i < LOAN; i++)
		KUNIT_EXPECT_TRUE(test, fake_hv_gone(pages[i]));
	fake_give_back(pages, LOAN);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, 0L);
	KUNIT_EXPECT_EQ(test, b->queues.base_count + xhb_foreign_idle(b), 100UL);
	xhb_takeover_undo(b);
	expect_builtin(test);
}

/* A loan that begins with one driver ends with the other. */
static void takeover_loan_in_between(struct kunit *test)
{
	struct page *pages[LOAN];

	takeover_begin(test);
	KUNIT_EXPECT_EQ(test, gnttab_alloc_pages(LOAN, pages), 0);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, (long)LOAN);
	fake_give_back(pages, LOAN);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, 0L);
	KUNIT_EXPECT_EQ(test, gnttab_alloc_pages(LOAN, pages), 0);
	xhb_takeover_undo(b);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_unpopulated,
			(unsigned long)LOAN);
	fake_give_back(pages, LOAN);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_unpopulated, 0UL);
	expect_builtin(test);
}

/* What the kernel does to all devices of a domain that was restored. */
static void takeover_restored(struct kunit *test)
{
	unsigned long block, end;
	const struct dev_pm_ops *pm;
	struct page *page;

	takeover_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	pm = fake_added_device->type->pm;
	page = list_first_entry(&b->queues.base.pages, struct page, lru);
	block = page_to_pfn(page) >> XHB_HUGE_ORDER;
	KUNIT_EXPECT_EQ(test, (int)xhb_block_backing(b, block), (int)XHB_BACKING_4K);
	KUNIT_EXPECT_EQ(test, pm->freeze(fake_added_device), 0);
	KUNIT_EXPECT_TRUE(test, b->migrate.frozen);
	KUNIT_EXPECT_EQ(test, pm->thaw(fake_added_device), 0);
	KUNIT_EXPECT_FALSE(test, b->migrate.frozen);
	b->xen.extents_2m = XHB_ANSWER_REFUSED;
	KUNIT_EXPECT_EQ(test, pm->freeze(fake_added_device), 0);
	KUNIT_EXPECT_EQ(test, (int)b->xen.extents_2m, (int)XHB_ANSWER_REFUSED);
	KUNIT_EXPECT_EQ(test, pm->restore(fake_added_device), 0);
	KUNIT_EXPECT_EQ(test, (int)b->xen.extents_2m, (int)XHB_ANSWER_NONE);
	KUNIT_EXPECT_FALSE(test, b->migrate.frozen);
	end = jiffies + 10 * HZ;
	while (xhb_block_backing(b, block) != XHB_BACKING_UNKNOWN &&
	       time_before(jiffies, end))
		usleep_range(2000, 5000);
	KUNIT_EXPECT_EQ(test, (int)xhb_block_backing(b, block),
			(int)XHB_BACKING_UNKNOWN);
	xhb_takeover_undo(b);
	expect_builtin(test);
}

/* The file is for reading by a program, so one reads it. */
static void takeover_debugfs(struct kunit *test)
{
	unsigned int backed[4], i;
	void *text;

	takeover_begin(test);
	/* The worker has nothing to do, and makes no hypercall. */
	b->knobs.coalesce = 0;
	KUNIT_EXPECT_NE(test, debugfs_copy("stats blocks"), 0);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	KUNIT_EXPECT_EQ(test, debugfs_copy("stats blocks"), 0);
	for (i = 0; i < ARRAY_SIZE(backed); i++)
		backed[i] = map_backed(b, i);
	xhb_takeover_undo(b);
	KUNIT_ASSERT_GT(test, debugfs_copied(&text, PAGE_SIZE), (ssize_t)0);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, strstr(text, "adopted 1124\n"));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, strstr(text, "hypercalls 10\n"));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, strstr(text, "\n0x000000000000 "));
	KUNIT_EXPECT_EQ(test, map_count(text, '-'), 2U);
	KUNIT_EXPECT_GT(test, map_count(text, '4'), 0U);
	for (i = 0; i < ARRAY_SIZE(backed); i++)
		KUNIT_EXPECT_EQ(test, map_count(text, "?42-"[i]), backed[i]);
	for (i = 0; i < XHB_COUNT_COUNT; i++)
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test,
					     strstr(text, xhb_count_names[i]));
	vfree(text);
}

static struct kunit_case takeover_cases[] = {
	KUNIT_CASE(takeover_round_trip),
	KUNIT_CASE(takeover_follows_files),
	KUNIT_CASE(takeover_each_call_fails),
	KUNIT_CASE(takeover_part_missing),
	KUNIT_CASE(takeover_function_taken),
	KUNIT_CASE(takeover_lends),
	KUNIT_CASE(takeover_loan_in_between),
	KUNIT_CASE(takeover_restored),
	KUNIT_CASE(takeover_debugfs),
	{}
};

static struct kunit_suite takeover_suite = {
	.name = "xhb_takeover",
	.init = takeover_init,
	.exit = takeover_exit,
	.test_cases = takeover_cases,
};

kunit_test_suite(takeover_suite);
