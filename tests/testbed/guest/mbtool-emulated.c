// SPDX-License-Identifier: GPL-2.0
/*
 * emulated MB: have an emulated device write into memory of this process, and look
 * whether that is where it arrives. The device is the one that firmware gets the kernel
 * from; a string of bytes from its port is written by the device model, not by Xen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>

#include "mbtool.h"

#define PAGE		4096
/* Each access takes a millisecond and more in an emulated machine. */
#define STEP		(32 * PAGE)

#define SELECT_PORT	0x510
#define DATA_PORT	0x511
/* Four bytes, and zeros for ever after. */
#define SHORT_ITEM	0
#define LENGTH		8

static int arrives(volatile char *page)
{
	int i;

	for (i = 0; i < LENGTH; i++)
		page[i] = 1;
	insb(DATA_PORT, (void *)page, LENGTH);
	for (i = 0; i < LENGTH; i++)
		if (page[i])
			return 0;
	return 1;
}

int emulated(int argc, char **argv)
{
	unsigned long pages = 0, wrong = 0;
	size_t length, offset;
	char *memory;

	if (argc != 2)
		return 2;
	length = strtoul(argv[1], NULL, 10) * 1024 * 1024;
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (iopl(3) || memory == MAP_FAILED ||
	    madvise(memory, length, MADV_NOHUGEPAGE)) {
		perror("emulated");
		return 2;
	}
	for (offset = 0; offset < length; offset += PAGE)
		memory[offset] = 1;
	outw(SHORT_ITEM, SELECT_PORT);
	arrives(memory);
	for (offset = 0; offset < length; offset += STEP) {
		pages++;
		wrong += !arrives(memory + offset);
	}
	printf("pages=%lu wrong=%lu\n", pages, wrong);
	return wrong ? 1 : 0;
}
