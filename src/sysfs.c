// SPDX-License-Identifier: GPL-2.0
/*
 * The group hugeballoon/ beside the built-in driver's files.
 *
 * Numbers are read without the balloon's lock, which may be held over a long
 * hypercall; each is right by itself.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

#include "xhb_engine.h"
#include "xhb_pages.h"
#include "xhb_takeover.h"

/* Set before the group is added, constant while it is there. */
static struct xhb_balloon *xhb_sysfs_balloon;

static ssize_t huge_kb_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	unsigned long huge = READ_ONCE(xhb_sysfs_balloon->huge_count);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(huge * XHB_HUGE_PAGES));
}
static DEVICE_ATTR_RO(huge_kb);

static ssize_t base_kb_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	unsigned long base = READ_ONCE(xhb_sysfs_balloon->base_count);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(base));
}
static DEVICE_ATTR_RO(base_kb);

static ssize_t foreign_used_kb_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	long lent = READ_ONCE(xhb_sysfs_balloon->lent_count);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(max(lent, 0L)));
}
static DEVICE_ATTR_RO(foreign_used_kb);

static ssize_t split_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  xhb_sysfs_balloon->counts[XHB_COUNT_SPLIT]);
}
static DEVICE_ATTR_RO(split);

static ssize_t enable_huge_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n",
			  READ_ONCE(xhb_sysfs_balloon->enable_huge));
}

static ssize_t enable_huge_store(struct device *dev,
				 struct device_attribute *attr,
				 const char *buf, size_t count)
{
	/* kstrtobool() would not look past the first letters. */
	unsigned int enable;
	int err = kstrtouint(buf, 10, &enable);

	if (err)
		return err;
	if (enable > 1)
		return -ERANGE;
	WRITE_ONCE(xhb_sysfs_balloon->enable_huge, enable);
	return count;
}
static DEVICE_ATTR_RW(enable_huge);

static ssize_t hugepage_effort_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	unsigned int effort = READ_ONCE(xhb_sysfs_balloon->effort);

	return sysfs_emit(buf, "%s\n", xhb_effort_names[effort]);
}

static ssize_t hugepage_effort_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t count)
{
	int effort = xhb_effort_parse(buf);

	if (effort < 0)
		return effort;
	WRITE_ONCE(xhb_sysfs_balloon->effort, effort);
	return count;
}
static DEVICE_ATTR_RW(hugepage_effort);

static ssize_t floor_kb_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%lu\n", READ_ONCE(xhb_sysfs_balloon->floor_kb));
}

static ssize_t floor_kb_store(struct device *dev,
			      struct device_attribute *attr, const char *buf,
			      size_t count)
{
	unsigned long kb;
	int err = kstrtoul(buf, 10, &kb);

	if (err)
		return err;
	WRITE_ONCE(xhb_sysfs_balloon->floor_kb, kb);
	/* A lower floor may let an inflation go on that waits for memory. */
	xhb_engine_kick(xhb_sysfs_balloon);
	return count;
}
static DEVICE_ATTR_RW(floor_kb);

static struct attribute *xhb_attrs[] = {
	&dev_attr_huge_kb.attr,
	&dev_attr_base_kb.attr,
	&dev_attr_foreign_used_kb.attr,
	&dev_attr_split.attr,
	&dev_attr_enable_huge.attr,
	&dev_attr_hugepage_effort.attr,
	&dev_attr_floor_kb.attr,
	NULL
};

static const struct attribute_group xhb_group = {
	.name = "hugeballoon",
	.attrs = xhb_attrs,
};

/**
 * xhb_sysfs_add() - add the group hugeballoon/
 * @b: the balloon it shows
 * @kobj: the built-in driver's device
 *
 * Context: may sleep.
 * Return: 0, or an error of sysfs with nothing added.
 */
int xhb_sysfs_add(struct xhb_balloon *b, struct kobject *kobj)
{
	xhb_sysfs_balloon = b;
	return sysfs_create_group(kobj, &xhb_group);
}

/**
 * xhb_sysfs_remove() - remove the group hugeballoon/
 * @kobj: the built-in driver's device
 *
 * Waits for reads and writes in progress.
 *
 * Context: may sleep.
 */
void xhb_sysfs_remove(struct kobject *kobj)
{
	sysfs_remove_group(kobj, &xhb_group);
}
