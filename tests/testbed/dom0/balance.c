// SPDX-License-Identifier: GPL-2.0
/*
 * balance KIB DOMID...: ask each guest for KIB of its memory, or give it so much
 * if negative, all at once, and judge them as two toolstacks do that balance the
 * memory of a host. The rules are Qubes OS's (qmemman) and XAPI's (squeezed); both
 * judge a guest by nothing but its page count. Prints a line for each guest:
 *
 *   first_ms	until the first page moved
 *   still_ms	the longest time without a page while away from the target
 *   done_ms	until the target was met to the page
 *   beyond	pages that it went past the target at most
 *   start	qmemman, while another guest waits to be started: "dropped" by the
 *		first poll that finds it where it was
 *   balance	qmemman otherwise: "no_progress" or "slow" after five polls
 *   squeezed	"stuck" after 5 s without progress, "uncooperative" after 20 s away
 *		from the target
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xenctrl.h>

#include "domain.h"
#include "xenbus.h"

#define GUESTS_MAX	32
#define POLL_MS		100
#define DEADLINE_MS	60000
#define PAGE_KIB	4
#define MARGIN_KIB	1024		/* of the maximum above the target */
#define REACT_POLLS	5
#define REACT_PAGES	3200		/* 12.5 MiB */
#define SQUEEZED_MS	1000
#define STUCK_MS	5000
#define LATE_MS		20000

struct guest {
	unsigned int domid;
	long long target_kib;
	long pages;		/* when last seen */
	long start;
	long goal;
	long seen;		/* by squeezed's last poll that saw progress */
	int first_ms;
	int moved_ms;
	int still_ms;
	int done_ms;
	int progress_ms;
	long beyond;
	const char *when_starting;
	const char *when_balancing;
	const char *squeezed;
};

static struct guest guests[GUESTS_MAX];
static unsigned int count;
static xc_interface *xc;
static struct timespec begin;

static int elapsed_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - begin.tv_sec) * 1000 +
	       (now.tv_nsec - begin.tv_nsec) / 1000000;
}

static long pages_of(const struct guest *g)
{
	xc_domaininfo_t info;

	return domain_info(xc, g->domid, &info) ? (long)info.tot_pages : -1;
}

static int prepare(struct guest *g, const char *domid, long kib)
{
	char path[64], text[32] = "";

	g->domid = strtoul(domid, NULL, 10);
	snprintf(path, sizeof(path), "/local/domain/%u/memory/target", g->domid);
	if (xenbus_read(path, text, sizeof(text)) < 0)
		return -1;
	g->target_kib = atoll(text) - kib;
	g->start = pages_of(g);
	g->pages = g->start;
	g->seen = g->start;
	g->goal = g->start - kib / PAGE_KIB;
	g->first_ms = -1;
	g->done_ms = -1;
	g->when_starting = "kept";
	g->when_balancing = "ok";
	g->squeezed = "ok";
	return g->target_kib > 0 && g->start > 0 ? 0 : -1;
}

static int ask(const struct guest *g)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/local/domain/%u/memory/target", g->domid);
	snprintf(text, sizeof(text), "%lld", g->target_kib);
	if (xc_domain_setmaxmem(xc, g->domid, g->target_kib + MARGIN_KIB))
		return -1;
	return xenbus_write(path, text, strlen(text));
}

static void judge_as_qmemman(struct guest *g, unsigned int poll, bool moved)
{
	if (!moved)
		g->when_starting = "dropped";
	if (poll == REACT_POLLS && labs(g->pages - g->goal) > REACT_PAGES)
		g->when_balancing = g->pages == g->start ? "no_progress" : "slow";
}

static void judge_as_squeezed(struct guest *g, int now)
{
	if (g->pages != g->seen) {
		g->seen = g->pages;
		g->progress_ms = now;
	}
	if (now - g->progress_ms > STUCK_MS)
		g->squeezed = "stuck";
	if (now > LATE_MS)
		g->squeezed = "uncooperative";
}

/* Returns whether this guest is where it should be. */
static bool look(struct guest *g, unsigned int poll)
{
	int now = elapsed_ms();
	long pages = pages_of(g);
	bool moved = pages != g->pages;
	long beyond = g->goal < g->start ? g->goal - pages : pages - g->goal;

	g->pages = pages;
	if (beyond > g->beyond)
		g->beyond = beyond;
	if (moved) {
		if (g->first_ms < 0)
			g->first_ms = now;
		g->moved_ms = now;
	}
	if (g->done_ms >= 0)
		return pages == g->goal;
	if (now - g->moved_ms > g->still_ms)
		g->still_ms = now - g->moved_ms;
	if (pages == g->goal) {
		g->done_ms = now;
		return true;
	}
	judge_as_qmemman(g, poll, moved);
	if (poll % (SQUEEZED_MS / POLL_MS) == 0)
		judge_as_squeezed(g, now);
	return false;
}

static void wait_for_poll(unsigned int poll)
{
	struct timespec when = begin;

	when.tv_sec += poll * POLL_MS / 1000;
	when.tv_nsec += poll * POLL_MS % 1000 * 1000000L;
	if (when.tv_nsec >= 1000000000L) {
		when.tv_sec++;
		when.tv_nsec -= 1000000000L;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

static void balance(void)
{
	unsigned int poll, i;
	bool done = false;

	for (poll = 1; !done && elapsed_ms() < DEADLINE_MS; poll++) {
		wait_for_poll(poll);
		done = true;
		for (i = 0; i < count; i++)
			done &= look(&guests[i], poll);
	}
}

static void report(const struct guest *g)
{
	printf("domid=%u first_ms=%d still_ms=%d done_ms=%d beyond=%ld",
	       g->domid, g->first_ms, g->still_ms, g->done_ms, g->beyond);
	printf(" start=%s balance=%s squeezed=%s\n",
	       g->when_starting, g->when_balancing, g->squeezed);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc < 3 || argc > 2 + GUESTS_MAX) {
		fprintf(stderr, "usage: balance KIB DOMID...\n");
		return 2;
	}
	xc = xc_interface_open(NULL, NULL, 0);
	if (!xc || xenbus_open() < 0) {
		fprintf(stderr, "balance: no Xen\n");
		return 1;
	}
	count = argc - 2;
	for (i = 0; i < count; i++)
		if (prepare(&guests[i], argv[i + 2], atol(argv[1]))) {
			fprintf(stderr, "balance: no domain %s\n", argv[i + 2]);
			return 1;
		}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (i = 0; i < count; i++)
		if (ask(&guests[i])) {
			fprintf(stderr, "balance: cannot ask domain %u\n", guests[i].domid);
			return 1;
		}
	balance();
	for (i = 0; i < count; i++)
		report(&guests[i]);
	return 0;
}
