// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: steps, and the worker that takes them when it should.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include "kinds.h"
#include "options.h"

#define WANT	(XHB_HUGE_PAGES + 5)

/* Long enough for a worker on a busy machine. */
#define SOON	(10 * HZ)

static bool reached(struct fixture *f, unsigned long pages)
{
	unsigned long end = jiffies + SOON;

	while (READ_ONCE(f->stats.current_pages) != pages) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(2000, 5000);
	}
	flush_delayed_work(&f->b.work);
	return true;
}

/* Waits until the worker has found out that it is stuck @times in a row. */
static bool stuck(struct fixture *f, unsigned long times)
{
	unsigned long end = jiffies + SOON;

	while (READ_ONCE(f->stats.retry_count) <= times) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(2000, 5000);
	}
	return true;
}

static void engine_equal(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, (int)xhb_engine_step(&f->b), (int)XHB_DONE);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 0UL);
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, 0ULL);
}

static void engine_init_fails(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int n, buffers = fake_guest.buffers;
	struct xhb_balloon *b;

	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	for (n = 1;; n++) {
		fault_arm(n, n, 0);
		if (!xhb_engine_init(b, &f->stats, &f->scrub))
			break;
		KUNIT_EXPECT_EQ(test, fake_guest.buffers, buffers);
	}
	fault_disarm();
	KUNIT_EXPECT_EQ(test, n, 4U);
	xhb_engine_destroy(b);
	KUNIT_EXPECT_EQ(test, fake_guest.buffers, buffers);
}

static void engine_follows_target(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Before it is started it only remembers. */
	xhb_engine_set_target(&f->b, f->total - WANT);
	xhb_engine_kick(&f->b);
	msleep(20);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - WANT);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);

	xhb_engine_start(&f->b);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total - WANT));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->b.huge_count, 1UL);
	xhb_engine_set_target(&f->b, f->total - 3);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total - 3));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->stats.schedule_delay, 1UL);
	KUNIT_EXPECT_EQ(test, f->stats.retry_count, 1UL);

	/* At the target nothing is scheduled. */
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&f->b.work));

	/* Stopped, it stays where it is. */
	xhb_engine_stop(&f->b);
	xhb_engine_set_target(&f->b, f->total);
	msleep(20);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - 3);
	xhb_engine_start(&f->b);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total));
}

/* The host has nothing, and then it has. */
static void engine_retries(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - WANT);
	fake_hv.max_pages = fake_hv.tot_pages;
	xhb_engine_start(&f->b);
	xhb_engine_set_target(&f->b, f->total);
	KUNIT_EXPECT_TRUE(test, stuck(f, 1));
	/* The first of the delays, or a later one where this thread is slow. */
	KUNIT_EXPECT_LE(test, f->stats.schedule_delay, 4UL);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&f->b.work));
	fixture_check(test);

	fake_hv.max_pages = f->tot_pages;
	KUNIT_EXPECT_TRUE(test, reached(f, f->total));
	KUNIT_EXPECT_EQ(test, f->stats.schedule_delay, 1UL);
	KUNIT_EXPECT_EQ(test, f->stats.retry_count, 1UL);
	fixture_check(test);
}

/* A new target does not wait for the end of a long delay. */
static void engine_new_target(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - WANT);
	fake_hv.max_pages = fake_hv.tot_pages;
	f->stats.target_pages = f->total;
	f->b.backoff.delay_s = 600;
	f->b.backoff.retries = 10;
	f->stats.max_schedule_delay = 10000;
	xhb_engine_start(&f->b);
	KUNIT_EXPECT_TRUE(test, stuck(f, 11));
	KUNIT_EXPECT_EQ(test, f->stats.schedule_delay, 1200UL);

	fake_hv.max_pages = f->tot_pages;
	xhb_engine_set_target(&f->b, f->total - 1);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total - 1));
	KUNIT_EXPECT_EQ(test, f->b.backoff.retries, 0UL);
}

