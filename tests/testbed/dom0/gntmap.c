// SPDX-License-Identifier: GPL-2.0
/*
 * gntmap DOMID STATUS_FILE REF...: map pages that a guest has granted by
 * "mbtool share", and look whether each has its number in all of it: once at the
 * beginning, when "mapped" is written to STATUS_FILE, and once more on SIGTERM,
 * before they are unmapped and "ok" is written.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <xenctrl.h>
#include <xengnttab.h>

#define WORDS	(XC_PAGE_SIZE / sizeof(uint32_t))

static const char *status_file;

static void say(const char *what)
{
	FILE *status = fopen(status_file, "w");

	if (status) {
		fprintf(status, "%s\n", what);
		fclose(status);
	}
}

/* Has each page what the guest has put there? */
static int check(const uint32_t *words, unsigned int count)
{
	unsigned int i, page;

	for (page = 0; page < count; page++)
		for (i = 0; i < WORDS; i++)
			if (words[page * WORDS + i] != page)
				return 0;
	return 1;
}

int main(int argc, char **argv)
{
	unsigned int i, count = argc - 3;
	xengnttab_handle *xgt;
	uint32_t *refs;
	sigset_t set;
	void *map;
	int signal;

	if (argc < 4) {
		fprintf(stderr, "usage: gntmap DOMID STATUS_FILE REF...\n");
		return 2;
	}
	status_file = argv[2];
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	refs = calloc(count, sizeof(*refs));
	xgt = xengnttab_open(NULL, 0);
	if (!refs || !xgt) {
		say("cannot open");
		return 1;
	}
	for (i = 0; i < count; i++)
		refs[i] = strtoul(argv[3 + i], NULL, 10);
	map = xengnttab_map_domain_grant_refs(xgt, count, strtoul(argv[1], NULL, 10), refs,
					      PROT_READ | PROT_WRITE);
	if (!map) {
		say("cannot map");
		return 1;
	}
	say(check(map, count) ? "mapped" : "wrong content");
	sigwait(&set, &signal);
	say(check(map, count) && !xengnttab_unmap(xgt, map, count) ? "ok" : "wrong at the end");
	return 0;
}
