// SPDX-License-Identifier: GPL-2.0
/*
 * write FILE TEXT: exactly one write(2) of TEXT, and its
 * error by name, which a shell does not tell.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mbtool.h"

int write_file(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_WRONLY);
	if (fd < 0 || write(fd, argv[2], strlen(argv[2])) < 0) {
		printf("%s\n", strerrorname_np(errno));
		return 1;
	}
	return 0;
}
