// SPDX-License-Identifier: GPL-2.0
/*
 * Self-ballooning: the task, its request, and who else has a say.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include "fixture.h"
#include "xhb_front.h"

#define HINT_MS	101

static unsigned int step(struct fixture *f)
{
	return xhb_self_step(&f->b);
}

static unsigned long request(struct fixture *f)
{
	return f->b.target.requests[XHB_REQUESTER_SELF];
}

static void an_interval_passes(struct fixture *f)
{
	f->b.selfballoon.last -= xhb_knob(&f->b, selfballoon_interval) * HZ;
}

static void switch_to(struct fixture *f, const char *text)
{
	xhb_knob_write(&f->b, XHB_KNOB_selfballooning, text);
}

/* Nothing at all unless it is switched on, and nothing is left when it is off again. */
static void self_switch(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long none = xhb_no_request(XHB_REQUESTER_SELF);
	unsigned long news = xhb_selfballoon_task.news(&f->b);

	KUNIT_EXPECT_FALSE(test, xhb_selfballoon_task.wanted(&f->b));
	KUNIT_EXPECT_EQ(test, step(f), XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, request(f), none);

	switch_to(f, "1");
	KUNIT_EXPECT_TRUE(test, xhb_selfballoon_task.wanted(&f->b));
	KUNIT_EXPECT_NE(test, xhb_selfballoon_task.news(&f->b), news);
	KUNIT_EXPECT_LE(test, step(f), 5010U);
	KUNIT_EXPECT_LT(test, request(f), f->total);
	KUNIT_EXPECT_EQ(test, request(f), f->stats.target_pages);
	KUNIT_EXPECT_EQ(test, (int)xhb_target_by(&f->b), (int)XHB_REQUESTER_SELF);

	switch_to(f, "0");
	KUNIT_EXPECT_TRUE(test, xhb_selfballoon_task.wanted(&f->b));
	KUNIT_EXPECT_EQ(test, step(f), XHB_STEP_REST);
	KUNIT_EXPECT_FALSE(test, xhb_selfballoon_task.wanted(&f->b));
	KUNIT_EXPECT_EQ(test, request(f), none);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
}

/* Free 2M pages first: a guest that has some gives nothing else. */
static void self_gives_2m(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	fake_hv.host_huge = 60;
	fake_guest.huge_left = 60;
	fake_guest.huge_light_left = 60;
	switch_to(f, "1");
	for (i = 0; i < 3; i++) {
		unsigned long before = f->stats.current_pages;

		step(f);
		KUNIT_EXPECT_LT(test, request(f), before);
		/* A few are enough to see it. */
		fixture_go(test, max(request(f), before - 8 * XHB_HUGE_PAGES));
		an_interval_passes(f);
	}
	KUNIT_EXPECT_EQ(test, xhb_base_pages(&f->b), 0UL);
	KUNIT_EXPECT_GT(test, xhb_huge_pages(&f->b), 0UL);
	fixture_check(test);
	switch_to(f, "0");
	step(f);
}

/* A request is not made again while it is the same: it would wake everybody. */
static void self_rests(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long changes;

	/* All it has is needed. */
	f->b.knobs.selfballoon_min_usable_mb = 1 << 20;
	switch_to(f, "1");
	step(f);
	KUNIT_EXPECT_GT(test, request(f), f->total);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
	KUNIT_EXPECT_EQ(test, (int)xhb_target_by(&f->b), (int)XHB_REQUESTER_HOST);
	changes = xhb_target_changes(&f->b);
	an_interval_passes(f);
	step(f);
	step(f);
	KUNIT_EXPECT_EQ(test, xhb_target_changes(&f->b), changes);
}

/* The host's target is the most, and the guest's own may be less. */
static void self_and_host(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long own;

	switch_to(f, "1");
	step(f);
	own = request(f);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, own - 7);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, own - 7);
	KUNIT_EXPECT_EQ(test, (int)xhb_target_by(&f->b), (int)XHB_REQUESTER_HOST);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, own);
}

