// SPDX-License-Identifier: GPL-2.0
/*
 * touches MB SECONDS huge|small: read random words of MB of memory, each known only when
 * the one before has come, and say how many that were and how long it took. In huge pages
 * of the guest, if there are, or in 4K pages.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define PAGE	4096
#define ROUND	1000000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	uint64_t x = 88172645463325252ull, count = 0;
	size_t i, length, words;
	double begin, seconds;
	uint64_t *memory;

	if (argc != 4) {
		fprintf(stderr, "usage: touches MB SECONDS huge|small\n");
		return 2;
	}
	length = strtoul(argv[1], NULL, 10) << 20;
	words = length / sizeof(*memory);
	seconds = strtod(argv[2], NULL);
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("touches");
		return 1;
	}
	/* A kernel without huge pages has small ones for all. */
	madvise(memory, length, strcmp(argv[3], "huge") ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	for (i = 0; i < words; i += PAGE / sizeof(*memory))
		memory[i] = i & 1;	/* 0, but the compiler is not to know */

	for (begin = now(); now() - begin < seconds; count += ROUND) {
		for (i = 0; i < ROUND; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			x += memory[(__uint128_t)x * words >> 64];
		}
	}
	printf("touches=%llu seconds=%.6f last=%llu\n", (unsigned long long)count,
	       now() - begin, (unsigned long long)x);
	return 0;
}
