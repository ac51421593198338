// SPDX-License-Identifier: GPL-2.0
/*
 * What stands for xenstore where the driver writes to it.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "fake_xenbus.h"

struct fake_xenbus fake_xenbus;

/* As xl makes it: the guest may not write. */
void fake_xenbus_init(void)
{
	fake_xenbus = (struct fake_xenbus) { .feature = -1, .active = -1 };
}

static int *fake_xenbus_node(const char *dir, const char *node)
{
	if (!fake_xenbus.writable || strcmp(dir, "control"))
		return NULL;
	if (!strcmp(node, "feature-balloon"))
		return &fake_xenbus.feature;
	return strcmp(node, "balloon-active") ? NULL : &fake_xenbus.active;
}

int fake_xenbus_write(const char *dir, const char *node, unsigned int value)
{
	int *found = fake_xenbus_node(dir, node);

	if (!found)
		return -EACCES;
	*found = value;
	fake_xenbus.writes++;
	return 0;
}

int fake_xenbus_rm(const char *dir, const char *node)
{
	int *found = fake_xenbus_node(dir, node);

	if (!found)
		return -EACCES;
	*found = -1;
	return 0;
}
