// SPDX-License-Identifier: GPL-2.0
/*
 * slow MIB_PER_S COUNT_FILE: copy stdin to stdout, no faster than that. The file
 * says how many bytes have passed.
 *
 * Sleeping and counting are dear on emulated CPUs, and a pipe brings a page or
 * two at a time: both are done only once in a while. What is not used of the rate
 * is lost, so that after a pause nothing is caught up, except for the moment that
 * a sleep may have lasted too long.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MIB		(1024 * 1024)
#define NS_PER_S	1000000000LL
/* how far ahead of the rate the copy may be before it sleeps, or behind */
#define SLEEP_NS	(NS_PER_S / 50)
#define BEHIND_NS	(NS_PER_S / 5)
#define COUNT_EVERY	MIB

static char buffer[MIB];

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void sleep_until(long long ns)
{
	const struct timespec t = { ns / NS_PER_S, ns % NS_PER_S };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static bool write_all(const char *data, size_t length)
{
	ssize_t done;

	for (; length; data += done, length -= done) {
		done = write(1, data, length);
		if (done <= 0)
			return false;
	}
	return true;
}

/* Always as many digits, so that a reader never sees more than one number. */
static bool write_count(int fd, unsigned long long count)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%020llu\n", count);

	return pwrite(fd, text, length, 0) == length;
}

static int copy(long rate, int count_file)
{
	unsigned long long count = 0, counted = 0;
	long long due = 0, now;
	ssize_t n;

	do {
		n = read(0, buffer, sizeof(buffer));
		if (n < 0 || !write_all(buffer, n)) {
			perror("slow");
			return 1;
		}
		count += n;
		if (!n || count - counted >= COUNT_EVERY) {
			if (!write_count(count_file, count)) {
				perror("slow: count");
				return 1;
			}
			counted = count;
		}
		now = now_ns();
		if (due < now - BEHIND_NS)
			due = now - BEHIND_NS;
		due += n * NS_PER_S / MIB / rate;
		if (due > now + SLEEP_NS)
			sleep_until(due);
	} while (n);
	return 0;
}

int main(int argc, char **argv)
{
	long rate;
	int fd;

	rate = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
	if (rate <= 0) {
		fprintf(stderr, "usage: slow MIB_PER_S COUNT_FILE\n");
		return 2;
	}
	fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	/* Larger pipes save wakeups; what is no pipe stays as it is. */
	fcntl(0, F_SETPIPE_SZ, MIB);
	fcntl(1, F_SETPIPE_SZ, MIB);
	return copy(rate, fd);
}
