// SPDX-License-Identifier: GPL-2.0
/*
 * The group selfballoon/ beside the built-in driver's files: knobs only.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "xhb_front.h"

/* Set before the group is added, constant while it is there. */
static struct xhb_balloon *xhb_self_balloon;

#define XHB_KNOB_FILE(_name, ...)					\
	[XHB_KNOB_##_name] = __ATTR(_name, 0644, self_show, self_store),

#define XHB_KNOB_ATTR(_name, ...)					\
	&xhb_self_files[XHB_KNOB_##_name].attr,

/* In the order of the knobs. */
static struct device_attribute xhb_self_files[XHB_KNOB_COUNT];

static ssize_t self_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return xhb_knob_show(xhb_self_balloon, attr - xhb_self_files, buf);
}

static ssize_t self_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	int err = xhb_knob_write(xhb_self_balloon, attr - xhb_self_files, buf);

	return err ?: count;
}

static struct device_attribute xhb_self_files[XHB_KNOB_COUNT] = {
	XHB_SELF_KNOBS(XHB_KNOB_FILE)
};

static struct attribute *xhb_self_attrs[] = {
	XHB_SELF_KNOBS(XHB_KNOB_ATTR)
	NULL
};

static const struct attribute_group xhb_self_group = {
	.name = "selfballoon",
	.attrs = xhb_self_attrs,
};

/**
 * xhb_self_sysfs_add() - add the group selfballoon/
 * @b: the balloon it is about
 * @kobj: the built-in driver's device
 *
 * Context: may sleep.
 * Return: 0, or an error of sysfs with nothing added.
 */
int xhb_self_sysfs_add(struct xhb_balloon *b, struct kobject *kobj)
{
	xhb_self_balloon = b;
	return sysfs_create_group(kobj, &xhb_self_group);
}

/**
 * xhb_self_sysfs_remove() - remove the group selfballoon/
 * @kobj: the built-in driver's device
 *
 * Waits for reads and writes in progress.
 *
 * Context: may sleep.
 */
void xhb_self_sysfs_remove(struct kobject *kobj)
{
	sysfs_remove_group(kobj, &xhb_self_group);
}
