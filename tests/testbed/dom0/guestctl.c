// SPDX-License-Identifier: GPL-2.0
/*
 * dom0's end of the channel to a guest's agent (see ../guest/agent.c).
 *
 *   guestctl DOMID wait SECONDS		until the agent listens
 *   guestctl DOMID run SECONDS COMMAND		its output and exit status
 *   guestctl DOMID push SECONDS SOURCE TARGET	a file
 *
 * Never waits beyond the deadline, nor for a guest that has died. Exit status
 * 250 and above is guestctl's own: see enum failure.
 */
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xenctrl.h>

#include "domain.h"
#include "xenbus.h"

enum failure {
	TIMED_OUT = 250,
	GUEST_DEAD = 251,
	BROKEN = 252,
};

/* A xenstore message holds 4096 bytes, and the node's path is among them. */
#define CHUNK_MAX	3500
#define PATH_LENGTH	128
#define ID_MAX		32

static uint32_t domid;
static struct timespec deadline;
static xc_interface *xc;
static int xenbus;

static void __attribute__((noreturn, format(printf, 2, 3)))
fail(enum failure status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "guestctl: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(status);
}

static int milliseconds_left(void)
{
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (deadline.tv_sec - now.tv_sec) * 1000 +
	     (deadline.tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? ms : 0;
}

static bool guest_alive(void)
{
	xc_domaininfo_t info;

	return domain_info(xc, domid, &info) &&
	       !(info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown));
}

static void watch(const char *path)
{
	int error = xenbus_watch(path);

	if (error)
		fail(BROKEN, "no news of %s: %s", path, strerror(-error));
}

/* Until something watched has changed. False at the deadline. */
static bool wait_for_change(void)
{
	struct pollfd p = { xenbus, POLLIN, 0 };

	if (!guest_alive())
		fail(GUEST_DEAD, "domain %u is dead", domid);
	while (!xenbus_take_event()) {
		if (poll(&p, 1, milliseconds_left()) != 1)
			return false;
		xenbus_receive_event();
	}
	return true;
}

static void send_command(const char *id, const void *data, unsigned int length)
{
	char path[PATH_LENGTH];
	int error;

	snprintf(path, sizeof(path), "/local/domain/%u/data/mb/cmd/%s", domid, id);
	error = xenbus_write(path, data, length);
	if (error)
		fail(BROKEN, "cannot write %s: %s", path, strerror(-error));
}

/* Copies the command's output to ours; its exit status, or -1 at the deadline. */
static int collect(const char *id)
{
	static char piece[XENBUS_PAYLOAD_MAX + 1];
	char path[PATH_LENGTH];
	int number, length;

	for (number = 0;; number++) {
		snprintf(path, sizeof(path), "/local/domain/%u/data/mb/out/%s/%d",
			 domid, id, number);
		while ((length = xenbus_read(path, piece, sizeof(piece))) < 0)
			if (!wait_for_change())
				return -1;
		if (piece[0] == 'x')
			break;
		xenbus_remove(path);
		if (write(piece[0] == 'e' ? 2 : 1, piece + 1, length - 1) < 0)
			fail(BROKEN, "cannot write the output");
	}
	snprintf(path, sizeof(path), "/local/domain/%u/data/mb/out/%s", domid, id);
	xenbus_remove(path);
	return atoi(piece + 1);
}

static void choose_id(char *id, size_t size)
{
	/* xenstored takes letters, digits and "-/_@" in names */
	snprintf(id, size, "%d-%lx", getpid(), (unsigned long)deadline.tv_sec);
}

static int execute(const char *id, char operation, const char *argument)
{
	static char message[1 + CHUNK_MAX];
	char killer[ID_MAX + 1], killer_id[ID_MAX + 1];
	size_t length = strlen(argument);
	char path[PATH_LENGTH];
	int status;

	if (length > CHUNK_MAX)
		fail(BROKEN, "command is longer than %d bytes", CHUNK_MAX);
	message[0] = operation;
	memcpy(message + 1, argument, length);

	snprintf(path, sizeof(path), "/local/domain/%u/data/mb/out/%s", domid, id);
	watch(path);
	send_command(id, message, 1 + length);
	status = collect(id);
	if (status >= 0)
		return status;

	snprintf(killer, sizeof(killer), "k%s", id);
	snprintf(killer_id, sizeof(killer_id), "%sk", id);
	send_command(killer_id, killer, strlen(killer));
	fail(TIMED_OUT, "domain %u: no end of the command before the deadline", domid);
}

static int run(const char *command)
{
	char id[ID_MAX];

	choose_id(id, sizeof(id));
	return execute(id, 'r', command);
}

/* The file's pieces wait in xenstore, where the agent fetches them from. */
static int push(const char *source, const char *target)
{
	char chunk[CHUNK_MAX], path[PATH_LENGTH], id[ID_MAX];
	int number, status, error;
	size_t n;
	FILE *f;

	f = fopen(source, "r");
	if (!f)
		fail(BROKEN, "cannot open %s", source);
	choose_id(id, sizeof(id));
	for (number = 0; (n = fread(chunk, 1, sizeof(chunk), f)); number++) {
		snprintf(path, sizeof(path), "/local/domain/%u/data/mb/file/%s/%d",
			 domid, id, number);
		error = xenbus_write(path, chunk, n);
		if (error)
			fail(BROKEN, "cannot write %s: %s", path, strerror(-error));
	}
	fclose(f);
	status = execute(id, 'f', target);
	snprintf(path, sizeof(path), "/local/domain/%u/data/mb/file/%s", domid, id);
	xenbus_remove(path);
	return status;
}

static int wait_ready(void)
{
	char path[PATH_LENGTH];
	char value[4];

	snprintf(path, sizeof(path), "/local/domain/%u/data/mb/ready", domid);
	watch(path);
	while (xenbus_read(path, value, sizeof(value)) < 0)
		if (!wait_for_change())
			fail(TIMED_OUT, "domain %u: no sign of its agent", domid);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		goto usage;
	domid = strtoul(argv[1], NULL, 10);
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += strtoul(argv[3], NULL, 10);

	xenbus = xenbus_open();
	xc = xc_interface_open(NULL, NULL, 0);
	if (xenbus < 0 || !xc)
		fail(BROKEN, "no xenstore or no hypervisor");
	watch("@releaseDomain");

	if (argc == 4 && !strcmp(argv[2], "wait"))
		return wait_ready();
	if (argc == 5 && !strcmp(argv[2], "run"))
		return run(argv[4]);
	if (argc == 6 && !strcmp(argv[2], "push"))
		return push(argv[4], argv[5]);
usage:
	fprintf(stderr, "usage: guestctl DOMID wait SECONDS\n"
		"       guestctl DOMID run SECONDS COMMAND\n"
		"       guestctl DOMID push SECONDS SOURCE TARGET\n");
	return 2;
}
