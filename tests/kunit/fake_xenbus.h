/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory control/ of the guest in xenstore.
 */
#ifndef XHB_TEST_FAKE_XENBUS_H
#define XHB_TEST_FAKE_XENBUS_H

#include <linux/types.h>

/**
 * struct fake_xenbus - what the guest may write there, and what it has written
 * @writable: it may
 * @dom0: it is dom0, whose directory nobody looks at
 * @feature: control/feature-balloon, -1 if it is not there
 * @active: control/balloon-active, likewise
 * @writes: so far
 */
struct fake_xenbus {
	bool writable;
	bool dom0;
	int feature;
	int active;
	unsigned int writes;
};

extern struct fake_xenbus fake_xenbus;

void fake_xenbus_init(void);
int fake_xenbus_write(const char *dir, const char *node, unsigned int value);
int fake_xenbus_rm(const char *dir, const char *node);

#endif /* XHB_TEST_FAKE_XENBUS_H */
