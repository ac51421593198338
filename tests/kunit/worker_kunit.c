// SPDX-License-Identifier: GPL-2.0
/*
 * The worker at its work: it follows the target, tries again, gives up.
 */
#include <linux/delay.h>
#include <linux/mm.h>

#include "kinds.h"

#define WANT	(XHB_HUGE_PAGES + 5)

/* Long enough for a worker on a busy machine. */
#define SOON	(10 * HZ)

static bool reached(struct fixture *f, unsigned long pages)
{
	if (!fixture_reached(f, pages, SOON))
		return false;
	flush_workqueue(f->b.worker.wq);
	return true;
}

/* As if it had been stuck for a while. */
static void was_stuck(struct fixture *f, unsigned long delay,
		      unsigned long tries)
{
	struct xhb_worker *w = &f->b.worker;
	unsigned int i = 0;

	while (w->tasks[i] != &xhb_resize_task)
		i++;
	w->state[i].news = xhb_resize_task.news(&f->b);
	w->state[i].backoff.delay = delay;
	w->state[i].backoff.tries = tries;
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

static void worker_equal(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, xhb_resize_step(&f->b), XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, fake_hv.hypercalls, 0UL);
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, 0ULL);
}

/*
 * Who comes before whom: what has to be found before anything is populated, what is
 * urgent, what the host wants, and what can wait.
 */
static void worker_order(struct kunit *test)
{
	static const char * const names[] = {
		"arrive", "pressure", "selfballoon", "selfshrink", "resize",
		"grow", "trim", "coalesce", "defrag", "heal",
	};
	struct fixture *f = test->priv;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, f->b.worker.count, (unsigned int)ARRAY_SIZE(names));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_STREQ(test, f->b.worker.tasks[i]->name, names[i]);
	/* The worker sleeps while the domain does, and so does who adds memory. */
	KUNIT_EXPECT_EQ(test, fake_guest.freezable, 2U);
}

static void nobody(struct xhb_balloon *b)
{
}

static int init_both(struct xhb_balloon *b, struct fixture *f)
{
	int err = xhb_pages_init(b, &f->stats, &f->scrub, nobody);

	if (err)
		return err;
	err = xhb_policy_init(b, &f->stats);
	if (err)
		xhb_pages_destroy(b);
	return err;
}

static void worker_init_fails(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int n, buffers = fake_guest.buffers;
	struct xhb_balloon *b;

	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	for (n = 1;; n++) {
		fault_arm(n, n, 0);
		if (!init_both(b, f))
			break;
		KUNIT_EXPECT_EQ(test, fake_guest.buffers, buffers);
	}
	fault_disarm();
	/* Lists, a batch, a chunk of the map, one of the bitmap, pages to keep, four workqueues. */
	KUNIT_EXPECT_EQ(test, n, 10U);
	xhb_policy_destroy(b);
	xhb_pages_destroy(b);
	KUNIT_EXPECT_EQ(test, fake_guest.buffers, buffers);
}

static void worker_follows_target(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Before it is started it only remembers. */
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - WANT);
	xhb_worker_wake(&f->b);
	msleep(20);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - WANT);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);

	xhb_policy_start(&f->b);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total - WANT));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 1UL);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - 3);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total - 3));
	fixture_check(test);
	KUNIT_EXPECT_EQ(test, f->stats.schedule_delay, 1UL);
	KUNIT_EXPECT_EQ(test, f->stats.retry_count, 1UL);

	/* At the target nothing is scheduled. */
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&f->b.worker.work));

	/* Stopped, it stays where it is. */
	xhb_policy_stop(&f->b);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
	msleep(20);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - 3);
	xhb_policy_start(&f->b);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total));
}

/* The host has nothing, and then it has. */
static void worker_retries(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - WANT);
	fake_hv.max_pages = fake_hv.tot_pages;
	xhb_policy_start(&f->b);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
	KUNIT_EXPECT_TRUE(test, stuck(f, 1));
	/* The first of the delays, or a later one where this thread is slow. */
	KUNIT_EXPECT_LE(test, f->stats.schedule_delay, 4UL);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&f->b.worker.work));
	fixture_check(test);

	fake_hv.max_pages = f->tot_pages;
	KUNIT_EXPECT_TRUE(test, reached(f, f->total));
	KUNIT_EXPECT_EQ(test, f->stats.schedule_delay, 1UL);
	KUNIT_EXPECT_EQ(test, f->stats.retry_count, 1UL);
	fixture_check(test);
}

/* A new target does not wait for the end of a long delay. */
static void worker_new_target(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - WANT);
	fake_hv.max_pages = fake_hv.tot_pages;
	f->stats.target_pages = f->total;
	f->stats.max_schedule_delay = 10000;
	was_stuck(f, 600 * 1000, 10);
	xhb_policy_start(&f->b);
	KUNIT_EXPECT_TRUE(test, stuck(f, 11));
	KUNIT_EXPECT_EQ(test, f->stats.schedule_delay, 1200UL);

	fake_hv.max_pages = f->tot_pages;
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - 1);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total - 1));
	KUNIT_EXPECT_FALSE(test, xhb_batch_stuck(&f->b));
}

static void worker_gives_up(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long hypercalls;

	fixture_go(test, f->total - WANT);
	fake_hv.max_pages = fake_hv.tot_pages;
	f->stats.max_retry_count = 5;
	was_stuck(f, 0, 5);
	f->stats.target_pages = f->total;
	f->stats.retry_count = 6;
	xhb_policy_start(&f->b);
	flush_workqueue(f->b.worker.wq);
	KUNIT_EXPECT_EQ(test, f->stats.retry_count, 1UL);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&f->b.worker.work));
	hypercalls = f->b.xen.hypercalls;
	msleep(50);
	KUNIT_EXPECT_EQ(test, f->b.xen.hypercalls, hypercalls);

	/* Until somebody asks again. */
	fake_hv.max_pages = f->tot_pages;
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
	KUNIT_EXPECT_TRUE(test, reached(f, f->total));
}

static struct kunit_case worker_cases[] = {
	KUNIT_CASE_PARAM(worker_equal, kind_gen_params),
	KUNIT_CASE(worker_order),
	KUNIT_CASE(worker_init_fails),
	KUNIT_CASE_PARAM(worker_follows_target, kind_gen_params),
	KUNIT_CASE(worker_retries),
	KUNIT_CASE(worker_new_target),
	KUNIT_CASE(worker_gives_up),
	{}
};

static struct kunit_suite worker_suite = {
	.name = "xhb_worker",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = worker_cases,
};

kunit_test_suite(worker_suite);