/* Short of memory: at once, without waiting for the interval, but not too often. */
static void self_hint(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long news, before;
	unsigned int left;

	news = xhb_selfballoon_task.news(b);
	xhb_self_hint(b);
	KUNIT_EXPECT_EQ(test, xhb_selfballoon_task.news(b), news);

	switch_to(f, "1");
	step(f);
	before = request(f);
	f->stats.current_pages = before;
	news = xhb_selfballoon_task.news(b);
	xhb_self_hint(b);
	xhb_self_hint(b);
	KUNIT_EXPECT_EQ(test, xhb_selfballoon_task.news(b), news + 1);
	msleep(HINT_MS);
	xhb_self_hint(b);
	KUNIT_EXPECT_EQ(test, xhb_selfballoon_task.news(b), news + 2);

	/* It was somebody else's trouble. */
	step(f);
	KUNIT_EXPECT_EQ(test, request(f), before);
	fake_guest.available = 10;
	left = step(f);
	KUNIT_EXPECT_GT(test, request(f), before);
	/* The interval goes on. */
	KUNIT_EXPECT_GT(test, left, 1000U);
	KUNIT_EXPECT_LE(test, left, 5010U);
	fake_guest.available = LONG_MAX / 2;
	f->stats.current_pages = f->total;
}

/* Who comes for memory tells: kswapd through the shrinker, and the OOM killer. */
static void self_is_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .nr_to_scan = 1 };
	unsigned long news, freed = 0;

	xhb_pressure_start(b);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b->pressure.shrinker);
	switch_to(f, "1");
	news = xhb_selfballoon_task.news(b);
	b->pressure.shrinker->count_objects(b->pressure.shrinker, &sc);
	KUNIT_EXPECT_EQ(test, xhb_selfballoon_task.news(b), news + 1);
	msleep(HINT_MS);
	b->pressure.oom.notifier_call(&b->pressure.oom, 0, &freed);
	KUNIT_EXPECT_EQ(test, xhb_selfballoon_task.news(b), news + 2);
}

/* A new interval is heard of at once. */
static void self_interval(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	switch_to(f, "1");
	step(f);
	xhb_knob_write(b, XHB_KNOB_selfballoon_interval, "100");
	KUNIT_EXPECT_GT(test, step(f), 90U * 1000);
	xhb_knob_write(b, XHB_KNOB_selfballoon_interval, "1");
	KUNIT_EXPECT_LE(test, step(f), 1010U);
	/* Jiffies do not overflow. */
	xhb_knob_write(b, XHB_KNOB_selfballoon_interval, "3600");
	KUNIT_EXPECT_LE(test, step(f), 3600U * 1000 + 10);
	KUNIT_EXPECT_GT(test, step(f), 3590U * 1000);
}

/* What the next owner of the pages goes by is the host's target. */
static void self_ends(struct kunit *test)
{
	struct fixture *f = test->priv;

	switch_to(f, "1");
	step(f);
	KUNIT_EXPECT_LT(test, f->stats.target_pages, f->total);
	xhb_policy_stop(&f->b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
	KUNIT_EXPECT_FALSE(test, f->b.selfballoon.active);
}

static int self_disturb(void *data)
{
	static const char * const texts[] = { "1", "0" };
	struct fixture *f = data;
	unsigned int i = 0;

	while (!kthread_should_stop()) {
		xhb_knob_write(&f->b, XHB_KNOB_selfballooning, texts[i++ % 2]);
		xhb_self_hint(&f->b);
		cond_resched();
	}
	return 0;
}

/* The worker does it, beside writers and people who are short, until it is stopped. */
static void self_on_worker(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct task_struct *others[2];
	unsigned int i;

	/* There is nothing to give, so that only the target moves. */
	fake_guest.available = 0;
	xhb_policy_start(b);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		others[i] = kthread_run(self_disturb, f, "xhb-kunit-self");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, others[i]);
	}
	msleep(300);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		kthread_stop(others[i]);
	switch_to(f, "1");
	flush_workqueue(b->worker.wq);
	KUNIT_EXPECT_TRUE(test, b->selfballoon.active);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&b->worker.work));
	xhb_policy_stop(b);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->worker.work));
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
	fake_guest.available = LONG_MAX / 2;
}

