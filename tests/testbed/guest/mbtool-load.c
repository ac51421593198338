// SPDX-License-Identifier: GPL-2.0
/*
 * load MB STATUS_FILE [small]: keep MB of memory busy and know what must be in
 * it. "small" for 4K pages only: of a huge page that is given back in part
 * nothing is free at first.
 *
 * Each page carries its index, a generation and words computed from both, so
 * that a page that was lost, zeroed, or swapped with another is noticed. Pages
 * are checked and rewritten at random until a signal:
 *
 *   SIGUSR1	give a random half of the pages back to the kernel
 *   SIGTERM	check every page that is left, print the verdict, end
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "mbtool.h"

#define PAGE		4096
#define WORDS		(PAGE / sizeof(uint64_t))
/* pages checked between looks at the signals */
#define BATCH		256

static volatile sig_atomic_t halve, finish;

static uint64_t *memory;
static uint32_t *generation;	/* of each page; 0: given back */
static size_t pages;
static const char *status_file;

static void on_signal(int signal)
{
	if (signal == SIGUSR1)
		halve = 1;
	else
		finish = 1;
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 31;
	x *= 0x9e3779b97f4a7c15ull;
	return x ^ x >> 29;
}

static uint64_t random_number(void)
{
	static uint64_t state = 1;

	state += 0x9e3779b97f4a7c15ull;
	return mix(state);
}

static uint64_t pattern(size_t page, size_t word)
{
	return mix((uint64_t)page << 32 | generation[page]) + word;
}

static void fill(size_t page)
{
	uint64_t *p = memory + page * WORDS;
	size_t word;

	generation[page]++;
	for (word = 0; word < WORDS; word++)
		p[word] = pattern(page, word);
}

static bool intact(size_t page)
{
	const uint64_t *p = memory + page * WORDS;
	size_t word;

	for (word = 0; word < WORDS; word++) {
		if (p[word] == pattern(page, word))
			continue;
		printf("load: CORRUPT at page %zu word %zu generation %u: %016llx, not %016llx\n",
		       page, word, generation[page], (unsigned long long)p[word],
		       (unsigned long long)pattern(page, word));
		return false;
	}
	return true;
}

static size_t give_half_back(void)
{
	size_t page, left = 0;

	for (page = 0; page < pages; page++) {
		if (!generation[page])
			continue;
		if (random_number() & 1) {
			left++;
			continue;
		}
		madvise(memory + page * WORDS, PAGE, MADV_DONTNEED);
		generation[page] = 0;
	}
	return left;
}

/* Renamed into place, so that a reader never sees half of it. */
static void write_status(const char *what, size_t count)
{
	char new[256];
	FILE *f;

	snprintf(new, sizeof(new), "%s.new", status_file);
	f = fopen(new, "w");
	if (!f)
		return;
	fprintf(f, "%s pages=%zu\n", what, count);
	fclose(f);
	rename(new, status_file);
}

static bool check_some(void)
{
	const struct timespec pause = { 0, 1000000 };
	int i;

	for (i = 0; i < BATCH; i++) {
		size_t page = random_number() % pages;

		if (!generation[page])
			continue;
		if (!intact(page))
			return false;
		fill(page);
	}
	/* Other processes of a one CPU guest want to run too. */
	nanosleep(&pause, NULL);
	return true;
}

static bool check_all(void)
{
	size_t page, left = 0;

	for (page = 0; page < pages; page++) {
		if (!generation[page])
			continue;
		if (!intact(page))
			return false;
		left++;
	}
	printf("load: ok pages=%zu\n", left);
	return true;
}

static void *map(size_t length)
{
	void *p = mmap(NULL, length, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("load: mmap");
		exit(2);
	}
	return p;
}

int load(int argc, char **argv)
{
	bool ok = true;
	size_t page;

	if (argc < 3 || argc > 4)
		return 2;
	pages = strtoul(argv[1], NULL, 10) * (1024 * 1024 / PAGE);
	status_file = argv[2];
	memory = map(pages * PAGE);
	if (argc == 4 && madvise(memory, pages * PAGE, MADV_NOHUGEPAGE)) {
		perror("madvise");
		return 2;
	}
	generation = map(pages * sizeof(*generation));
	signal(SIGUSR1, on_signal);
	signal(SIGTERM, on_signal);

	for (page = 0; page < pages; page++)
		fill(page);
	write_status("filled", pages);
	while (ok && !finish) {
		if (halve) {
			halve = 0;
			write_status("halved", give_half_back());
		}
		ok = check_some();
	}
	if (ok)
		ok = check_all();
	/* The verdict is complete before the status says that there is one. */
	fflush(stdout);
	write_status(ok ? "ok" : "CORRUPT", pages);
	return !ok;
}
