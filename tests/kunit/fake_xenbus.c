// SPDX-License-Identifier: GPL-2.0
/*
 * What stands for xenstore.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/xenbus.h>

#include "fake_hv.h"
#include "fake_xenbus.h"

struct fake_xenbus fake_xenbus;
const char *fake_xenstore_target;
const char *fake_xenstore_static_max;

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

static struct fake_node *fake_xenbus_find(const char *path)
{
	unsigned int i;

	for (i = 0; i < FAKE_NODES; i++)
		if (!strcmp(fake_xenbus.data[i].path, path))
			return &fake_xenbus.data[i];
	return NULL;
}

int fake_xenbus_write_text(const char *dir, const char *node, const char *text)
{
	struct fake_node *found;
	char path[FAKE_TEXT];

	if (!fake_xenbus.data_writable)
		return -EACCES;
	snprintf(path, sizeof(path), "%s/%s", dir, node);
	found = fake_xenbus_find(path) ?: fake_xenbus_find("");
	if (!found)
		return -ENOSPC;
	strscpy(found->path, path, sizeof(found->path));
	strscpy(found->text, text, sizeof(found->text));
	fake_xenbus.data_writes++;
	return 0;
}

/* What a node says, or NULL if it is not there. */
const char *fake_xenbus_data(const char *path)
{
	struct fake_node *found = fake_xenbus_find(path);

	return found ? found->text : NULL;
}

/* It goes with what is below it. */
static void fake_xenbus_rm_data(const char *dir, const char *node)
{
	char path[FAKE_TEXT];
	unsigned int i;

	snprintf(path, sizeof(path), "%s/%s", dir, node);
	for (i = 0; i < FAKE_NODES; i++)
		if (!strncmp(fake_xenbus.data[i].path, path, strlen(path)))
			fake_xenbus.data[i] = (struct fake_node) {};
}

int fake_xenbus_rm(const char *dir, const char *node)
{
	int *found = fake_xenbus_node(dir, node);

	if (!strncmp(dir, "data", 4)) {
		fake_xenbus_rm_data(dir, node);
		return 0;
	}
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

/* xenstore of a domain that has nothing but its target, and its maximum maybe. */
void *fake_xenbus_read(const char *dir, const char *node)
{
	const char *text = NULL;

	if (!strcmp(dir, "memory") && !strcmp(node, "target"))
		text = fake_xenstore_target;
	if (!strcmp(dir, "memory") && !strcmp(node, "static-max"))
		text = fake_xenstore_static_max;
	if (!text)
		return ERR_PTR(-ENOENT);
	return kstrdup(text, GFP_KERNEL) ?: ERR_PTR(-ENOMEM);
}
