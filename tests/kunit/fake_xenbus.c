// SPDX-License-Identifier: GPL-2.0
/*
 * What stands for xenstore where the driver writes to it, or watches it.
 */
#include <linux/errno.h>
#include <linux/notifier.h>
#include <linux/string.h>
#include <xen/xenbus.h>

#include "fake_hv.h"
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

/* As the kernel does: called at once if xenstore is there. */
int fake_register_xenstore_notifier(struct notifier_block *nb)
{
	fake_xenbus.notifier = nb;
	if (!fake_xenbus.late)
		nb->notifier_call(nb, 0, NULL);
	return 0;
}

void fake_unregister_xenstore_notifier(struct notifier_block *nb)
{
	fake_xenbus.notifier = NULL;
}

/* A watch fires when it is registered, too. */
int fake_register_xenbus_watch(struct xenbus_watch *watch)
{
	if (fake_xenbus.refuses)
		return -ENOSPC;
	fake_xenbus.watch = watch;
	watch->callback(watch, watch->node, "");
	return 0;
}

void fake_unregister_xenbus_watch(struct xenbus_watch *watch)
{
	if (fake_xenbus.watch != watch)
		fake_hv_violate("a watch ends that there is not", 0);
	fake_xenbus.watch = NULL;
}
