// SPDX-License-Identifier: GPL-2.0
/*
 * ftrace has met a bug: it changes no code any more, so what it has redirected
 * stays so, and this module has to stay as well.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <xen/balloon.h>
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

static void redirect_begin(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (xen_domain())
		kunit_skip(test, "there is a driver at work");
	atomic_set(&fake_ftrace_refused, 0);
	reinit_completion(&stopped);
	KUNIT_ASSERT_EQ(test, xhb_redirect_start(&f->b), 0);
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

static void redirect_exit(struct kunit *test)
{
	WRITE_ONCE(fake_ftrace_dead, false);
	fixture_exit(test);
}

static struct kunit_case redirect_cases[] = {
	KUNIT_CASE(redirect_stays),
	KUNIT_CASE(redirect_holds_module),
	{}
};

static struct kunit_suite redirect_suite = {
	.name = "xhb_redirect",
	.init = fixture_init_ops,
	.exit = redirect_exit,
	.test_cases = redirect_cases,
};

kunit_test_suite(redirect_suite);
