// SPDX-License-Identifier: GPL-2.0
/* cached FILE: how many pages of a file are in the page cache. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mbtool.h"

#define PAGE	4096

int cached(int argc, char **argv)
{
	size_t i, pages, count = 0;
	unsigned char *there;
	struct stat st;
	void *map;
	int fd;

	fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	if (fd < 0 || fstat(fd, &st) || !st.st_size) {
		perror(argv[0]);
		return 1;
	}
	pages = (st.st_size + PAGE - 1) / PAGE;
	there = malloc(pages);
	map = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (!there || map == MAP_FAILED || mincore(map, st.st_size, there)) {
		perror(argv[0]);
		return 1;
	}
	for (i = 0; i < pages; i++)
		count += there[i] & 1;
	printf("pages=%zu of=%zu\n", count, pages);
	return 0;
}
