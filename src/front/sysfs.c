// SPDX-License-Identifier: GPL-2.0
/*
 * The groups hugeballoon/ and selfballoon/ beside the built-in driver's files.
 *
 * Numbers are read without the balloon's lock, which may be held over a long
 * hypercall; each is right by itself.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/sysfs.h>

#include "xhb_front.h"
#include "xhb_pages.h"
#include "xhb_policy.h"

/* Set before the groups are added, constant while they are there. */
static struct xhb_balloon *xhb_sysfs_balloon;
static struct kobject *xhb_sysfs_kobj;

/* The files that only show something, one a line: name, format, value. */
#define XHB_READ_ONLY(FILE) \
	FILE(huge_kb, "%lu", xhb_pages_to_kb(xhb_huge_pages(b))) \
	FILE(base_kb, "%lu", xhb_pages_to_kb(xhb_base_at_rest(b))) \
	FILE(isolated_kb, "%lu", xhb_pages_to_kb(xhb_base_isolated(b))) \
	FILE(move_method, "%s", xhb_xen_method_name(&b->xen)) \
	FILE(foreign_kb, "%lu", xhb_pages_to_kb(xhb_foreign_idle(b))) \
	FILE(foreign_used_kb, "%lu", xhb_pages_to_kb(xhb_foreign_used(b))) \
	FILE(lost_kb, "%lu", xhb_pages_to_kb(xhb_lost_pages(b))) \
	FILE(coalesced, "%llu", xhb_counted(b, XHB_COUNT_COALESCED)) \
	FILE(collapsed, "%llu", xhb_counted(b, XHB_COUNT_COLLAPSED)) \
	FILE(migrated, "%llu", xhb_counted(b, XHB_COUNT_MIGRATED)) \
	FILE(split, "%llu", xhb_counted(b, XHB_COUNT_SPLIT)) \
	FILE(healed, "%llu", xhb_counted(b, XHB_COUNT_HEALED)) \
	FILE(unmovable_kb, "%lu", xhb_pages_to_kb(xhb_blocks_unmovable(b) * XHB_HUGE_PAGES))

#define XHB_SELF_READ_ONLY(FILE) \
	FILE(frontswap_room_kb, "%lu", xhb_pages_to_kb(xhb_selfshrink_room(b)))

#define XHB_READ_ONLY_FILE(_name, _format, _value)			\
	static ssize_t _name##_show(struct device *dev,			\
				    struct device_attribute *attr,	\
				    char *buf)				\
	{								\
		struct xhb_balloon *b = xhb_sysfs_balloon;		\
									\
		return sysfs_emit(buf, _format "\n", _value);		\
	}								\
	static DEVICE_ATTR_RO(_name);

#define XHB_READ_ONLY_ATTR(_name, ...)					\
	&dev_attr_##_name.attr,

XHB_READ_ONLY(XHB_READ_ONLY_FILE)
XHB_SELF_READ_ONLY(XHB_READ_ONLY_FILE)

static ssize_t status_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return xhb_status_show(xhb_sysfs_balloon, buf);
}
static DEVICE_ATTR_RO(status);

#define XHB_KNOB_FILE(_name, ...)					\
	[XHB_KNOB_##_name] = __ATTR(_name, 0644, knob_show, knob_store),

#define XHB_KNOB_ATTR(_name, ...)					\
	&xhb_knob_files[XHB_KNOB_##_name].attr,

/* In the order of the knobs. */
static struct device_attribute xhb_knob_files[XHB_KNOB_COUNT];

static ssize_t knob_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return xhb_knob_show(xhb_sysfs_balloon, attr - xhb_knob_files, buf);
}

static ssize_t knob_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	int err;

	/* Each of them can do as much as a target. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = xhb_knob_write(xhb_sysfs_balloon, attr - xhb_knob_files, buf);
	return err ?: count;
}

static struct device_attribute xhb_knob_files[XHB_KNOB_COUNT] = {
	XHB_KNOBS(XHB_KNOB_FILE)
};

static struct attribute *xhb_attrs[] = {
	&dev_attr_status.attr,
	XHB_HUGE_KNOBS(XHB_KNOB_ATTR)
	XHB_READ_ONLY(XHB_READ_ONLY_ATTR)
	NULL
};

static const struct attribute_group xhb_group = {
	.name = "hugeballoon",
	.attrs = xhb_attrs,
};

static struct attribute *xhb_self_attrs[] = {
	XHB_SELF_KNOBS(XHB_KNOB_ATTR)
	XHB_SELF_READ_ONLY(XHB_READ_ONLY_ATTR)
	NULL
};

static const struct attribute_group xhb_self_group = {
	.name = "selfballoon",
	.attrs = xhb_self_attrs,
};

/* For those that poll it. The device outlives the files. */
static void xhb_room_changed(struct xhb_balloon *b)
{
	sysfs_notify(xhb_sysfs_kobj, "selfballoon", "frontswap_room_kb");
}

/**
 * xhb_sysfs_add() - add the groups hugeballoon/ and selfballoon/
 * @b: the balloon they show
 * @kobj: the built-in driver's device
 *
 * Context: may sleep.
 * Return: 0, or an error of sysfs with nothing added.
 */
int xhb_sysfs_add(struct xhb_balloon *b, struct kobject *kobj)
{
	int err;

	xhb_sysfs_balloon = b;
	xhb_sysfs_kobj = kobj;
	xhb_selfshrink_listen(b, xhb_room_changed);
	err = sysfs_create_group(kobj, &xhb_group);
	if (err)
		return err;
	err = sysfs_create_group(kobj, &xhb_self_group);
	if (err)
		sysfs_remove_group(kobj, &xhb_group);
	return err;
}

/**
 * xhb_sysfs_remove() - remove the groups hugeballoon/ and selfballoon/
 * @kobj: the built-in driver's device
 *
 * Waits for reads and writes in progress.
 *
 * Context: may sleep.
 */
void xhb_sysfs_remove(struct kobject *kobj)
{
	sysfs_remove_group(kobj, &xhb_self_group);
	sysfs_remove_group(kobj, &xhb_group);
}
