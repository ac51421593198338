/* SPDX-License-Identifier: GPL-2.0 */
#ifndef XENBUS_H
#define XENBUS_H

#include <stddef.h>

/* Largest payload of a xenstore message, and with it of a request or reply. */
#define XENBUS_PAYLOAD_MAX	4096

enum xenbus_event {
	XENBUS_NO_EVENT,
	XENBUS_CHANGED,		/* something below a watched path has changed */
	XENBUS_REGISTERED,	/* a watched path itself; also after a restore */
};

int xenbus_open(void);
int xenbus_watch(const char *path);
int xenbus_read(const char *path, char *value, size_t size);
int xenbus_write(const char *path, const void *value, size_t length);
int xenbus_remove(const char *path);
int xenbus_list(const char *path, char *names, size_t size);
void xenbus_receive_event(void);
enum xenbus_event xenbus_take_event(void);

#endif
