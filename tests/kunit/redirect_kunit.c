// SPDX-License-Identifier: GPL-2.0
/*
 * Who answers the calls to the built-in driver, and when. And what if ftrace has met a
 * bug: it changes no code any more, so what it has redirected stays so, and this module
 * has to stay as well.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <xen/balloon.h>
#include <xen/grant_table.h>
#include <xen/xen.h>

#include "device.h"
#include "fixture.h"

static DECLARE_COMPLETION(stopped);

static int stop(void *unused)
{
	xhb_redirect_disable();
	xhb_redirect_stop();
	complete(&stopped);
	return 0;
}

static bool refused(int times)
{
	unsigned long end = jiffies + 10 * HZ;

	while (atomic_read(&fake_ftrace_refused) < times &&
	       time_before(jiffies, end))
		usleep_range(2000, 5000);
	return atomic_read(&fake_ftrace_refused) >= times;
}

static void redirect_start(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (xen_domain())
		kunit_skip(test, "there is a driver at work");
	atomic_set(&fake_ftrace_refused, 0);
	reinit_completion(&stopped);
	KUNIT_ASSERT_EQ(test, xhb_redirect_start(&f->b), 0);
}

static void redirect_begin(struct kunit *test)
{
	redirect_start(test);
	xhb_redirect_enable();
}

static void redirect_end(struct kunit *test)
{
	struct task_struct *task = kthread_run(stop, NULL, "xhb-stop");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	WRITE_ONCE(fake_ftrace_dead, false);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&stopped, 20 * HZ), 0UL);
}

/* Whoever unloads waits, rather than leave calls to what is not there. */
static void redirect_stays(struct kunit *test)
{
	struct task_struct *task;
	unsigned int waits;

	redirect_begin(test);
	waits = fake_waits_for_tasks;
	WRITE_ONCE(fake_ftrace_dead, true);
	task = kthread_run(stop, NULL, "xhb-stop");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	KUNIT_EXPECT_TRUE(test, refused(2));
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&stopped));
	WRITE_ONCE(fake_ftrace_dead, false);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&stopped, 20 * HZ), 0UL);
	/* For who is on the way in, and for who is on the way out. */
	KUNIT_EXPECT_EQ(test, fake_waits_for_tasks, waits + 2);
}

static void set_target(struct kunit *test, unsigned long target)
{
	struct fixture *f = test->priv;

	balloon_set_new_target(target);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, target);
}

/* A target is obeyed all the same; from then on rmmod is refused. */
static void redirect_holds_module(struct kunit *test)
{
	struct fixture *f = test->priv;
	int references = module_refcount(THIS_MODULE);

	redirect_begin(test);
	set_target(test, f->total - 1);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), references);
	WRITE_ONCE(fake_ftrace_dead, true);
	set_target(test, f->total - 2);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), references + 1);
	/* Once is enough. */
	set_target(test, f->total - 3);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), references + 1);
	if (module_refcount(THIS_MODULE) > references)
		module_put(THIS_MODULE);
	set_target(test, f->total);
	redirect_end(test);
}

/* The built-in driver answers before it is enabled, and after it was disabled. */
static void redirect_only_enabled(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long had = balloon_stats.target_pages;
	unsigned long target = f->stats.target_pages;

	redirect_start(test);
	balloon_set_new_target(had + 1);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, target);
	xhb_redirect_enable();
	set_target(test, target - 1);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_pages, had + 1);
	xhb_redirect_disable();
	balloon_set_new_target(had);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, target - 1);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_pages, had);
	redirect_end(test);
}

static DECLARE_COMPLETION(borrowed);
static DECLARE_COMPLETION(disabled);

static int borrow(void *page)
{
	int err = gnttab_alloc_pages(1, page);

	complete(&borrowed);
	return err;
}

static int disable(void *unused)
{
	xhb_redirect_disable();
	complete(&disabled);
	return 0;
}

/* In a call to this module, where it waits for the balloon's lock. */
static bool waits_for_lock(struct task_struct *task)
{
	unsigned long end = jiffies + 10 * HZ;

	while (READ_ONCE(task->__state) != TASK_UNINTERRUPTIBLE &&
	       time_before(jiffies, end))
		usleep_range(2000, 5000);
	return READ_ONCE(task->__state) == TASK_UNINTERRUPTIBLE;
}

/* Who unloads waits for the calls that are in this module. */
static void redirect_ends_after_calls(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct task_struct *task;
	struct page *page = NULL;

	reinit_completion(&borrowed);
	reinit_completion(&disabled);
	redirect_begin(test);
	xhb_lock(&f->b);
	task = kthread_run(borrow, &page, "xhb-borrow");
	KUNIT_EXPECT_TRUE(test, waits_for_lock(task));
	task = kthread_run(disable, NULL, "xhb-disable");
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&disabled, HZ / 5), 0UL);
	xhb_unlock(&f->b);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&borrowed, 10 * HZ), 0UL);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&disabled, 10 * HZ), 0UL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	xhb_redirect_enable();
	fake_give_back(&page, 1);
	redirect_end(test);
}

static void redirect_exit(struct kunit *test)
{
	WRITE_ONCE(fake_ftrace_dead, false);
	fixture_exit(test);
}

static struct kunit_case redirect_cases[] = {
	KUNIT_CASE(redirect_stays),
	KUNIT_CASE(redirect_holds_module),
	KUNIT_CASE(redirect_only_enabled),
	KUNIT_CASE(redirect_ends_after_calls),
	{}
};

static struct kunit_suite redirect_suite = {
	.name = "xhb_redirect",
	.init = fixture_init_ops,
	.exit = redirect_exit,
	.test_cases = redirect_cases,
};

kunit_test_suite(redirect_suite);
