// SPDX-License-Identifier: GPL-2.0
/*
 * The files of the built-in driver that this one has to answer itself.
 *
 * target and target_kb, because the built-in ones take any text for a number,
 * and info/low_kb, because the balloon's pages are in our queues now. They are
 * exchanged for ours while the module is loaded; what they mean is the same.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "xhb_policy.h"
#include "xhb_pages.h"
#include "takeover/private.h"

/* Set before the files are exchanged, constant until they are restored. */
static struct xhb_balloon *xhb_files_balloon;

static ssize_t target_kb_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	unsigned long target = xhb_target_pages(xhb_files_balloon);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(target));
}

static ssize_t target_kb_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t count)
{
	unsigned long kb;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = kstrtoul(buf, 0, &kb);
	if (err)
		return err;
	/* More than bytes can express is more than target could show. */
	if (kb > ULONG_MAX / 1024)
		return -ERANGE;
	xhb_target_request(xhb_files_balloon, XHB_REQUESTER_HOST,
			   xhb_kb_to_pages(kb));
	return count;
}
static DEVICE_ATTR_RW(target_kb);

static ssize_t target_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	unsigned long target = xhb_target_pages(xhb_files_balloon);

	return sysfs_emit(buf, "%lu\n", target << PAGE_SHIFT);
}

/*
 * A number of bytes with a suffix from K to P, or none. memparse() does not
 * tell when a number overflows, so the number is parsed by itself.
 */
static int xhb_parse_bytes(const char *text, unsigned long long *bytes)
{
	static const char suffixes[] = "kmgtp";
	unsigned long long value;
	unsigned int shift = 0;
	const char *suffix;
	char copy[32];
	char *number;
	size_t len;
	int err;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return -EINVAL;
	number = strim(copy);
	len = strlen(number);
	if (!len)
		return -EINVAL;

	suffix = strchr(suffixes, tolower(number[len - 1]));
	if (suffix) {
		shift = 10 * (suffix - suffixes + 1);
		number[len - 1] = '\0';
	}
	err = kstrtoull(number, 0, &value);
	if (err)
		return err;
	if (value > ULLONG_MAX >> shift)
		return -ERANGE;
	*bytes = value << shift;
	return 0;
}

static ssize_t target_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	unsigned long long bytes;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = xhb_parse_bytes(buf, &bytes);
	if (err)
		return err;
	xhb_target_request(xhb_files_balloon, XHB_REQUESTER_HOST,
			   bytes >> PAGE_SHIFT);
	return count;
}
static DEVICE_ATTR_RW(target);

static ssize_t low_kb_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	unsigned long pages = xhb_ballooned_pages(xhb_files_balloon) +
			      xhb_foreign_idle(xhb_files_balloon);

	return sysfs_emit(buf, "%lu\n", xhb_pages_to_kb(pages));
}
static DEVICE_ATTR_RO(low_kb);

static const struct attribute * const xhb_own_files[XHB_FILE_COUNT] = {
	[XHB_FILE_TARGET] = &dev_attr_target.attr,
	[XHB_FILE_TARGET_KB] = &dev_attr_target_kb.attr,
	[XHB_FILE_LOW_KB] = &dev_attr_low_kb.attr,
};

/* Either may be NULL for no file. */
static int xhb_swap_file(struct kobject *kobj, enum xhb_file file,
			 const struct attribute *from,
			const struct attribute *to)
{
	const char *group = xhb_file_groups[file];
	int err;

	if (from)
		sysfs_remove_file_from_group(kobj, from, group);
	if (!to)
		return 0;
	err = sysfs_add_file_to_group(kobj, to, group);
	if (err)
		pr_warn("no file %s in xen_memory0 (error %d); 'xl mem-set' still works\n",
			to->name, err);
	return err;
}

static void xhb_restore_first(const struct xhb_builtin *builtin,
			      unsigned int count)
{
	while (count--)
		xhb_swap_file(builtin->kobj, count, xhb_own_files[count],
			      builtin->files[count]);
}

/**
 * xhb_sysfs_replace() - answer some of the built-in driver's files
 * @b: the balloon they show
 * @builtin: found
 *
 * Context: may sleep.
 * Return: 0, or, after saying so, an error of sysfs with the built-in files in
 * place again.
 */
int xhb_sysfs_replace(struct xhb_balloon *b,
		      const struct xhb_builtin *builtin)
{
	unsigned int i;
	int err;

	xhb_files_balloon = b;
	for (i = 0; i < XHB_FILE_COUNT; i++) {
		err = xhb_swap_file(builtin->kobj, i, builtin->files[i],
				    xhb_own_files[i]);
		if (err) {
			xhb_restore_first(builtin, i + 1);
			return err;
		}
	}
	return 0;
}

/**
 * xhb_sysfs_restore() - let the built-in driver answer its files again
 * @builtin: found
 *
 * Waits for reads and writes in progress. A file for which there is no memory
 * is missing afterwards, and the log says so.
 *
 * Context: may sleep.
 */
void xhb_sysfs_restore(const struct xhb_builtin *builtin)
{
	xhb_restore_first(builtin, XHB_FILE_COUNT);
}
