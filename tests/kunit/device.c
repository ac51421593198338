// SPDX-License-Identifier: GPL-2.0
#include <linux/device.h>
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/kernfs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <xen/balloon.h>
#include <xen/grant_table.h>

#include "device.h"
#include "fake_hv.h"
#include "fault.h"
#include "xhb_front.h"

static bool fake_scrub_pages = true;

static ssize_t fake_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "built-in\n");
}

static struct device_attribute fake_target = __ATTR(target, 0444, fake_show,
						    NULL);
static struct device_attribute fake_target_kb = __ATTR(target_kb, 0444,
						       fake_show, NULL);
static struct device_attribute fake_low_kb = __ATTR(low_kb, 0444, fake_show,
						    NULL);
static DEVICE_BOOL_ATTR(scrub_pages, 0644, fake_scrub_pages);

static struct attribute *fake_attrs[] = {
	&fake_target.attr,
	&fake_target_kb.attr,
	&dev_attr_scrub_pages.attr.attr,
	NULL
};

static const struct attribute_group fake_group = {
	.attrs = fake_attrs,
};

static struct attribute *fake_info_attrs[] = {
	&fake_low_kb.attr,
	NULL
};

static const struct attribute_group fake_info_group = {
	.name = "info",
	.attrs = fake_info_attrs,
};

int fake_device_add_info(struct fake_device *device)
{
	return sysfs_create_group(&device->dev->kobj, &fake_info_group);
}

void fake_device_remove_info(struct fake_device *device)
{
	sysfs_remove_group(&device->dev->kobj, &fake_info_group);
}

struct fake_device *fake_device_create(const char *name)
{
	struct fake_device *device = kzalloc(sizeof(*device), GFP_KERNEL);
	int err = -ENOMEM;

	if (!device)
		return ERR_PTR(err);
	/* Linux 6.1 runs tests before this module is in sysfs. */
	device->dev = __root_device_register(name, NULL);
	if (IS_ERR(device->dev)) {
		err = PTR_ERR(device->dev);
		goto free;
	}
	err = sysfs_create_group(&device->dev->kobj, &fake_group);
	if (err)
		goto unregister;
	err = fake_device_add_info(device);
	if (err)
		goto unregister;
	device->builtin = (struct xhb_builtin) {
		.kobj = &device->dev->kobj,
		.files = {
			[XHB_FILE_TARGET] = &fake_target.attr,
			[XHB_FILE_TARGET_KB] = &fake_target_kb.attr,
			[XHB_FILE_LOW_KB] = &fake_low_kb.attr,
		},
		.scrub = &fake_scrub_pages,
	};
	return device;

unregister:
	root_device_unregister(device->dev);
free:
	kfree(device);
	return ERR_PTR(err);
}

void fake_device_destroy(struct fake_device *device)
{
	root_device_unregister(device->dev);
	kfree(device);
}

/* A device whose files the balloon answers. */
struct fake_device *fake_device_taken(struct xhb_balloon *b)
{
	struct fake_device *device = fake_device_create("xhb-kunit");
	int err;

	if (IS_ERR(device))
		return device;
	err = xhb_sysfs_add(b, device->builtin.kobj);
	if (err)
		goto destroy;
	err = xhb_sysfs_replace(b, &device->builtin);
	if (err)
		goto remove;
	return device;

remove:
	xhb_sysfs_remove(device->builtin.kobj);
destroy:
	fake_device_destroy(device);
	return ERR_PTR(err);
}

void fake_device_given_back(struct fake_device *device)
{
	xhb_sysfs_restore(&device->builtin);
	xhb_sysfs_remove(device->builtin.kobj);
	fake_device_destroy(device);
}

int fake_sysfs_add_file(struct kobject *kobj, const struct attribute *attr,
			const char *group)
{
	return fault_hit(NULL) ? -ENOMEM :
				 sysfs_add_file_to_group(kobj, attr, group);
}

struct device *fake_added_device;

int fake_device_add(struct device *dev)
{
	fake_added_device = dev;
	return fault_hit(NULL) ? -ENOMEM : device_add(dev);
}

int fake_device_register(struct device *dev)
{
	if (!fault_hit(NULL))
		return device_register(dev);
	/* As far as it comes in any case. */
	device_initialize(dev);
	return -ENOMEM;
}

int fake_subsys_system_register(struct bus_type *bus, const struct attribute_group **groups)
{
	return fault_hit(NULL) ? -ENOMEM : subsys_system_register(bus, groups);
}

struct notifier_block *fake_memory_notifier;

