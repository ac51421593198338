// SPDX-License-Identifier: GPL-2.0
/*
 * The sysfs device xen_memory0 where the kernel has none.
 *
 * Kernels without CONFIG_XEN_BALLOON have the built-in driver all the same, but not
 * its front end: nobody can tell it a target. The files are those that tools know; what
 * takeover answers itself elsewhere, it adds here.
 */
#include <linux/device.h>
#include <linux/mm_types.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <xen/balloon.h>

#include "xhb_front.h"
#include "xhb_pages.h"

#define XHB_DEVICE_NAME	"xen_memory"

/* The user's. The kernel's own default is an option that such kernels do not have. */
static bool xhb_device_scrub = true;

static ssize_t current_kb_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	unsigned long pages = READ_ONCE(balloon_stats.current_pages);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(pages));
}
static DEVICE_ATTR_RO(current_kb);

static ssize_t high_kb_show(struct device *dev,
			    struct device_attribute *attr, char *buf)
{
	unsigned long pages = READ_ONCE(balloon_stats.balloon_high);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(pages));
}
static DEVICE_ATTR_RO(high_kb);

static DEVICE_ULONG_ATTR(schedule_delay, 0444, balloon_stats.schedule_delay);
static DEVICE_ULONG_ATTR(max_schedule_delay, 0644,
			 balloon_stats.max_schedule_delay);
static DEVICE_ULONG_ATTR(retry_count, 0444, balloon_stats.retry_count);
static DEVICE_ULONG_ATTR(max_retry_count, 0644, balloon_stats.max_retry_count);
static DEVICE_BOOL_ATTR(scrub_pages, 0644, xhb_device_scrub);

static struct attribute *xhb_device_attrs[] = {
	&dev_attr_schedule_delay.attr.attr,
	&dev_attr_max_schedule_delay.attr.attr,
	&dev_attr_retry_count.attr.attr,
	&dev_attr_max_retry_count.attr.attr,
	&dev_attr_scrub_pages.attr.attr,
	NULL
};

static const struct attribute_group xhb_device_group = {
	.attrs = xhb_device_attrs,
};

static struct attribute *xhb_device_info_attrs[] = {
	&dev_attr_current_kb.attr,
	&dev_attr_high_kb.attr,
	NULL
};

static const struct attribute_group xhb_device_info_group = {
	.name = "info",
	.attrs = xhb_device_info_attrs,
};

static const struct attribute_group *xhb_device_groups[] = {
	&xhb_device_group,
	&xhb_device_info_group,
	NULL
};

static struct bus_type xhb_device_bus = {
	.name = XHB_DEVICE_NAME,
	.dev_name = XHB_DEVICE_NAME,
};

static void xhb_device_release(struct device *dev)
{
	kfree(dev);
}

/**
 * xhb_device_add() - make the device xen_memory0
 * @scrub: set to the switch behind its file scrub_pages
 *
 * Context: may sleep.
 * Return: the device, or NULL with nothing made.
 */
struct device *xhb_device_add(const bool **scrub)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	if (subsys_system_register(&xhb_device_bus, NULL)) {
		kfree(dev);
		return NULL;
	}
	dev->bus = &xhb_device_bus;
	dev->groups = xhb_device_groups;
	dev->release = xhb_device_release;
	if (device_register(dev)) {
		put_device(dev);
		bus_unregister(&xhb_device_bus);
		return NULL;
	}
	*scrub = &xhb_device_scrub;
	return dev;
}

/**
 * xhb_device_remove() - the end of it
 * @dev: the device
 *
 * Waits for reads and writes in progress.
 *
 * Context: may sleep.
 */
void xhb_device_remove(struct device *dev)
{
	device_unregister(dev);
	bus_unregister(&xhb_device_bus);
}
