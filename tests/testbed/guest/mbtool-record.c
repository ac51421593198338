// SPDX-License-Identifier: GPL-2.0
/*
 * record MS FILE: the guest's size every MS, as lines "microseconds KiB", from the
 * first that is written to FILE until it is ended.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "mbtool.h"

#define SIZE	"/sys/devices/system/xen_memory/xen_memory0/info/current_kb"

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int record(int argc, char **argv)
{
	struct timespec interval;
	long long start;
	FILE *out;
	int fd;

	if (argc != 3)
		return 2;
	interval.tv_sec = 0;
	interval.tv_nsec = strtol(argv[1], NULL, 10) * 1000000;
	out = fopen(argv[2], "w");
	fd = open(SIZE, O_RDONLY);
	if (!out || fd < 0) {
		perror(argv[0]);
		return 1;
	}
	setlinebuf(out);
	start = now_us();
	for (;;) {
		char text[32];
		ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

		if (n <= 0)
			return 1;
		text[n] = '\0';
		fprintf(out, "%lld %lu\n", now_us() - start, strtoul(text, NULL, 10));
		nanosleep(&interval, NULL);
	}
}
