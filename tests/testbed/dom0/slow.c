// SPDX-License-Identifier: GPL-2.0
/*
 * slow MIB_PER_S COUNT_FILE [BYTES|end]: copy stdin to stdout, no faster than that.
 * The file says how many bytes have passed. With BYTES it breaks off after so many,
 * with "end" when no more come, having kept the last of them.
 *
 * Sleeping and counting are dear on emulated CPUs, and a pipe brings a page or
 * two at a time: both are done only once in a while. What is not used of the rate
 * is lost, so that after a pause nothing is caught up, except for the moment that
 * a sleep may have lasted too long.
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MIB		(1024 * 1024)
#define NS_PER_S	1000000000LL
/* how far ahead of the rate the copy may be before it sleeps, or behind */
#define SLEEP_NS	(NS_PER_S / 50)
#define BEHIND_NS	(NS_PER_S / 5)
#define COUNT_EVERY	MIB
/* longer than a sender may pause, and less than anybody waits for the rest */
#define END_MS		6000

static char buffer[MIB], kept[MIB];
static size_t kept_length;

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

/* Passes on what was kept, and keeps this. */
static bool keep(size_t length)
{
	bool ok = write_all(kept, kept_length);

	memcpy(kept, buffer, length);
	kept_length = length;
	return ok;
}

static bool nothing_comes(void)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };

	return !poll(&in, 1, END_MS);
}

static int copy(long rate, int count_file, unsigned long long most, bool keeps)
{
	unsigned long long count = 0, counted = 0;
	long long due = 0, now;
	ssize_t n;

	do {
		if (count >= most || (keeps && nothing_comes()))
			return 3;
		n = read(0, buffer, sizeof(buffer));
		if (n < 0 || !(keeps ? keep(n) : write_all(buffer, n))) {
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
	unsigned long long most = ULLONG_MAX;
	bool keeps = argc == 4 && !strcmp(argv[3], "end");
	long rate;
	int fd;

	rate = argc == 3 || argc == 4 ? strtol(argv[1], NULL, 10) : 0;
	if (argc == 4 && !keeps)
		most = strtoull(argv[3], NULL, 10);
	if (rate <= 0 || !most) {
		fprintf(stderr, "usage: slow MIB_PER_S COUNT_FILE [BYTES|end]\n");
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
	return copy(rate, fd, most, keeps);
}
