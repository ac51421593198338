// SPDX-License-Identifier: GPL-2.0
/* mbtool: what tests do inside a guest and a shell cannot. */
#include <stdio.h>
#include <string.h>

#include "mbtool.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "settarget", settarget, "KB TIMEOUT_MS" },
	{ "await", await, "KB TIMEOUT_MS" },
	{ "quiet", quiet, "TIMEOUT_MS" },
	{ "write", write_file, "FILE TEXT" },
	{ "load", load, "MB STATUS_FILE [small]" },
	{ "scatter", scatter, "MB STATUS_FILE" },
	{ "cached", cached, "FILE" },
	{ "emulated", emulated, "MB" },
	{ "touch", touch, "MB STATUS_FILE" },
	{ "record", record, "MS FILE" },
	{ "pin", pin_memory, "MB STATUS_FILE" },
	{ "share", share, "DOMID COUNT STATUS_FILE" },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

int say(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file)) {
		perror(path);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (argc > 1 && !strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	for (i = 0; i < COMMANDS; i++)
		fprintf(stderr, "usage: mbtool %s %s\n", commands[i].name, commands[i].usage);
	return 2;
}
