// SPDX-License-Identifier: GPL-2.0
/*
 * Starts and finds the thread of the built-in balloon driver.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "builtin_thread.h"
#include "takeover/private.h"

/**
 * thread_named() - find a kernel thread
 * @name: its name
 *
 * Context: process context.
 * Return: the thread, or NULL. It stays only as long as the test stops none.
 */
struct task_struct *thread_named(const char *name)
{
	struct task_struct *task, *found = NULL;

	rcu_read_lock();
	for_each_process(task) {
		if ((task->flags & PF_KTHREAD) && !strcmp(task->comm, name))
			found = task;
	}
	rcu_read_unlock();
	return found;
}

/**
 * builtin_thread() - find the thread of the built-in driver
 *
 * Context: process context.
 * Return: the thread, or NULL.
 */
struct task_struct *builtin_thread(void)
{
	return thread_named("xen-balloon");
}

/**
 * start_builtin() - start what the built-in driver's thread does
 * @name: of the thread; "xen-balloon" is what the driver itself calls it
 *
 * Context: process context, may sleep.
 * Return: 0, or the error of kthread_run().
 */
int start_builtin(const char *name)
{
	int (*thread)(void *unused);
	struct task_struct *task;

	thread = (void *)xhb_symbol("balloon_thread");
	task = kthread_run(thread, NULL, "%s", name);
	return PTR_ERR_OR_ZERO(task);
}
