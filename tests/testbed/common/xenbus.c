// SPDX-License-Identifier: GPL-2.0
/*
 * The few xenstore requests that both ends of the channel between dom0 and a
 * guest need, spoken directly over /dev/xen/xenbus: libxenstore would allocate
 * memory and start a thread, which a guest that a test has driven short of
 * memory may not be able to afford.
 *
 * Watch events only say "look again", so those that arrive while a reply is
 * awaited are merely remembered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include "xenbus.h"

static int fd = -1;
static enum xenbus_event event_seen;
static char reply[XENBUS_PAYLOAD_MAX];

int xenbus_open(void)
{
	fd = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);
	return fd;
}

static int read_all(void *data, size_t length)
{
	char *p = data;

	while (length) {
		ssize_t n = read(fd, p, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EIO;
		p += n;
		length -= n;
	}
	return 0;
}

/* Receive one message into reply[]. */
static int receive(struct xsd_sockmsg *header)
{
	if (read_all(header, sizeof(*header)) || header->len > sizeof(reply))
		return -EIO;
	return read_all(reply, header->len);
}

static void note_event(void)
{
	/* The payload is the path that changed, then the token. */
	if (!strcmp(reply, reply + strlen(reply) + 1))
		event_seen = XENBUS_REGISTERED;
	else if (event_seen == XENBUS_NO_EVENT)
		event_seen = XENBUS_CHANGED;
}

static int error_number(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++)
		if (!strcmp(xsd_errors[i].errstring, name))
			return xsd_errors[i].errnum;
	return EIO;
}

/* Returns the length of the reply in reply[], or a negative errno. */
static int request(uint32_t type, const char *path, const void *data, size_t length)
{
	static char message[sizeof(struct xsd_sockmsg) + XENBUS_PAYLOAD_MAX];
	size_t name = strlen(path) + 1;
	struct xsd_sockmsg header = { .type = type, .len = name + length };
	int error;

	if (name + length > XENBUS_PAYLOAD_MAX)
		return -E2BIG;
	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), path, name);
	memcpy(message + sizeof(header) + name, data, length);
	/* One write: the errors of later ones of a writev() would get lost. */
	if (write(fd, message, sizeof(header) + name + length) < 0)
		return -errno;
	do {
		error = receive(&header);
		if (error)
			return error;
		if (header.type == XS_WATCH_EVENT)
			note_event();
	} while (header.type == XS_WATCH_EVENT);

	if (header.type == XS_ERROR)
		return -error_number(reply);
	return header.len;
}

static int copy_reply(int length, char *value, size_t size)
{
	if (length < 0)
		return length;
	if ((size_t)length >= size)
		return -ENOSPC;
	memcpy(value, reply, length);
	value[length] = '\0';
	return length;
}

/* The path is the token too. */
int xenbus_watch(const char *path)
{
	int error = request(XS_WATCH, path, path, strlen(path) + 1);

	return error < 0 ? error : 0;
}

int xenbus_read(const char *path, char *value, size_t size)
{
	return copy_reply(request(XS_READ, path, "", 0), value, size);
}

int xenbus_write(const char *path, const void *value, size_t length)
{
	int error = request(XS_WRITE, path, value, length);

	return error < 0 ? error : 0;
}

int xenbus_remove(const char *path)
{
	int error = request(XS_RM, path, "", 0);

	return error < 0 ? error : 0;
}

/* The names of path's children, each ended by NUL; returns their total length. */
int xenbus_list(const char *path, char *names, size_t size)
{
	return copy_reply(request(XS_DIRECTORY, path, "", 0), names, size);
}

/* To be called when the device is readable and no reply is awaited. */
void xenbus_receive_event(void)
{
	struct xsd_sockmsg header;

	if (!receive(&header) && header.type == XS_WATCH_EVENT)
		note_event();
}

/* What has happened since the last call. */
enum xenbus_event xenbus_take_event(void)
{
	enum xenbus_event seen = event_seen;

	event_seen = XENBUS_NO_EVENT;
	return seen;
}
