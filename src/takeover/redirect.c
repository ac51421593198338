// SPDX-License-Identifier: GPL-2.0
/*
 * Calls to the built-in driver's exported functions end up here.
 *
 * All of its front ends, and all users of ballooned pages, go through three
 * functions. ftrace sends their callers to ours; only a task that is excepted
 * reaches the originals.
 */
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "xhb_compat.h"
#include "xhb_front.h"
#include "xhb_pages.h"
#include "xhb_policy.h"
#include "takeover/private.h"

/**
 * struct xhb_redirect - one function that is redirected
 * @ops: its ftrace handler
 * @name: the function
 * @to: continues here
 */
struct xhb_redirect {
	struct ftrace_ops ops;
	const char *name;
	void *to;
};

/* Set before the first redirection is registered, constant after. */
static struct xhb_balloon *xhb_redirect_balloon;
/* Written by load and unload, read without a lock in every redirected call. */
static bool xhb_redirect_on;
/* Its calls are not redirected; written by itself, under the balloon's lock. */
static struct task_struct *xhb_redirect_excepted;
/* Calls that run in this file now. */
static atomic_t xhb_redirect_calls = ATOMIC_INIT(0);
/* Set by whoever sees first that this module has to stay. */
static atomic_t xhb_redirect_held = ATOMIC_INIT(0);

static void xhb_redirect_enter(void)
{
	atomic_inc(&xhb_redirect_calls);
}

/*
 * All that may sleep comes before. Who unloads waits for tasks that are preempted
 * after this, but not for those that sleep; and with PREEMPT_RT a spinlock sleeps,
 * that of a wait queue as well. So nobody is woken.
 */
static void xhb_redirect_leave(void)
{
	atomic_dec(&xhb_redirect_calls);
}

/*
 * After a bug ftrace changes no code any more: what is redirected stays so, and
 * needs this module. Nobody is told, so it is asked when a target comes, for rmmod
 * to be refused. No function is at address 0, so asking changes nothing.
 */
static void xhb_redirect_hold(void)
{
	static struct ftrace_ops none;

	if (ftrace_set_filter_ip(&none, 0, 0, 0) != -ENODEV ||
	    atomic_cmpxchg(&xhb_redirect_held, 0, 1))
		return;
	/* Unless it is being unloaded, see xhb_redirect_unregister(). */
	if (try_module_get(THIS_MODULE))
		pr_err("the kernel has switched ftrace off after a bug, see the log above: this module works on, but cannot be unloaded; restart the guest to get rid of it\n");
}

static void xhb_balloon_set_new_target(unsigned long target)
{
	xhb_redirect_enter();
	xhb_redirect_hold();
	xhb_target_from_host(xhb_redirect_balloon, target);
	xhb_redirect_leave();
}

static int xhb_alloc_ballooned_pages(unsigned int nr_pages,
				     struct page **pages)
{
	int err;

	xhb_redirect_enter();
	err = xhb_foreign_get(xhb_redirect_balloon, nr_pages, pages);
	/* The guest is smaller now, and the worker knows whether it can grow again. */
	xhb_worker_wake(xhb_redirect_balloon);
	xhb_redirect_leave();
	return err;
}

static void xhb_free_ballooned_pages(unsigned int nr_pages,
				     struct page **pages)
{
	xhb_redirect_enter();
	xhb_foreign_put(xhb_redirect_balloon, nr_pages, pages);
	xhb_worker_wake(xhb_redirect_balloon);
	xhb_redirect_leave();
}

static void notrace xhb_redirect_handler(unsigned long ip,
					 unsigned long parent_ip,
					 struct ftrace_ops *ops,
					 struct ftrace_regs *fregs)
{
	struct xhb_redirect *redirect = container_of(ops, struct xhb_redirect,
						     ops);

	if (READ_ONCE(xhb_redirect_on) &&
	    READ_ONCE(xhb_redirect_excepted) != current)
		xhb_compat_redirect(fregs, (unsigned long)redirect->to);
}

#define XHB_REDIRECT(from, replacement) {		\
	.ops = {					\
		.func = xhb_redirect_handler,		\
		.flags = FTRACE_OPS_FL_IPMODIFY |	\
			 FTRACE_OPS_FL_PERMANENT,	\
	},						\
	.name = from,					\
	.to = replacement,				\
}

