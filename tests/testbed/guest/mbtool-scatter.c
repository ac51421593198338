// SPDX-License-Identifier: GPL-2.0
/*
 * scatter MB STATUS_FILE: take MB of memory in 4K pages, give every second one
 * back, say so, and hold the others until killed. What is allocated next fills
 * the gaps, and stands alone when the holder is gone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mbtool.h"

#define PAGE	4096

int scatter(int argc, char **argv)
{
	size_t length, offset;
	char *memory;

	if (argc != 3)
		return 2;
	length = strtoul(argv[1], NULL, 10) * 1024 * 1024;
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, length, MADV_NOHUGEPAGE)) {
		perror("scatter");
		return 2;
	}
	for (offset = 0; offset < length; offset += PAGE)
		memory[offset] = 1;
	for (offset = 0; offset < length; offset += 2 * PAGE)
		madvise(memory + offset, PAGE, MADV_DONTNEED);

	if (say(argv[2], "scattered\n"))
		return 2;
	pause();
	return 0;
}
