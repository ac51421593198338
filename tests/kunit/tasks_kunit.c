// SPDX-License-Identifier: GPL-2.0
/*
 * The worker and its table: whose turn it is, and when. The tasks do nothing.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>

#include "fixture.h"

#define TASKS	3

/**
 * struct fake_task - what a task says, and what became of it
 * @wanted: what its ->wanted() says
 * @news: what its ->news() says
 * @when: what its next step returns
 * @steps: taken so far
 * @backoff: what it was told last
 * @slow: its steps take a while
 * @done: steps that have ended
 */
struct fake_task {
	bool wanted;
	unsigned long news;
	unsigned int when;
	unsigned int steps;
	struct xhb_backoff backoff;
	bool slow;
	unsigned int done;
};

static struct fake_task fakes[TASKS];

#define FAKE_TASK(n)							\
	static bool wanted_##n(struct xhb_balloon *b)			\
	{								\
		return fakes[n].wanted;					\
	}								\
	static unsigned long news_##n(struct xhb_balloon *b)		\
	{								\
		return fakes[n].news;					\
	}								\
	static unsigned int step_##n(struct xhb_balloon *b)		\
	{								\
		WRITE_ONCE(fakes[n].steps, fakes[n].steps + 1);		\
		if (fakes[n].slow)					\
			msleep(200);					\
		fakes[n].done++;					\
		return fakes[n].when;					\
	}								\
	static void waits_##n(struct xhb_balloon *b,			\
			      const struct xhb_backoff *backoff)	\
	{								\
		fakes[n].backoff = *backoff;				\
	}								\
	static const struct xhb_task task_##n = {			\
		.name = "fake" #n,					\
		.wanted = wanted_##n,					\
		.news = news_##n,					\
		.step = step_##n,					\
		.limits = limits,					\
		.waits = waits_##n,					\
		.block_ms = (n) ? 0 : 5000,				\
	}

/* Longer than a test takes on whatever machine. */
#define FIRST_MS	(600 * 1000)

static void limits(struct xhb_balloon *b, struct xhb_limits *limits)
{
	*limits = (struct xhb_limits) {
		.first = FIRST_MS, .longest = 4 * FIRST_MS, .tries = 4,
	};
}

FAKE_TASK(0);
FAKE_TASK(1);
FAKE_TASK(2);

static const struct xhb_task * const table[TASKS] = {
	&task_0, &task_1, &task_2,
};

static int tasks_init(struct kunit *test)
{
	int err = fixture_init(test, FAKE_OPS);
	struct fixture *f = test->priv;
	unsigned int i;

	if (err)
		return err;
	memset(fakes, 0, sizeof(fakes));
	for (i = 0; i < TASKS; i++)
		fakes[i].when = XHB_STEP_REST;
	f->b.worker.tasks = table;
	f->b.worker.count = TASKS;
	return 0;
}

/* What is due now has been done when this returns. */
static void run(struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		xhb_worker_wake(&f->b);
		flush_workqueue(f->b.worker.wq);
	}
}

/* How long the worker sleeps now, in seconds; -1 for as long as there is no news. */
static long sleeps(struct fixture *f)
{
	struct delayed_work *work = &f->b.worker.work;

	if (!delayed_work_pending(work))
		return -1;
	return DIV_ROUND_CLOSEST((long)(work->timer.expires - jiffies), HZ);
}

/* The first that has anything to do, until it has nothing. */
static void tasks_priority(struct kunit *test)
{
	struct fixture *f = test->priv;

	fakes[1].wanted = true;
	fakes[2].wanted = true;
	xhb_worker_start(&f->b);
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 0U);
	KUNIT_EXPECT_EQ(test, fakes[1].steps, 1U);
	KUNIT_EXPECT_EQ(test, fakes[2].steps, 1U);
	KUNIT_EXPECT_EQ(test, sleeps(f), -1L);

	/* While the first goes on, nobody else gets a turn. */
	fakes[0].wanted = true;
	fakes[0].when = XHB_STEP_AGAIN;
	fakes[1].news++;
	run(f);
	KUNIT_EXPECT_GT(test, fakes[0].steps, 10U);
	KUNIT_EXPECT_EQ(test, fakes[1].steps, 1U);
	fakes[0].wanted = false;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[1].steps, 2U);
}

/* While one pauses, those below it have their turn. */
static void tasks_pause(struct kunit *test)
{
	struct fixture *f = test->priv;

	fakes[0].wanted = true;
	fakes[0].when = 100 * 1000;
	fakes[1].wanted = true;
	fakes[1].when = 50 * 1000;
	xhb_worker_start(&f->b);
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 1U);
	KUNIT_EXPECT_EQ(test, fakes[1].steps, 1U);
	KUNIT_EXPECT_GT(test, sleeps(f), 30L);
	KUNIT_EXPECT_LE(test, sleeps(f), 50L);
	/* Whoever pauses for less, wherever in the table. */
	fakes[2].wanted = true;
	fakes[2].when = 200 * 1000;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[2].steps, 1U);
	KUNIT_EXPECT_GT(test, sleeps(f), 30L);
	KUNIT_EXPECT_LE(test, sleeps(f), 50L);
	KUNIT_EXPECT_GT(test, xhb_worker_next_ms(&f->b, &task_2), 150L * 1000);
	fakes[2].wanted = false;

	fakes[0].news++;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 2U);
	KUNIT_EXPECT_EQ(test, fakes[1].steps, 1U);
	/* Nobody has anything to do: it does not wake up for a pause's end. */
	fakes[0].wanted = false;
	fakes[1].wanted = false;
	run(f);
	KUNIT_EXPECT_EQ(test, sleeps(f), -1L);
}

