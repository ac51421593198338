// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that comes online while the driver is in charge: the kernel gives it to
 * the built-in driver's list, from where it is adopted. What was added to the guest
 * has no memory behind it; what was offline for a while has.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <xen/balloon.h>
#include <xen/features.h>
#include <xen/xen.h>

#include "builtin_thread.h"
#include "device.h"
#include "fixture.h"
#include "xhb_front.h"
#include "xhb_takeover.h"
#include "takeover/private.h"

/* Comes online: two 2M pages, and some of 4K. */
#define MORE	(2 * XHB_HUGE_PAGES + 20)

/* The balloon that takes over; the fixture's one only brings pages. */
static struct xhb_balloon *b;
static struct fake_device *device;
static struct balloon_stats stats_before;

static int online_init(struct kunit *test)
{
	device = NULL;
	return fixture_init(test, FAKE_HVM);
}

/* The built-in driver's code, without Xen, and a driver that took over from it. */
static void online_begin(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (xen_domain())
		kunit_skip(test, "there is a driver at work");
	xen_features[XENFEAT_auto_translated_physmap] = 1;
	stats_before = balloon_stats;
	balloon_stats.current_pages = f->total;
	balloon_stats.target_pages = f->total;
	balloon_stats.total_pages = f->total;
	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	xhb_knobs_init(b);
	device = fake_device_create("xen_memory0");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device);
	KUNIT_ASSERT_EQ(test, start_builtin("xen-balloon"), 0);
}

/* The fixture's balloon has it all in the end. */
static void online_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct task_struct *task = builtin_thread();

	if (!IS_ERR_OR_NULL(device)) {
		if (task)
			kthread_stop(task);
		xhb_adopt(&f->b, false);
		fixture_settle_builtin(f);
		KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, 0UL);
		f->stats.current_pages = f->total - fake_hv_gone_pages();
		fake_device_destroy(device);
		device = NULL;
		balloon_stats = stats_before;
		xen_features[XENFEAT_auto_translated_physmap] = 0;
	}
	fixture_exit(test);
}

static void tell(struct kunit *test, unsigned long action)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake_memory_notifier);
	fake_memory_notifier->notifier_call(fake_memory_notifier, action, NULL);
}

/*
 * Memory that was added. As many pages less are in the balloon that took over, so
 * that the fixture's count of all memory is right again when it has adopted them.
 */
static void add_memory_without_telling(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - MORE);
	xhb_hand_back(&f->b);
	fixture_settle_builtin(f);
	balloon_stats.current_pages -= MORE;
	balloon_stats.target_pages -= MORE;
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, (unsigned long)MORE);
}

/* A block that was offline for a while: the kernel does not count it as its own. */
static struct page *put_block_online(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *first, *pages[1];
	unsigned long i;

	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(f, &first, 1), 1U);
	split_page(first, XHB_HUGE_ORDER);
	adjust_managed_page_count(first, -(long)XHB_HUGE_PAGES);
	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		pages[0] = first + i;
		/* The built-in driver has never seen it. */
		balloon_stats.target_unpopulated++;
		xhb_redirect_except(current);
		xen_free_ballooned_pages(1, pages);
		xhb_redirect_except(NULL);
	}
	return first;
}

static void online_added(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int looks = 5000;

	online_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	add_memory_without_telling(test);
	tell(test, MEM_GOING_ONLINE);
	tell(test, MEM_OFFLINE);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), 0UL);
	tell(test, MEM_ONLINE);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, 0UL);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, 0L);
	KUNIT_EXPECT_EQ(test, b->queues.huge_count, 2UL);
	KUNIT_EXPECT_EQ(test, b->queues.base_count, 20UL);
	KUNIT_EXPECT_EQ(test, balloon_stats.current_pages, f->total - MORE);

	/* The target can be had now, without anybody asking again. */
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total);
	while (READ_ONCE(balloon_stats.current_pages) != f->total && looks--)
		usleep_range(2000, 5000);
	KUNIT_EXPECT_EQ(test, balloon_stats.current_pages, f->total);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), 0UL);
	xhb_takeover_undo(b);
	KUNIT_EXPECT_PTR_EQ(test, fake_memory_notifier, NULL);
}

/* The worker waits for memory, and gets it. */
static void online_wakes_worker(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int looks = 5000;

	online_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	add_memory_without_telling(test);
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total);
	msleep(50);
	KUNIT_EXPECT_EQ(test, balloon_stats.current_pages, f->total - MORE);
	tell(test, MEM_ONLINE);
	while (READ_ONCE(balloon_stats.current_pages) != f->total && looks--)
		usleep_range(2000, 5000);
	KUNIT_EXPECT_EQ(test, balloon_stats.current_pages, f->total);
	xhb_takeover_undo(b);
}