static struct xhb_redirect xhb_redirects[] = {
	XHB_REDIRECT("balloon_set_new_target", xhb_balloon_set_new_target),
	XHB_REDIRECT("xen_alloc_ballooned_pages", xhb_alloc_ballooned_pages),
	XHB_REDIRECT("xen_free_ballooned_pages", xhb_free_ballooned_pages),
};

/* By address: for a name ftrace looks up the names of all functions that it knows. */
static int xhb_redirect_register(struct xhb_redirect *redirect)
{
	unsigned long ip = xhb_symbol(redirect->name);
	int err;

	if (!ip)
		return -ENOENT;
	err = ftrace_set_filter_ip(&redirect->ops, ip, 0, 1);
	if (err)
		return err;
	err = register_ftrace_function(&redirect->ops);
	if (err)
		ftrace_free_filter(&redirect->ops);
	return err;
}

/*
 * An exit cannot fail, and must not end while there is a way from the kernel into
 * this module. If ftrace is off for good, it does not end.
 */
static void xhb_redirect_unregister(struct xhb_redirect *redirect)
{
	bool said = false;
	int err;

	while ((err = unregister_ftrace_function(&redirect->ops)) == -ENODEV) {
		if (!said)
			pr_err("the kernel has switched ftrace off after a bug, see the log above: the built-in balloon driver is back at work, but rmmod does not end; restart the guest to get rid of it\n");
		said = true;
		/* A domain that is saved meanwhile has to freeze this task. */
		set_current_state(TASK_IDLE | TASK_FREEZABLE);
		schedule_timeout(HZ);
	}
	WARN_ON_ONCE(err);
	ftrace_free_filter(&redirect->ops);
}

/**
 * xhb_redirect_start() - intercept the functions, still without effect
 * @b: the balloon that will answer
 *
 * Context: may sleep.
 * Return: 0, or, after saying why, -EBUSY if something else has redirected one
 * of the functions already or ftrace is switched off, -ENOENT if the kernel has no
 * such function, or another error of ftrace. Nothing is intercepted then.
 */
int xhb_redirect_start(struct xhb_balloon *b)
{
	int i, err;

	xhb_redirect_balloon = b;
	atomic_set(&xhb_redirect_held, 0);
	for (i = 0; i < ARRAY_SIZE(xhb_redirects); i++) {
		err = xhb_redirect_register(&xhb_redirects[i]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	pr_err("cannot take over, ftrace cannot redirect %s (error %d); is a live patch or tracer using it, or kernel.ftrace_enabled off?\n",
	       xhb_redirects[i].name, err);
	while (i--)
		xhb_redirect_unregister(&xhb_redirects[i]);
	return err;
}

/**
 * xhb_redirect_except() - what a task calls is for the built-in driver
 * @task: the task, which is about to call it, or NULL for none
 *
 * It is asked for by task and not by caller: the functions call each other when they
 * fail, and what is built into the kernel has no addresses of its own.
 *
 * Context: under the balloon's lock.
 */
void xhb_redirect_except(struct task_struct *task)
{
	WRITE_ONCE(xhb_redirect_excepted, task);
}

/**
 * xhb_redirect_enable() - from now on the balloon answers
 *
 * Context: any.
 */
void xhb_redirect_enable(void)
{
	WRITE_ONCE(xhb_redirect_on, true);
}

/**
 * xhb_redirect_disable() - from now on the built-in functions answer again
 *
 * No call touches the balloon when this returns.
 *
 * Context: may sleep.
 */
void xhb_redirect_disable(void)
{
	WRITE_ONCE(xhb_redirect_on, false);
	/*
	 * A task may have been preempted between the handler and the first
	 * instruction of its replacement.
	 */
	synchronize_rcu_tasks();
	while (atomic_read(&xhb_redirect_calls))
		usleep_range(1000, 2000);
}

/**
 * xhb_redirect_stop() - intercept the functions no more, after they were disabled
 *
 * No call runs in this module when this returns. It does not return if ftrace
 * has been switched off by a bug, and says so.
 *
 * Context: may sleep.
 */
void xhb_redirect_stop(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(xhb_redirects); i++)
		xhb_redirect_unregister(&xhb_redirects[i]);
	/* A task may have been preempted on the way out of the handler or a call. */
	synchronize_rcu_tasks();
}
