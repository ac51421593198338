// SPDX-License-Identifier: GPL-2.0
/*
 * Goes wrong when it is told to: what a run has to notice. Without the module's
 * parameter "provoke" it is a test of the fixture, which passes.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "fixture.h"
#include "options.h"

static int provoke_init(struct kunit *test)
{
	return fixture_set_up(test, FAKE_OPS);
}

/* Takes a page out of the balloon, and forgets it. */
static void provoke_lose_page(struct fixture *f)
{
	mutex_lock(&f->b.lock);
	xhb_base_take(&f->b);
	mutex_unlock(&f->b.lock);
}

static unsigned long provoke_word;

static int provoke_write(void *unused)
{
	while (!kthread_should_stop()) {
		provoke_word++;
		cond_resched();
	}
	return 0;
}

/* Two CPUs at one word, and nothing says that this is meant. */
static void provoke_race(struct kunit *test)
{
	unsigned long end = jiffies + 5 * HZ, odd = 0;
	struct task_struct *writer;

	writer = kthread_run(provoke_write, NULL, "xhb-racer");
	KUNIT_ASSERT_FALSE(test, IS_ERR(writer));
	while (time_before(jiffies, end)) {
		odd += provoke_word & 1;
		cond_resched();
	}
	kthread_stop(writer);
	kunit_info(test, "%lu odd numbers", odd);
}

static noinline void provoke_nothing(void *unused)
{
}

static void *provoke_pointer = provoke_nothing;

/* A pointer that has another type than the function behind it. */
static void provoke_call(void)
{
	void (*call)(unsigned long number) = READ_ONCE(provoke_pointer);

	call(0);
}

static void provoke_harm(struct kunit *test)
{
	const char *harm = options_provoke();
	struct fixture *f = test->priv;

	fixture_go(test, f->total - 10);
	fixture_check(test);
	if (!harm[0])
		return;

	kunit_info(test, "asked to provoke '%s'", harm);
	if (!strcmp(harm, "fail"))
		KUNIT_FAIL(test, "as asked");
	else if (!strcmp(harm, "lose"))
		provoke_lose_page(f);
	else if (!strcmp(harm, "leak"))
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, kmalloc(100, GFP_KERNEL));
	else if (!strcmp(harm, "race"))
		provoke_race(test);
	else if (!strcmp(harm, "call"))
		provoke_call();
	else if (!strcmp(harm, "warn"))
		WARN(true, "as asked");
	else if (!strcmp(harm, "bug"))
		WRITE_ONCE(*(int *)8, 0);
	else if (!strcmp(harm, "hang"))
		msleep(1000 * 1000);
	else
		KUNIT_FAIL(test, "this cannot be provoked");
}

static struct kunit_case provoke_cases[] = {
	KUNIT_CASE(provoke_harm),
	{}
};

static struct kunit_suite provoke_suite = {
	.name = "xhb_provoke",
	.init = provoke_init,
	.exit = fixture_exit,
	.test_cases = provoke_cases,
};

kunit_test_suite(provoke_suite);
