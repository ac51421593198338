// SPDX-License-Identifier: GPL-2.0
/*
 * pin MB STATUS_FILE: take MB of memory in 4K pages and give all but every 8th back.
 * Those are pinned: a pipe has them, so the kernel can neither move them nor swap them
 * out. Say so, and when told to end, whether they are still what they were.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "mbtool.h"

#define PAGE	4096
#define EVERY	8

static void fill(char *page, size_t number)
{
	memset(page, 0, PAGE);
	snprintf(page, PAGE, "pinned %zu", number);
}

static int give_to_pipe(int pipe, char *memory, size_t pages)
{
	size_t number;

	for (number = 0; number < pages; number++) {
		struct iovec piece = { memory + number * EVERY * PAGE, PAGE };

		fill(piece.iov_base, number);
		madvise((char *)piece.iov_base + PAGE, (EVERY - 1) * PAGE, MADV_DONTNEED);
		if (vmsplice(pipe, &piece, 1, 0) != PAGE)
			return -1;
	}
	return 0;
}

/* Reads them all; how many are as they were. */
static size_t count_same(int pipe, size_t pages)
{
	static char found[PAGE], wanted[PAGE];
	size_t number, same = 0;

	for (number = 0; number < pages; number++) {
		if (read(pipe, found, PAGE) != PAGE)
			break;
		fill(wanted, number);
		same += !memcmp(found, wanted, PAGE);
	}
	return same;
}

int pin_memory(int argc, char **argv)
{
	size_t length, pages, same;
	sigset_t end;
	int pipes[2], signal;
	char *memory;

	if (argc != 3)
		return 2;
	length = strtoul(argv[1], NULL, 10) * 1024 * 1024;
	pages = length / PAGE / EVERY;
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, length, MADV_NOHUGEPAGE) ||
	    pipe(pipes) || fcntl(pipes[1], F_SETPIPE_SZ, pages * PAGE) < 0) {
		perror("pin");
		return 2;
	}
	/* Else the pages would be next to each other. */
	memset(memory, 1, length);
	if (give_to_pipe(pipes[1], memory, pages)) {
		perror("pin: vmsplice");
		return 2;
	}
	if (say(argv[2], "pinned\n"))
		return 2;

	sigwait(&end, &signal);
	same = count_same(pipes[0], pages);
	printf("pin: %zu of %zu pages are as they were\n", same, pages);
	return same != pages;
}