/* Longer and longer, to the limit and to the end; news starts it afresh. */
static void tasks_stuck(struct kunit *test)
{
	static const unsigned long delays[] = {
		FIRST_MS, 2 * FIRST_MS, 4 * FIRST_MS, 4 * FIRST_MS
	};
	struct fixture *f = test->priv;
	struct xhb_task_state *state = &f->b.worker.state[0];
	unsigned int i;

	fakes[0].wanted = true;
	fakes[0].when = XHB_STEP_STUCK;
	xhb_worker_start(&f->b);
	for (i = 0; i < ARRAY_SIZE(delays); i++) {
		/* The start may have taken the first step already. */
		if (i)
			state->due = jiffies;
		run(f);
		KUNIT_EXPECT_EQ(test, fakes[0].steps, i + 1);
		KUNIT_EXPECT_EQ(test, fakes[0].backoff.delay, delays[i]);
		KUNIT_EXPECT_EQ(test, fakes[0].backoff.tries, i + 1UL);
	}
	state->due = jiffies;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].backoff.tries, 0UL);
	KUNIT_EXPECT_EQ(test, sleeps(f), -1L);

	fakes[0].news++;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 6U);
	KUNIT_EXPECT_EQ(test, fakes[0].backoff.delay, (unsigned long)FIRST_MS);
	/* A success ends it as well. */
	fakes[0].when = 1000 * 1000;
	state->due = jiffies;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].backoff.delay, 0UL);
}

/* Who rests is asked again once it had nothing to do in between. */
static void tasks_rest(struct kunit *test)
{
	struct fixture *f = test->priv;

	fakes[2].wanted = true;
	xhb_worker_start(&f->b);
	run(f);
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[2].steps, 1U);
	KUNIT_EXPECT_EQ(test, xhb_worker_next_ms(&f->b, &task_2), -1L);
	fakes[2].wanted = false;
	run(f);
	fakes[2].wanted = true;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[2].steps, 2U);
}

/* A task that waits for its block keeps its turn, but not from those above. */
static void tasks_block(struct kunit *test)
{
	struct fixture *f = test->priv;

	fakes[1].wanted = true;
	fakes[1].when = XHB_STEP_BLOCK;
	fakes[2].wanted = true;
	f->b.evacuation.state = XHB_EVACUATION_RUNNING;
	xhb_worker_start(&f->b);
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[1].steps, 1U);
	KUNIT_EXPECT_EQ(test, fakes[2].steps, 0U);
	KUNIT_EXPECT_EQ(test, sleeps(f), 2L);
	fakes[0].wanted = true;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 1U);

	f->b.evacuation.page = ERR_PTR(-EBUSY);
	f->b.evacuation.state = XHB_EVACUATION_READY;
	fakes[1].when = XHB_STEP_REST;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[1].steps, 2U);
	KUNIT_EXPECT_EQ(test, fakes[2].steps, 1U);
	/* It was not taken, and nobody waits for it. */
	KUNIT_EXPECT_EQ(test, f->b.evacuation.state, (int)XHB_EVACUATION_IDLE);
}

/* It may be asked what to do meanwhile. */
static void tasks_block_impatient(struct kunit *test)
{
	struct fixture *f = test->priv;

	fakes[0].wanted = true;
	fakes[0].when = XHB_STEP_BLOCK;
	f->b.evacuation.state = XHB_EVACUATION_RUNNING;
	xhb_worker_start(&f->b);
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 1U);
	KUNIT_EXPECT_EQ(test, sleeps(f), 5L);

	f->b.evacuation.page = ERR_PTR(-EBUSY);
	f->b.evacuation.state = XHB_EVACUATION_READY;
}

static void tasks_stop(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Before it is started, too. */
	fakes[0].wanted = true;
	fakes[0].when = XHB_STEP_AGAIN;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 0U);
	xhb_worker_start(&f->b);
	run(f);
	xhb_worker_stop(&f->b);
	fakes[0].steps = 0;
	run(f);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 0U);
}

/* The step that is being taken ends before it is stopped. */
static void tasks_stop_waits(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long end = jiffies + 10 * HZ;

	fakes[0].wanted = true;
	fakes[0].slow = true;
	xhb_worker_start(&f->b);
	while (!READ_ONCE(fakes[0].steps) && time_before(jiffies, end))
		usleep_range(100, 200);
	xhb_worker_stop(&f->b);
	KUNIT_EXPECT_EQ(test, fakes[0].steps, 1U);
	KUNIT_EXPECT_EQ(test, fakes[0].done, 1U);
}

static void tasks_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < TASKS; i++)
		fakes[i].wanted = false;
	if (f)
		xhb_worker_stop(&f->b);
	fixture_exit(test);
}

static struct kunit_case tasks_cases[] = {
	KUNIT_CASE(tasks_priority),
	KUNIT_CASE(tasks_pause),
	KUNIT_CASE(tasks_stuck),
	KUNIT_CASE(tasks_rest),
	KUNIT_CASE(tasks_block),
	KUNIT_CASE(tasks_block_impatient),
	KUNIT_CASE(tasks_stop),
	KUNIT_CASE(tasks_stop_waits),
	{}
};

static struct kunit_suite tasks_suite = {
	.name = "xhb_tasks",
	.init = tasks_init,
	.exit = tasks_exit,
	.test_cases = tasks_cases,
};

kunit_test_suite(tasks_suite);
