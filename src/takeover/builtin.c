// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the parts of the built-in balloon driver, stopping and restarting
 * its thread.
 *
 * Finding changes nothing, so that a kernel where something is missing is left
 * as it was.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include <xen/balloon.h>

#include "takeover/private.h"
#include "xhb_front.h"

#define XHB_THREAD_NAME	"xen-balloon"

const char * const xhb_file_groups[XHB_FILE_COUNT] = {
	[XHB_FILE_LOW_KB] = "info",
};

static const char * const xhb_file_names[XHB_FILE_COUNT] = {
	[XHB_FILE_TARGET] = "target",
	[XHB_FILE_TARGET_KB] = "target_kb",
	[XHB_FILE_LOW_KB] = "low_kb",
};

static struct task_struct *xhb_find_thread(void *thread_fn)
{
	struct task_struct *task, *found = NULL;

	rcu_read_lock();
	for_each_process(task) {
		if (!(task->flags & PF_KTHREAD) ||
		    strcmp(task->comm, XHB_THREAD_NAME) ||
		    kthread_func(task) != thread_fn)
			continue;
		get_task_struct(task);
		found = task;
		break;
	}
	rcu_read_unlock();
	return found;
}

static struct kobject *xhb_find_device(void)
{
	struct device *cpu = get_cpu_device(0);

	/* Every device is in one kset, so any device leads to it. */
	return cpu && cpu->kobj.kset ?
	       kset_find_obj(cpu->kobj.kset, "xen_memory0") : NULL;
}

static const struct attribute *xhb_find_attr(struct kobject *kobj,
					     const char *group,
					     const char *name)
{
	struct kernfs_node *dir, *file = NULL;
	const struct attribute *attr = NULL;

	kernfs_get(kobj->sd);
	dir = kobj->sd;
	if (group) {
		dir = kernfs_find_and_get(kobj->sd, group);
		kernfs_put(kobj->sd);
	}
	if (dir)
		file = kernfs_find_and_get(dir, name);
	kernfs_put(dir);

	if (file)
		attr = file->priv;
	kernfs_put(file);

	/* A file's private data is its attribute; make sure of it. */
	if (attr && strcmp(attr->name, name))
		return NULL;
	return attr;
}

static int xhb_find_files(struct xhb_builtin *builtin)
{
	const struct attribute *scrub;
	int i;

	builtin->kobj = xhb_find_device();
	/* The kernel has no front end, see xhb_builtin_front(). */
	if (!builtin->kobj)
		return 0;

	for (i = 0; i < XHB_FILE_COUNT; i++) {
		builtin->files[i] = xhb_find_attr(builtin->kobj,
						  xhb_file_groups[i],
						  xhb_file_names[i]);
		if (!builtin->files[i])
			return -ENODEV;
	}

	scrub = xhb_find_attr(builtin->kobj, NULL, "scrub_pages");
	if (!scrub)
		return -ENODEV;
	builtin->scrub = container_of(scrub, struct dev_ext_attribute,
				      attr.attr)->var;
	return builtin->scrub ? 0 : -ENODEV;
}

/**
 * xhb_builtin_find() - look for everything that takeover needs
 * @builtin: filled
 *
 * Context: may sleep.
 * Return: 0, or -ENODEV, after saying what is missing, with nothing changed.
 */
int xhb_builtin_find(struct xhb_builtin *builtin)
{
	const char *missing = NULL;

	memset(builtin, 0, sizeof(*builtin));
	builtin->thread_fn = (void *)xhb_symbol("balloon_thread");
	if (builtin->thread_fn)
		builtin->thread = xhb_find_thread(builtin->thread_fn);

	if (!builtin->thread_fn)
		missing = "function balloon_thread";
	else if (!builtin->thread)
		missing = "thread " XHB_THREAD_NAME;
	else if (xhb_find_files(builtin))
		missing = "files in sysfs device xen_memory0";

	if (missing) {
		pr_err("cannot take over, the built-in balloon driver's %s is not there\n",
		       missing);
		xhb_builtin_forget(builtin);
		return -ENODEV;
	}
	return 0;
}

/**
 * xhb_builtin_front() - make a sysfs device if the kernel has none
 * @builtin: found
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int xhb_builtin_front(struct xhb_builtin *builtin)
{
	if (builtin->kobj)
		return 0;
	builtin->own = xhb_device_add(&builtin->scrub);
	if (!builtin->own)
		return -ENOMEM;
	builtin->kobj = kobject_get(&builtin->own->kobj);
	return 0;
}

/**
 * xhb_builtin_forget() - drop what xhb_builtin_find() and xhb_builtin_front() took
 * @builtin: filled, also in part
 *
 * Context: may sleep.
 */
void xhb_builtin_forget(struct xhb_builtin *builtin)
{
	kobject_put(builtin->kobj);
	builtin->kobj = NULL;
	if (builtin->own)
		xhb_device_remove(builtin->own);
	builtin->own = NULL;
	if (builtin->thread)
		put_task_struct(builtin->thread);
	builtin->thread = NULL;
}

/**
 * xhb_builtin_stop() - end the built-in driver's thread
 * @builtin: found
 *
 * A batch that the thread is at is finished first.
 *
 * Context: may sleep.
 */
void xhb_builtin_stop(struct xhb_builtin *builtin)
{
	kthread_stop(builtin->thread);
	put_task_struct(builtin->thread);
	builtin->thread = NULL;
}

struct xhb_restart {
	struct work_struct work;
	struct xhb_builtin *builtin;
};

static void xhb_restart_work(struct work_struct *work)
{
	struct xhb_restart *restart = container_of(work, struct xhb_restart,
						   work);
	struct xhb_builtin *builtin = restart->builtin;
	struct task_struct *task;

	for (;;) {
		task = kthread_run(builtin->thread_fn, NULL, XHB_THREAD_NAME);
		if (!IS_ERR(task))
			break;
		pr_warn_once("no memory to restart the built-in balloon driver, retrying; free some memory\n");
		msleep(100);
	}
	builtin->thread = get_task_struct(task);
}

/*
 * After a failure the built-in thread sleeps for up to an hour, until the
 * distance to its target differs from what it was when it fell asleep. So let
 * it fall asleep with that distance at zero, then set the target, unless
 * somebody has set another by then.
 */
static void xhb_wake_with_target(struct task_struct *task)
{
	unsigned long timeout = jiffies + 10 * HZ;
	unsigned long parked = balloon_stats.current_pages;
	unsigned long target = xchg(&balloon_stats.target_pages, parked);

	while (task_is_running(task) && time_before(jiffies, timeout))
		usleep_range(1000, 2000);
	cmpxchg(&balloon_stats.target_pages, parked, target);
	balloon_set_new_target(READ_ONCE(balloon_stats.target_pages));
}

/**
 * xhb_builtin_restart() - start the built-in driver's thread again
 * @builtin: found and stopped
 *
 * A kernel worker does it, because a thread cannot be started from a process
 * that has been killed, and unloading cannot fail.
 *
 * Context: may sleep.
 */
void xhb_builtin_restart(struct xhb_builtin *builtin)
{
	struct xhb_restart restart = { .builtin = builtin };

	INIT_WORK_ONSTACK(&restart.work, xhb_restart_work);
	queue_work(system_long_wq, &restart.work);
	flush_work(&restart.work);
	destroy_work_on_stack(&restart.work);

	xhb_wake_with_target(builtin->thread);
}
