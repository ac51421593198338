// SPDX-License-Identifier: GPL-2.0
/*
 * share DOMID COUNT STATUS_FILE: grant pages to a domain, each with its number in
 * all of it, and write their grant references into STATUS_FILE. Ends when killed.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xen/gntalloc.h>

#include "mbtool.h"

#define PAGE	4096
#define WORDS	(PAGE / sizeof(uint32_t))

static void number(uint32_t *words, unsigned int count)
{
	unsigned int i, page;

	for (page = 0; page < count; page++)
		for (i = 0; i < WORDS; i++)
			words[page * WORDS + i] = page;
}

int share(int argc, char **argv)
{
	struct ioctl_gntalloc_alloc_gref *op;
	unsigned int i, count;
	FILE *status;
	char *map;
	int fd;

	if (argc != 4)
		return 2;
	count = strtoul(argv[2], NULL, 10);
	op = calloc(1, sizeof(*op) + count * sizeof(op->gref_ids[0]));
	fd = open("/dev/xen/gntalloc", O_RDWR);
	if (!op || fd < 0) {
		perror("gntalloc");
		return 1;
	}
	op->domid = strtoul(argv[1], NULL, 10);
	op->flags = GNTALLOC_FLAG_WRITABLE;
	op->count = count;
	if (ioctl(fd, IOCTL_GNTALLOC_ALLOC_GREF, op)) {
		perror("gntalloc: allocate");
		return 1;
	}
	map = mmap(NULL, (size_t)count * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   op->index);
	if (map == MAP_FAILED) {
		perror("gntalloc: map");
		return 1;
	}
	number((uint32_t *)map, count);
	status = fopen(argv[3], "w");
	if (!status)
		return 1;
	for (i = 0; i < count; i++)
		fprintf(status, "%u%c", op->gref_ids[i], i + 1 < count ? ' ' : '\n');
	fclose(status);
	pause();
	return 0;
}
