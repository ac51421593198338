// SPDX-License-Identifier: GPL-2.0
/*
 * settarget KB TIMEOUT_MS: set the balloon's target and measure how long it
 * takes to be reached. Inside the guest, because the way to it takes longer
 * than what is measured.
 *
 * await KB TIMEOUT_MS: the same for a target that somebody else has set.
 *
 * quiet TIMEOUT_MS: wait until current has not changed for a while.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mbtool.h"

#define XEN_MEMORY	"/sys/devices/system/xen_memory/xen_memory0/"
/*
 * Each look costs the one CPU that also does the work, so there are few: the next one is
 * half-way to where the target will be reached if it goes on like this, or a tenth of
 * the time later as long as nothing has moved. But it may become faster, so none is later
 * than a fourth of the time, where that is between 10 and 100 ms.
 */
#define POLL_NS		10000000
#define POLL_LEAST_NS	200000
#define POLL_MOST_NS	100000000
#define POLL_OF_ELAPSED	10
#define POLL_OF_LEFT	2
#define POLL_MOST	4

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static unsigned long read_number(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strtoul(text, NULL, 10);
}

static int open_file(const char *name, int flags)
{
	int fd = open(name, flags);

	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(2);
	}
	return fd;
}

static long long clamp(long long number, long long least, long long most)
{
	return number < least ? least : number > most ? most : number;
}

static long pause_ns(long long elapsed_us, unsigned long moved, unsigned long left)
{
	long long ns = elapsed_us * 1000 / POLL_OF_ELAPSED;

	if (moved)
		ns = elapsed_us * 1000 / POLL_OF_LEFT * left / moved;
	return clamp(ns, POLL_LEAST_NS,
		     clamp(elapsed_us * 1000 / POLL_MOST, POLL_NS, POLL_MOST_NS));
}

static unsigned long distance(unsigned long a, unsigned long b)
{
	return a > b ? a - b : b - a;
}

static int await_current(unsigned long wanted, long long start, long long timeout)
{
	int info = open_file(XEN_MEMORY "info/current_kb", O_RDONLY);
	unsigned long current, first = read_number(info);
	struct timespec interval = {};
	long long elapsed;

	for (;;) {
		current = read_number(info);
		elapsed = now_us() - start;
		if (current == wanted || elapsed >= timeout)
			break;
		interval.tv_nsec = pause_ns(elapsed, distance(first, current),
					    distance(current, wanted));
		nanosleep(&interval, NULL);
	}
	printf("us=%lld current_kb=%lu\n", elapsed, current);
	return current != wanted;
}

int settarget(int argc, char **argv)
{
	long long start;
	int target;

	if (argc != 3)
		return 2;
	target = open_file(XEN_MEMORY "target_kb", O_WRONLY);
	start = now_us();
	if (write(target, argv[1], strlen(argv[1])) < 0) {
		fprintf(stderr, "target_kb: %s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	return await_current(strtoul(argv[1], NULL, 10), start,
			     strtoull(argv[2], NULL, 10) * 1000);
}

int await(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	return await_current(strtoul(argv[1], NULL, 10), now_us(),
			     strtoull(argv[2], NULL, 10) * 1000);
}

/*
 * A driver that does not tell what it does may only pause, unless it has reached the
 * target. One that does is believed.
 */
#define QUIET_US	500000
#define QUIET_SHORT_US	150000

static int says_moving(void)
{
	FILE *status = fopen(XEN_MEMORY "hugeballoon/status", "r");
	char line[128];
	int found = 0;

	if (!status)
		return -1;
	while (!found && fgets(line, sizeof(line), status))
		found = !strcmp(line, "state: moving\n");
	fclose(status);
	return found;
}

static int is_quiet(int target, unsigned long current, long long unchanged)
{
	int moving;

	if (unchanged < QUIET_SHORT_US)
		return 0;
	moving = says_moving();
	if (moving < 0 && read_number(target) != current)
		return unchanged >= QUIET_US;
	return moving != 1;
}

int quiet(int argc, char **argv)
{
	const struct timespec interval = { 0, POLL_NS };
	int info = open_file(XEN_MEMORY "info/current_kb", O_RDONLY);
	int target = open_file(XEN_MEMORY "target_kb", O_RDONLY);
	long long start = now_us(), since = start;
	unsigned long last, current;
	long long timeout;

	if (argc != 2)
		return 2;
	timeout = strtoull(argv[1], NULL, 10) * 1000;
	last = read_number(info);
	while (!is_quiet(target, last, now_us() - since)) {
		if (now_us() - start >= timeout)
			return 1;
		nanosleep(&interval, NULL);
		current = read_number(info);
		if (current != last)
			since = now_us();
		last = current;
	}
	printf("%lu\n", last);
	return 0;
}
