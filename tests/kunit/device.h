/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device with the files of the built-in balloon driver.
 */
#ifndef XHB_TEST_DEVICE_H
#define XHB_TEST_DEVICE_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "xhb_takeover.h"
#include "takeover/private.h"

struct attribute_group;
struct device;
struct ftrace_ops;
struct notifier_block;
struct page;
struct xhb_balloon;

/**
 * struct fake_device - the device and how the driver sees it
 * @dev: the device
 * @builtin: its files
 */
struct fake_device {
	struct device *dev;
	struct xhb_builtin builtin;
};

struct fake_device *fake_device_create(const char *name);
void fake_device_destroy(struct fake_device *device);
struct fake_device *fake_device_taken(struct xhb_balloon *b);
void fake_device_given_back(struct fake_device *device);
int fake_device_add_info(struct fake_device *device);
void fake_device_remove_info(struct fake_device *device);
ssize_t fake_device_read(struct fake_device *device, const char *group,
			 const char *name, char *buf);
ssize_t fake_device_write(struct fake_device *device, const char *group,
			  const char *name, const char *text);

/* The last device that the driver has added. */
extern struct device *fake_added_device;
/* Who wants to be told of memory that comes online, or NULL. */
extern struct notifier_block *fake_memory_notifier;

/* ftrace has met a bug and changes nothing any more; how often it said so. */
extern bool fake_ftrace_dead;
extern atomic_t fake_ftrace_refused;

/* How often somebody has waited for all tasks to be where they can be preempted. */
extern unsigned int fake_waits_for_tasks;
/*
 * Whose worker has to be stopped when pages are given to the built-in driver, and, of
 * the waits for tasks, how many came before that.
 */
extern struct xhb_balloon *fake_returner;
extern unsigned int fake_returned_after;
/* So many times the built-in driver has pages and then fails. */
extern unsigned int fake_builtin_fails;
/* So it does at each call that is armed to fail; many calls, so not in every suite. */
extern bool fake_builtin_may_fail;

void fake_give_back(struct page **pages, unsigned int n);

/* What seams.h puts in the place of sysfs, ftrace and memory hotplug. */
int fake_alloc_ballooned_pages(unsigned int n, struct page **pages);
void fake_free_ballooned_pages(unsigned int n, struct page **pages);
void fake_synchronize_rcu_tasks(void);
int fake_device_add(struct device *dev);
int fake_device_register(struct device *dev);
int fake_subsys_system_register(struct bus_type *bus, const struct attribute_group **groups);
int fake_register_memory_notifier(struct notifier_block *nb);
void fake_unregister_memory_notifier(struct notifier_block *nb);
void fake_ftrace_free_filter(struct ftrace_ops *ops);
int fake_ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip,
			      int remove, int reset);
int fake_ftrace_unregister(struct ftrace_ops *ops);
int fake_sysfs_add_file(struct kobject *kobj, const struct attribute *attr,
			const char *group);
int fake_sysfs_create_group(struct kobject *kobj,
			    const struct attribute_group *group);

#endif /* XHB_TEST_DEVICE_H */
