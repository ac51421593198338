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

#include "xhb_policy.h"
#include "xhb_pages.h"
#include "xhb_front.h"

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
	unsigned long isolated = xhb_base_isolated(xhb_sysfs_balloon);

	return sysfs_emit(buf, "%lu\n",
			  xhb_pages_to_kb(base - min(base, isolated)));
}
static DEVICE_ATTR_RO(base_kb);

static ssize_t isolated_kb_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	unsigned long isolated = xhb_base_isolated(xhb_sysfs_balloon);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(isolated));
}
static DEVICE_ATTR_RO(isolated_kb);

static ssize_t move_method_show(struct device *dev, struct device_attribute *attr,
				char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  xhb_xen_method_name(&xhb_sysfs_balloon->xen));
}
static DEVICE_ATTR_RO(move_method);

static ssize_t foreign_used_kb_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	long lent = READ_ONCE(xhb_sysfs_balloon->foreign_used);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(max(lent, 0L)));
}
static DEVICE_ATTR_RO(foreign_used_kb);

/* A counter; what it counts stands beside the attribute. */
static ssize_t xhb_count_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct dev_ext_attribute *counter =
		container_of(attr, struct dev_ext_attribute, attr);
	enum xhb_count count = (unsigned long)counter->var;

	return sysfs_emit(buf, "%llu\n", xhb_sysfs_balloon->counts[count]);
}

#define XHB_COUNTER(_name, _count)				\
	static struct dev_ext_attribute xhb_attr_##_name = {	\
		__ATTR(_name, 0444, xhb_count_show, NULL),	\
		(void *)(_count)				\
	}

XHB_COUNTER(coalesced, XHB_COUNT_COALESCED);
XHB_COUNTER(collapsed, XHB_COUNT_COLLAPSED);
XHB_COUNTER(migrated, XHB_COUNT_MIGRATED);
XHB_COUNTER(split, XHB_COUNT_SPLIT);
XHB_COUNTER(healed, XHB_COUNT_HEALED);

/* A number that can be set; its limits stand beside the attribute. */
static ssize_t xhb_knob_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct dev_ext_attribute *file =
		container_of(attr, struct dev_ext_attribute, attr);
	unsigned int *value = xhb_knob_of(xhb_sysfs_balloon, file->var);

	return sysfs_emit(buf, "%u\n", READ_ONCE(*value));
}

static ssize_t xhb_knob_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	struct dev_ext_attribute *file =
		container_of(attr, struct dev_ext_attribute, attr);
	unsigned int value;
	int err = xhb_knob_parse(file->var, buf, &value);

	if (err)
		return err;
	WRITE_ONCE(*xhb_knob_of(xhb_sysfs_balloon, file->var), value);
	/* There may be something to do now that was not allowed before. */
	xhb_engine_kick(xhb_sysfs_balloon);
	return count;
}

#define XHB_KNOB_FILE(_name)					\
	static struct dev_ext_attribute xhb_attr_##_name = {	\
		__ATTR(_name, 0644, xhb_knob_show, xhb_knob_store), \
		&xhb_knob_##_name				\
	}

XHB_KNOB_FILE(enable_huge);
XHB_KNOB_FILE(coalesce);
XHB_KNOB_FILE(coalesce_interval_ms);
XHB_KNOB_FILE(coalesce_batch);
XHB_KNOB_FILE(heal_interval_ms);

static ssize_t heal_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	if (READ_ONCE(xhb_sysfs_balloon->heal_now))
		return sysfs_emit(buf, "now\n");
	return sysfs_emit(buf, "%u\n", READ_ONCE(xhb_sysfs_balloon->heal));
}

static ssize_t heal_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	struct xhb_balloon *b = xhb_sysfs_balloon;
	unsigned int value;
	int err;

	if (sysfs_streq(buf, "now"))
		return xhb_heal_now(b) ?: count;

	err = xhb_knob_parse(&xhb_knob_heal, buf, &value);
	if (!err && value)
		err = xhb_heal_check(b);
	if (err)
		return err;
	WRITE_ONCE(b->heal, value);
	/* Off means a pass that is under way, too. */
	if (!value)
		WRITE_ONCE(b->heal_now, false);
	xhb_heal_kick(b);
	return count;
}
static DEVICE_ATTR_RW(heal);

static ssize_t unmovable_kb_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	unsigned long blocks = xhb_blocks_unmovable(xhb_sysfs_balloon);

	return sysfs_emit(buf, "%lu\n",
			  xhb_pages_to_kb(blocks * XHB_HUGE_PAGES));
}
static DEVICE_ATTR_RO(unmovable_kb);

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
	&dev_attr_isolated_kb.attr,
	&dev_attr_move_method.attr,
	&dev_attr_foreign_used_kb.attr,
	&xhb_attr_coalesced.attr.attr,
	&xhb_attr_collapsed.attr.attr,
	&xhb_attr_migrated.attr.attr,
	&xhb_attr_split.attr.attr,
	&xhb_attr_healed.attr.attr,
	&dev_attr_unmovable_kb.attr,
	&xhb_attr_enable_huge.attr.attr,
	&xhb_attr_coalesce.attr.attr,
	&xhb_attr_coalesce_interval_ms.attr.attr,
	&xhb_attr_coalesce_batch.attr.attr,
	&dev_attr_heal.attr,
	&xhb_attr_heal_interval_ms.attr.attr,
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
