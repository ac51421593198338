/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory control/ of the guest in xenstore, and who watches its target.
 */
#ifndef XHB_TEST_FAKE_XENBUS_H
#define XHB_TEST_FAKE_XENBUS_H

#include <linux/types.h>

struct notifier_block;
struct xenbus_watch;

/**
 * struct fake_xenbus - what the guest may write there, and what it has written
 * @writable: it may
 * @dom0: it is dom0, whose directory nobody looks at
 * @feature: control/feature-balloon, -1 if it is not there
 * @active: control/balloon-active, likewise
 * @writes: so far
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
	bool late;
	bool refuses;
	struct notifier_block *notifier;
	struct xenbus_watch *watch;
};

extern struct fake_xenbus fake_xenbus;

void fake_xenbus_init(void);
int fake_xenbus_write(const char *dir, const char *node, unsigned int value);
int fake_xenbus_rm(const char *dir, const char *node);
int fake_register_xenstore_notifier(struct notifier_block *nb);
void fake_unregister_xenstore_notifier(struct notifier_block *nb);
int fake_register_xenbus_watch(struct xenbus_watch *watch);
void fake_unregister_xenbus_watch(struct xenbus_watch *watch);

#endif /* XHB_TEST_FAKE_XENBUS_H */
