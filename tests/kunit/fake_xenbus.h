/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directories control/ and data/ of the guest in xenstore, and who watches its
 * target.
 */
#ifndef XHB_TEST_FAKE_XENBUS_H
#define XHB_TEST_FAKE_XENBUS_H

#include <linux/types.h>

struct notifier_block;
struct xenbus_watch;
/* Nodes below data/, and the longest path or text. */
#define FAKE_NODES	8
#define FAKE_TEXT	96

/**
 * struct fake_node - a node below data/
 * @path: from data/ on, "" for none
 * @text: what it says
 */
struct fake_node {
	char path[FAKE_TEXT];
	char text[FAKE_TEXT];
};

/**
 * struct fake_xenbus - what the guest may write there, and what it has written
 * @writable: it may
 * @dom0: it is dom0, whose directory nobody looks at
 * @feature: control/feature-balloon, -1 if it is not there
 * @active: control/balloon-active, likewise
 * @writes: so far, of these two
 * @data_writable: it may write below data/
 * @data: what is there
 * @data_writes: so far
 * @late: xenstore is not there yet
 * @refuses: it refuses watches
 * @notifier: who waits for it
 * @watch: what is watched, NULL for nothing
 */
struct fake_xenbus {
	bool writable;
	bool dom0;
	int feature;
	int active;
	unsigned int writes;
	bool data_writable;
	struct fake_node data[FAKE_NODES];
	unsigned int data_writes;
	bool late;
	bool refuses;
	struct notifier_block *notifier;
	struct xenbus_watch *watch;
};

extern struct fake_xenbus fake_xenbus;

void fake_xenbus_init(void);
int fake_xenbus_write(const char *dir, const char *node, unsigned int value);
int fake_xenbus_write_text(const char *dir, const char *node, const char *text);
const char *fake_xenbus_data(const char *path);
int fake_xenbus_rm(const char *dir, const char *node);
int fake_register_xenstore_notifier(struct notifier_block *nb);
void fake_unregister_xenstore_notifier(struct notifier_block *nb);
int fake_register_xenbus_watch(struct xenbus_watch *watch);
void fake_unregister_xenbus_watch(struct xenbus_watch *watch);

#endif /* XHB_TEST_FAKE_XENBUS_H */