static void engine_gives_up(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long hypercalls;

	fixture_go(test, f->total - WANT);
	fake_hv.max_pages = fake_hv.tot_pages;
	f->stats.max_retry_count = 5;
	f->b.backoff.retries = 5;
	f->stats.target_pages = f->total;
	f->stats.retry_count = 6;
	xhb_engine_start(&f->b);
	flush_delayed_work(&f->b.work);
	KUNIT_EXPECT_EQ(test, f->stats.retry_count, 1UL);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&f->b.work));
	hypercalls = f->b.xen.hypercalls;
	msleep(50);
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, hypercalls);

	/* Until somebody asks again. */
	fake_hv.max_pages = f->tot_pages;
	xhb_engine_kick(&f->b);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total));
}

struct storm {
	struct fixture *f;
	struct rnd_state random;
	unsigned long rounds;
	unsigned long loans;
};

/* Borrows and gives back, over and over. */
static int storm_lender(void *data)
{
	struct storm *storm = data;
	struct page *pages[40];
	unsigned int n;

	while (!kthread_should_stop()) {
		n = prandom_u32_state(&storm->random) % ARRAY_SIZE(pages);
		if (!xhb_foreign_get(&storm->f->b, n, pages)) {
			storm->loans++;
			usleep_range(10, 200);
			xhb_foreign_put(&storm->f->b, n, pages);
		}
		storm->rounds++;
		cond_resched();
	}
	return 0;
}

static int storm_target(void *data)
{
	struct storm *storm = data;
	struct fixture *f = storm->f;

	while (!kthread_should_stop()) {
		unsigned int much = prandom_u32_state(&storm->random) % 3000;

		xhb_engine_set_target(&f->b, f->total - much);
		fault_arm(prandom_u32_state(&storm->random) % 100,
			  prandom_u32_state(&storm->random) % 200,
			  prandom_u32_state(&storm->random) % 600);
		usleep_range(1000, 20000);
		storm->rounds++;
	}
	return 0;
}

/* Everybody at once, with calls that fail; what is left is consistent. */
static void engine_storm(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct storm storms[3] = {};
	struct task_struct *tasks[3];
	struct rnd_state random;
	unsigned int i;

	options_random(test, &random);
	xhb_engine_start(&f->b);
	for (i = 0; i < ARRAY_SIZE(storms); i++) {
		storms[i].f = f;
		prandom_seed_state(&storms[i].random,
				   prandom_u32_state(&random));
		tasks[i] = kthread_run(i ? storm_lender : storm_target,
				       &storms[i], "xhb-storm");
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, tasks[i]);
	}
	msleep(700);
	for (i = 0; i < ARRAY_SIZE(storms); i++)
		kthread_stop(tasks[i]);
	fault_disarm();
	KUNIT_EXPECT_GT(test, storms[0].rounds, 2UL);
	KUNIT_EXPECT_GT(test, storms[1].loans + storms[2].loans, 2UL);
	kunit_info(test, "%lu targets, %lu and %lu loans", storms[0].rounds,
		   storms[1].loans, storms[2].loans);

	KUNIT_EXPECT_EQ(test, f->b.foreign_used, 0L);
	xhb_engine_set_target(&f->b, f->total - WANT);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total - WANT));
	fixture_check(test);
}

static struct kunit_case engine_cases[] = {
	KUNIT_CASE_PARAM(engine_equal, kind_gen_params),
	KUNIT_CASE(engine_init_fails),
	KUNIT_CASE_PARAM(engine_follows_target, kind_gen_params),
	KUNIT_CASE(engine_retries),
	KUNIT_CASE(engine_new_target),
	KUNIT_CASE(engine_gives_up),
	KUNIT_CASE_PARAM(engine_storm, kind_gen_params),
	{}
};

static struct kunit_suite engine_suite = {
	.name = "xhb_engine",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = engine_cases,
};

kunit_test_suite(engine_suite);
