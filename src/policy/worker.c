// SPDX-License-Identifier: GPL-2.0
/*
 * The one worker: takes steps of the most urgent task that has anything to do,
 * and sleeps until there is something.
 *
 * It alone decides who runs, waits, backs off and stops. It knows no task by
 * name, and no task knows it: whoever has news wakes it, and it asks them all.
 */
#include <linux/jiffies.h>

#include "xhb_pages.h"
#include "xhb_policy.h"

/* So long a task waits for its block before it is asked what to do instead. */
#define XHB_BLOCK_WAIT_MS	2100

static unsigned long xhb_ms_from_now(unsigned long ms)
{
	return jiffies + msecs_to_jiffies(min_t(unsigned long, ms, INT_MAX));
}

/* A task does not wait out its pause if what it waits for may have happened. */
static void xhb_hear_news(struct xhb_balloon *b, const struct xhb_task *task,
			  struct xhb_task_state *state)
{
	unsigned long news = task->news(b);

	if (news == state->news)
		return;
	state->news = news;
	WRITE_ONCE(state->resting, false);
	state->blocked = false;
	xhb_backoff_reset(&state->backoff);
	WRITE_ONCE(state->due, xhb_ms_from_now(task->settle_ms ? task->settle_ms(b) : 0));
}

/* Returns whether the task has anything to do. */
static bool xhb_ask(struct xhb_balloon *b, const struct xhb_task *task,
		    struct xhb_task_state *state)
{
	xhb_hear_news(b, task, state);
	if (task->wanted(b))
		return true;
	WRITE_ONCE(state->resting, false);
	state->blocked = false;
	return false;
}

/*
 * The task whose turn it is, or -1. Then @wait is for how long nobody has
 * anything to do, in jiffies, or MAX_SCHEDULE_TIMEOUT.
 */
static int xhb_choose(struct xhb_balloon *b, unsigned long *wait)
{
	struct xhb_worker *w = &b->worker;
	bool blocked = false;
	unsigned int i;

	*wait = MAX_SCHEDULE_TIMEOUT;
	for (i = 0; i < w->count && !blocked; i++) {
		struct xhb_task_state *state = &w->state[i];
		long left;

		if (!xhb_ask(b, w->tasks[i], state) || state->resting)
			continue;
		blocked = state->blocked && xhb_evacuating(b);
		left = state->due - jiffies;
		if (left <= 0 || (state->blocked && !blocked))
			return i;
		*wait = min_t(unsigned long, *wait, left);
	}
	if (!blocked)
		xhb_evacuate_drop(b);
	return -1;
}

static void xhb_take_step(struct xhb_balloon *b, const struct xhb_task *task,
			  struct xhb_task_state *state)
{
	unsigned int when = task->step(b);
	struct xhb_limits limits;
	unsigned long delay;

	WRITE_ONCE(state->resting, when == XHB_STEP_REST);
	state->blocked = when == XHB_STEP_BLOCK;
	if (state->blocked) {
		WRITE_ONCE(state->due, xhb_ms_from_now(task->block_ms ?:
						       XHB_BLOCK_WAIT_MS));
		return;
	}
	if (when == XHB_STEP_STUCK) {
		task->limits(b, &limits);
		delay = xhb_backoff_next(&state->backoff, &limits);
		WRITE_ONCE(state->due, xhb_ms_from_now(delay));
		WRITE_ONCE(state->resting, !delay);
	} else {
		xhb_backoff_reset(&state->backoff);
		WRITE_ONCE(state->due, xhb_ms_from_now(state->resting ? 0 : when));
	}
	if (task->waits)
		task->waits(b, &state->backoff);
}

static void xhb_worker_work(struct work_struct *work)
{
	struct xhb_balloon *b = container_of(to_delayed_work(work),
					     struct xhb_balloon, worker.work);
	struct xhb_worker *w = &b->worker;
	unsigned long wait;
	int i;

	if (READ_ONCE(w->stopping))
		return;
	i = xhb_choose(b, &wait);
	if (i >= 0) {
		xhb_take_step(b, w->tasks[i], &w->state[i]);
		/* One step a run: the freezer and cancellation come between. */
		if (xhb_choose(b, &wait) >= 0)
			wait = 0;
	}
	/* Whoever wakes it meanwhile has queued it already. */
	if (wait != MAX_SCHEDULE_TIMEOUT)
		queue_delayed_work(w->wq, &w->work, wait);
}

/**
 * xhb_worker_wake() - there is news, look what is to be done
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_worker_wake(struct xhb_balloon *b)
{
	if (!READ_ONCE(b->worker.stopping))
		mod_delayed_work(b->worker.wq, &b->worker.work, 0);
}

/**
 * xhb_worker_next_ms() - when does a task take its next step?
 * @b: the balloon
 * @task: of the table
 *
 * Context: any; the answer may be old when it is given.
 * Return: milliseconds, or -1 if not before there is news.
 */
long xhb_worker_next_ms(struct xhb_balloon *b, const struct xhb_task *task)
{
	const struct xhb_task_state *state = b->worker.state;
	unsigned int i;
	long left;

	for (i = 0; i < b->worker.count && b->worker.tasks[i] != task; i++)
		state++;
	if (i == b->worker.count || READ_ONCE(state->resting))
		return -1;
	left = READ_ONCE(state->due) - jiffies;
	return left > 0 ? jiffies_to_msecs(left) : 0;
}

/**
 * xhb_worker_init() - prepare the worker
 * @b: the balloon
 * @tasks: what there is to do, the most urgent first
 * @count: how many, XHB_TASKS_MOST at most
 *
 * Until it is started, being woken has no effect.
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_worker_init(struct xhb_balloon *b,
		    const struct xhb_task * const *tasks, unsigned int count)
{
	struct xhb_worker *w = &b->worker;

	if (WARN_ON_ONCE(count > XHB_TASKS_MOST))
		return -EINVAL;
	INIT_DELAYED_WORK(&w->work, xhb_worker_work);
	memset(w->state, 0, sizeof(w->state));
	w->tasks = tasks;
	w->count = count;
	w->stopping = true;
	w->wq = alloc_ordered_workqueue("xen-hugeballoon",
					WQ_FREEZABLE | WQ_MEM_RECLAIM);
	return w->wq ? 0 : -ENOMEM;
}

/**
 * xhb_worker_start() - begin
 * @b: the balloon, its worker prepared or stopped
 *
 * Context: may sleep.
 */
void xhb_worker_start(struct xhb_balloon *b)
{
	unsigned int i;

	for (i = 0; i < b->worker.count; i++)
		b->worker.state[i].due = jiffies;
	WRITE_ONCE(b->worker.stopping, false);
	xhb_worker_wake(b);
}

/**
 * xhb_worker_stop() - no step after this returns
 * @b: the balloon
 *
 * The step in progress is finished first. A block that is being emptied is not
 * waited for.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_worker_stop(struct xhb_balloon *b)
{
	WRITE_ONCE(b->worker.stopping, true);
	cancel_delayed_work_sync(&b->worker.work);
}

/**
 * xhb_worker_destroy() - free what xhb_worker_init() allocated
 * @b: the balloon, its worker stopped
 *
 * Context: may sleep.
 */
void xhb_worker_destroy(struct xhb_balloon *b)
{
	destroy_workqueue(b->worker.wq);
}
