// SPDX-License-Identifier: GPL-2.0
/*
 * touch MB STATUS_FILE: write to random words of MB of memory and time each
 * write, until SIGTERM. With each SIGUSR1 the status file says what the writes
 * since the last one took, and how many they were.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "mbtool.h"

#define PAGE	4096
/* Microseconds; what takes longer is counted with the last. */
#define SLOTS	1000000

static volatile sig_atomic_t report, finish;

static void on_signal(int signal)
{
	if (signal == SIGUSR1)
		report = 1;
	else
		finish = 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t random_number(void)
{
	static uint64_t x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* So many of @count were not slower than what is returned. */
static unsigned long slot_of(const uint32_t *slots, uint64_t count)
{
	unsigned long slot = 0;

	while (slot < SLOTS - 1 && count > slots[slot])
		count -= slots[slot++];
	return slot;
}

static bool write_report(const char *path, const uint32_t *slots, uint64_t count,
			 uint64_t slowest_ns, uint64_t elapsed_ns)
{
	char new[256];
	FILE *f;

	snprintf(new, sizeof(new), "%s.new", path);
	f = fopen(new, "w");
	if (!f)
		return false;
	fprintf(f, "writes=%llu elapsed_us=%llu p999_us=%lu p99999_us=%lu slowest_us=%llu\n",
		(unsigned long long)count, (unsigned long long)elapsed_ns / 1000,
		slot_of(slots, count - count / 1000),
		slot_of(slots, count - count / 100000),
		(unsigned long long)slowest_ns / 1000);
	fclose(f);
	return !rename(new, path);
}

int touch(int argc, char **argv)
{
	uint64_t begin, end, took, slowest = 0, count = 0, since;
	size_t length, i, words;
	uint64_t *memory;
	uint32_t *slots;

	if (argc != 3)
		return 2;
	length = strtoul(argv[1], NULL, 10) * 1024 * 1024;
	words = length / sizeof(*memory);
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	slots = calloc(SLOTS, sizeof(*slots));
	if (memory == MAP_FAILED || !slots) {
		perror("touch");
		return 2;
	}
	for (i = 0; i < words; i += PAGE / sizeof(*memory))
		memory[i] = i;
	/* All of it, or the kernel would provide it while times are taken. */
	memset(slots, 0, SLOTS * sizeof(*slots));
	signal(SIGUSR1, on_signal);
	signal(SIGTERM, on_signal);

	since = now_ns();
	if (!write_report(argv[2], slots, 0, 0, 0))
		return 2;
	for (begin = since; !finish; begin = end) {
		memory[random_number() % words]++;
		end = now_ns();
		took = end - begin;
		if (took > slowest)
			slowest = took;
		took /= 1000;
		slots[took < SLOTS ? took : SLOTS - 1]++;
		count++;
		if (!report)
			continue;
		report = 0;
		write_report(argv[2], slots, count, slowest, end - since);
		memset(slots, 0, SLOTS * sizeof(*slots));
		slowest = 0;
		count = 0;
		end = now_ns();
		since = end;
	}
	return 0;
}
