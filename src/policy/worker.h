/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worker; see worker.c.
 */
#ifndef XHB_WORKER_H
#define XHB_WORKER_H

#include <linux/workqueue.h>

#include "xhb_pure.h"

struct xhb_balloon;

/* What a step returns instead of milliseconds. */
#define XHB_STEP_AGAIN	0U		/* go on at once */
#define XHB_STEP_REST	UINT_MAX	/* nothing to do until there is news */
#define XHB_STEP_STUCK	(UINT_MAX - 1)	/* try again, later and later */
#define XHB_STEP_BLOCK	(UINT_MAX - 2)	/* a block is being emptied for it */

/* While the domain is being copied, what can wait looks so often whether it is over. */
#define XHB_COPIED_WAIT_MS	1000

/**
 * struct xhb_task - something that the worker does, step by step
 * @name: for people
 * @wanted: is there anything to do, now or later?
 * @news: a number that changes when the task need not wait out its pause
 * @step: one batch; returns the milliseconds until the next step, or one of
 *	XHB_STEP_*. Never waits without bound.
 * @settle_ms: how long after news the next step comes; NULL for at once
 * @limits: milliseconds between steps that are stuck
 * @waits: told how often the task is stuck and for how long it waits now, after
 *	each step; may be NULL
 * @block_ms: how long it waits for its block before it is asked what to do meanwhile;
 *	0 for until emptying has taken too long
 *
 * All are called on the worker only, without locks. A task does not know of the
 * worker: before and after each step all tasks are asked again.
 */
struct xhb_task {
	const char *name;
	bool (*wanted)(struct xhb_balloon *b);
	unsigned long (*news)(struct xhb_balloon *b);
	unsigned int (*step)(struct xhb_balloon *b);
	unsigned int (*settle_ms)(struct xhb_balloon *b);
	void (*limits)(struct xhb_balloon *b, struct xhb_limits *limits);
	void (*waits)(struct xhb_balloon *b, const struct xhb_backoff *backoff);
	unsigned int block_ms;
};

/**
 * struct xhb_task_state - where a task is
 * @due: when its next step may come, in jiffies; read without a lock by who shows it
 * @news: what its ->news() said last
 * @backoff: in milliseconds, while it is stuck
 * @resting: not before there is news; read likewise
 * @blocked: a block is being emptied for it, and tasks below it wait, too
 *
 * Only touched by the worker.
 */
struct xhb_task_state {
	unsigned long due;
	unsigned long news;
	struct xhb_backoff backoff;
	bool resting;
	bool blocked;
};

#define XHB_TASKS_MOST	10

/**
 * struct xhb_worker - who does what next
 * @wq: runs @work; freezable, so that nothing moves while the domain is saved
 * @work: takes one step of one task at a time
 * @tasks: what there is to do, the most urgent first; constant
 * @count: of @tasks
 * @state: of each task; only touched by @work
 * @stopping: no further step; read without a lock, written by load and unload
 */
struct xhb_worker {
	struct workqueue_struct *wq;
	struct delayed_work work;
	const struct xhb_task * const *tasks;
	unsigned int count;
	struct xhb_task_state state[XHB_TASKS_MOST];
	bool stopping;
};

int xhb_worker_init(struct xhb_balloon *b,
		    const struct xhb_task * const *tasks, unsigned int count);
void xhb_worker_start(struct xhb_balloon *b);
void xhb_worker_stop(struct xhb_balloon *b);
void xhb_worker_destroy(struct xhb_balloon *b);
long xhb_worker_next_ms(struct xhb_balloon *b, const struct xhb_task *task);

#endif /* XHB_WORKER_H */