/* What was offline is the guest's at once, and nobody is asked for it. */
static void online_again(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long ram = totalram_pages();
	struct page *page;

	online_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	add_memory_without_telling(test);
	page = put_block_online(test);
	KUNIT_EXPECT_FALSE(test, fake_hv_gone(page));
	tell(test, MEM_ONLINE);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, 0UL);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), (unsigned long)MORE);
	KUNIT_EXPECT_EQ(test, balloon_stats.current_pages, f->total - MORE);
	KUNIT_EXPECT_FALSE(test, fake_guest_holds(page));
	KUNIT_EXPECT_EQ(test, totalram_pages(), ram - MORE);
	xhb_takeover_undo(b);
}

/* It came online before the module was loaded: the sum tells. */
static void online_again_before_load(struct kunit *test)
{
	struct page *page;

	online_begin(test);
	add_memory_without_telling(test);
	page = put_block_online(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, 0UL);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), (unsigned long)MORE);
	KUNIT_EXPECT_FALSE(test, fake_guest_holds(page));
	xhb_takeover_undo(b);
}

/* What comes between the end of adoption and unload stays with the other driver. */
static void online_after_unload(struct kunit *test)
{
	online_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	add_memory_without_telling(test);
	xhb_takeover_undo(b);
	KUNIT_EXPECT_PTR_EQ(test, fake_memory_notifier, NULL);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, (unsigned long)MORE);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, 0L);
}

/* What was lent and is kept for the next would keep its section online. */
static void online_goes_offline(struct kunit *test)
{
	struct page *page;

	online_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	add_memory_without_telling(test);
	tell(test, MEM_ONLINE);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(b, 1, &page), 0);
	xhb_foreign_put(b, 1, &page);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(b), 1UL);
	tell(test, MEM_GOING_OFFLINE);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(b), 0UL);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), (unsigned long)MORE);
	xhb_takeover_undo(b);
}

/* Before it is in charge, or when it is not any more, it touches nothing. */
static void online_not_in_charge(struct kunit *test)
{
	struct fixture *f = test->priv;

	online_begin(test);
	add_memory_without_telling(test);
	KUNIT_ASSERT_EQ(test, xhb_online_add(&f->b), 0);
	tell(test, MEM_ONLINE);
	tell(test, MEM_GOING_OFFLINE);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, (unsigned long)MORE);
	xhb_online_remove();
	KUNIT_EXPECT_PTR_EQ(test, fake_memory_notifier, NULL);
}

/* What this task asks for is not for the built-in driver. */
static void redirected(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long changes = f->b.target.changes;

	KUNIT_ASSERT_EQ(test, xhb_redirect_start(&f->b), 0);
	xhb_redirect_enable();
	balloon_set_new_target(balloon_stats.target_pages);
	KUNIT_EXPECT_NE(test, f->b.target.changes, changes);
	xhb_redirect_disable();
	xhb_redirect_stop();
}

/* Without memory for the map, pages stay where they are until the next time. */
static void online_no_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long blocks = xhb_blocks_count(&f->b);

	online_begin(test);
	add_memory_without_telling(test);
	xhb_blocks_destroy(&f->b);
	f->b.blocks.count = 0;

	fault_arm(1, 1, 0);
	xhb_adopt(&f->b, true);
	fault_disarm();
	fixture_settle_builtin(f);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, (unsigned long)MORE);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, 0L);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(&f->b), 0UL);
	redirected(test);

	xhb_adopt(&f->b, true);
	fixture_settle_builtin(f);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, 0UL);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(&f->b), (unsigned long)MORE);
	KUNIT_EXPECT_GT(test, xhb_blocks_count(&f->b), 0UL);
	KUNIT_EXPECT_LE(test, xhb_blocks_count(&f->b), blocks);
}

/* The built-in driver has no memory for giving them: they stay, and nobody waits. */
static void online_builtin_fails(struct kunit *test)
{
	online_begin(test);
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	add_memory_without_telling(test);
	fake_builtin_fails = 1;
	tell(test, MEM_ONLINE);
	KUNIT_EXPECT_EQ(test, fake_builtin_fails, 0U);
	KUNIT_EXPECT_EQ(test, balloon_stats.balloon_low, (unsigned long)MORE);
	KUNIT_EXPECT_EQ(test, (long)balloon_stats.target_unpopulated, 0L);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), 0UL);
	tell(test, MEM_ONLINE);
	KUNIT_EXPECT_EQ(test, xhb_ballooned_pages(b), (unsigned long)MORE);
	xhb_takeover_undo(b);
}

static struct kunit_case online_cases[] = {
	KUNIT_CASE(online_added),
	KUNIT_CASE(online_wakes_worker),
	KUNIT_CASE(online_again),
	KUNIT_CASE(online_again_before_load),
	KUNIT_CASE(online_after_unload),
	KUNIT_CASE(online_goes_offline),
	KUNIT_CASE(online_not_in_charge),
	KUNIT_CASE(online_no_memory),
	KUNIT_CASE(online_builtin_fails),
	{}
};

static struct kunit_suite online_suite = {
	.name = "xhb_online",
	.init = online_init,
	.exit = online_exit,
	.test_cases = online_cases,
};

kunit_test_suite(online_suite);