static const struct {
	const char *line;
	bool dom0;
	unsigned long before;
	unsigned long after;
} boot_lines[] = {
	{ "", false, 0, 0 },
	{ "", false, 1, 1 },
	{ "root=/dev/xvda ro quiet\n", false, 1, 1 },
	{ "noselfballooning", false, 1, 0 },
	{ "ro noselfballooning quiet\n", false, 1, 0 },
	{ "noselfballooningx", false, 1, 1 },
	{ "xnoselfballooning", false, 1, 1 },
	{ "tmem.selfballooning", false, 0, 1 },
	{ "tmem.selfballooning=1", false, 0, 1 },
	{ "ro  tmem.selfballooning=y\n", false, 0, 1 },
	{ "tmem.selfballooning=0", false, 1, 0 },
	{ "tmem.selfballooning=off", false, 1, 0 },
	{ "tmem.selfballooning=", false, 1, 1 },
	{ "tmem.selfballooning=perhaps", false, 1, 1 },
	{ "tmem.selfballooning=perhaps-not", false, 1, 1 },
	{ "tmem.selfballooningx=1", false, 0, 0 },
	{ "tmem.selfballooning=1 noselfballooning", false, 0, 0 },
	{ "noselfballooning tmem.selfballooning=1", false, 1, 0 },
	{ "ro -- noselfballooning", false, 1, 1 },
	/* dom0 is asked by its own administrator, or not at all. */
	{ "tmem.selfballooning=1", true, 0, 0 },
	{ "tmem.selfballooning=1", true, 1, 1 },
	{ "noselfballooning", true, 1, 0 },
};

static void self_boot_words(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boot_lines); i++) {
		f->b.knobs.selfballooning = boot_lines[i].before;
		xhb_bootline_obey(&f->b, boot_lines[i].line, boot_lines[i].dom0);
		KUNIT_EXPECT_EQ_MSG(test, f->b.knobs.selfballooning,
				    boot_lines[i].after, "after '%s'",
				    boot_lines[i].line);
	}
	f->b.knobs.selfballooning = 0;
	KUNIT_EXPECT_EQ(test, xhb_knobs_changes(&f->b), 0UL);
}

/* What the kernel says of itself makes sense. */
static void self_sample(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_self_sample sample;

	fake_guest.available = 4711;
	xhb_demand_sample(&f->b, &sample);
	KUNIT_EXPECT_EQ(test, sample.size, f->total);
	KUNIT_EXPECT_EQ(test, sample.ram, totalram_pages());
	KUNIT_EXPECT_EQ(test, sample.ballooned, 0UL);
	KUNIT_EXPECT_GT(test, sample.committed, 0UL);
	KUNIT_EXPECT_GT(test, sample.kernel, 0UL);
	KUNIT_EXPECT_GT(test, sample.reserve, 0UL);
	KUNIT_EXPECT_LT(test, sample.kernel + sample.free, sample.ram);
	KUNIT_EXPECT_EQ(test, sample.available, 4711L);
	KUNIT_EXPECT_EQ(test, sample.returned, 0UL);
	/* Memory that a driver takes is the kernel's. */
	{
		unsigned long before = sample.kernel;
		void *pages = alloc_pages_exact(4 << 20, GFP_KERNEL);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pages);
		xhb_demand_sample(&f->b, &sample);
		free_pages_exact(pages, 4 << 20);
		KUNIT_EXPECT_GE(test, sample.kernel, before + 900);
		KUNIT_EXPECT_LE(test, sample.kernel, before + 1200);
	}
	fake_guest.available = LONG_MAX / 2;
}

static struct kunit_case self_cases[] = {
	KUNIT_CASE(self_switch),
	KUNIT_CASE(self_gives_2m),
	KUNIT_CASE(self_rests),
	KUNIT_CASE(self_and_host),
	KUNIT_CASE(self_hint),
	KUNIT_CASE(self_is_told),
	KUNIT_CASE(self_interval),
	KUNIT_CASE(self_ends),
	KUNIT_CASE(self_on_worker),
	KUNIT_CASE(self_boot_words),
	KUNIT_CASE(self_sample),
	{}
};

static struct kunit_suite self_suite = {
	.name = "xhb_selfballoon",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = self_cases,
};

kunit_test_suite(self_suite);