int fake_register_memory_notifier(struct notifier_block *nb)
{
	if (fault_hit(NULL))
		return -ENOMEM;
	fake_memory_notifier = nb;
	return 0;
}

void fake_unregister_memory_notifier(struct notifier_block *nb)
{
	fake_memory_notifier = NULL;
}

int fake_sysfs_create_group(struct kobject *kobj,
			    const struct attribute_group *group)
{
	return fault_hit(NULL) ? -ENOMEM : sysfs_create_group(kobj, group);
}

/*
 * A driver registers its handlers once while it is loaded, tests do it over and
 * over. Linux leaves pointers to what it frees in them.
 */
void fake_ftrace_free_filter(struct ftrace_ops *ops)
{
	ftrace_free_filter(ops);
	memset(&ops->local_hash, 0, sizeof(ops->local_hash));
	ops->flags &= ~FTRACE_OPS_FL_INITIALIZED;
}

bool fake_ftrace_dead;
atomic_t fake_ftrace_refused;

static bool fake_ftrace_refuses(void)
{
	if (!READ_ONCE(fake_ftrace_dead))
		return false;
	atomic_inc(&fake_ftrace_refused);
	return true;
}

int fake_ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip,
			      int remove, int reset)
{
	return fake_ftrace_refuses() ? -ENODEV :
				       ftrace_set_filter_ip(ops, ip, remove, reset);
}

int fake_ftrace_unregister(struct ftrace_ops *ops)
{
	return fake_ftrace_refuses() ? -ENODEV : unregister_ftrace_function(ops);
}

unsigned int fake_waits_for_tasks;

void fake_synchronize_rcu_tasks(void)
{
	fake_waits_for_tasks++;
	synchronize_rcu_tasks();
}

unsigned int fake_builtin_fails;
bool fake_builtin_may_fail;

/**
 * fake_give_back() - pages that the kernel's grant table code has borrowed
 * @pages: the pages
 * @n: how many
 *
 * It gives them to the balloon, whoever has that.
 */
void fake_give_back(struct page **pages, unsigned int n)
{
	struct gnttab_page_cache cache;

	gnttab_page_cache_init(&cache);
	gnttab_page_cache_put(&cache, pages, n);
	gnttab_page_cache_shrink(&cache, 0);
}

/*
 * The real one. Where it fails it gives pages back by a function that is redirected,
 * and its caller is then none of this module.
 */
int fake_alloc_ballooned_pages(unsigned int n, struct page **pages)
{
	int err;

	if (!(current->flags & PF_MEMALLOC))
		fake_hv_violate("reclaim under the balloon's lock", 0);
	err = xen_alloc_ballooned_pages(n, pages);
	if (err)
		return err;
	if (fake_builtin_fails)
		fake_builtin_fails--;
	else if (!fake_builtin_may_fail || !fault_hit(NULL))
		return 0;
	fake_give_back(pages, n);
	return -ENOMEM;
}

struct xhb_balloon *fake_returner;
unsigned int fake_returned_after;

/* Who gives pages back for good has stopped all that could want some. */
void fake_free_ballooned_pages(unsigned int n, struct page **pages)
{
	if (fake_returner) {
		if (!READ_ONCE(fake_returner->worker.stopping))
			fake_hv_violate("handed back while the worker runs", 0);
		fake_returned_after = fake_waits_for_tasks;
		fake_returner = NULL;
	}
	xen_free_ballooned_pages(n, pages);
}

/* The attribute that answers a file now, whoever put it there. */
static struct device_attribute *fake_device_file(struct fake_device *device,
						 const char *group,
						 const char *name)
{
	struct kernfs_node *dir = device->dev->kobj.sd, *file;
	struct device_attribute *attr = NULL;

	if (group)
		dir = kernfs_find_and_get(dir, group);
	else
		kernfs_get(dir);
	if (!dir)
		return NULL;
	file = kernfs_find_and_get(dir, name);
	if (file)
		attr = container_of(file->priv, struct device_attribute, attr);
	kernfs_put(file);
	kernfs_put(dir);
	return attr;
}

/* Read a file; @buf has a page. */
ssize_t fake_device_read(struct fake_device *device, const char *group,
			 const char *name, char *buf)
{
	struct device_attribute *attr = fake_device_file(device, group, name);

	return attr ? attr->show(device->dev, attr, buf) : -ENOENT;
}

ssize_t fake_device_write(struct fake_device *device, const char *group,
			  const char *name, const char *text)
{
	struct device_attribute *attr = fake_device_file(device, group, name);

	return attr ? attr->store(device->dev, attr, text, strlen(text)) :
		      -ENOENT;
}
