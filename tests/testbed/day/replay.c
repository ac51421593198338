// SPDX-License-Identifier: GPL-2.0
/*
 * replay MB INTERVAL OLD: a guest of MB in which programs want what the lines of stdin
 * say, one a second: what they were promised, what they use, what the kernel uses, and
 * files in use and not, in MB. Its size is at once what is decided.
 *
 * It is decided as the driver does it, or, with OLD 1, as Linux up to 5.2 did: by what
 * was promised, and only when an interval is over.
 *
 * A line each INTERVAL seconds: the goal, the target, the size, and what is used, in MB;
 * at last how many MB the guest has not had, times hours; how often programs wanted more
 * than there was, and the most that was missing.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"
#include "xhb_pure.h"

#define MB(mb)		((unsigned long)(mb) << (20 - PAGE_SHIFT))
#define IN_MB(pages)	((double)(pages) / (1 << (20 - PAGE_SHIFT)))

/* What the kernel of such a guest does not manage, and keeps free of the rest. */
#define UNMANAGED_PART	40
#define RESERVE_PART	100

struct demand {
	unsigned long committed, anon, kernel, cache, idle;
};

struct guest {
	unsigned long all, unmanaged, reserve, size;
	unsigned long goal, target;
	struct xhb_self_state state;
	struct xhb_self_wishes wishes;
};

/* Promised memory that cannot be had, even without any file in the cache. */
static long missing(const struct guest *g, const struct demand *d)
{
	return (long)(g->unmanaged + d->kernel + d->anon + g->reserve) - (long)g->size;
}

static struct xhb_self_sample sample_of(const struct guest *g, const struct demand *d)
{
	long ram = g->size - g->unmanaged;
	long left = ram - (long)(d->kernel + d->anon);
	/* Files have to go when there is no room for them. */
	long files = max(min(left - (long)g->reserve, (long)(d->cache + d->idle)), 0);

	return (struct xhb_self_sample) {
		.size = g->size,
		.ram = ram,
		.ballooned = g->all - g->size,
		.committed = d->committed,
		.anon = d->anon,
		.kernel = d->kernel,
		.cache = d->cache,
		.reserve = g->reserve,
		.free = max(left - files, 0),
		.available = left - (long)g->reserve,
		.floor = xhb_floor_pages(g->all),
	};
}

static void decide(struct guest *g, const struct demand *d, bool step)
{
	struct xhb_self_sample sample = sample_of(g, d);

	g->goal = min(xhb_self_goal(&sample, &g->wishes), g->all);
	g->target = min(xhb_self_decide(&g->state, &sample, &g->wishes, step), g->all);
	g->size = g->target;
}

static void decide_old(struct guest *g, const struct demand *d)
{
	unsigned long least = g->reserve + xhb_usable_floor_pages(g->all - g->reserve);

	g->goal = d->committed + g->reserve + g->all / 10;
	g->goal = min(max(g->goal, least) + g->unmanaged, g->all);
	if (g->goal > g->size)
		g->target = g->size + (g->goal - g->size) / g->wishes.up;
	else
		g->target = g->size - (g->size - g->goal) / g->wishes.down;
	g->size = g->target;
}

static bool read_demand(struct demand *d)
{
	double promised, anon, kernel, cache, idle;

	if (scanf("%lf %lf %lf %lf %lf", &promised, &anon, &kernel, &cache, &idle) != 5)
		return false;
	*d = (struct demand) { MB(promised), MB(anon), MB(kernel), MB(cache), MB(idle) };
	return true;
}

int main(int argc, char **argv)
{
	unsigned long interval, second, late = 0;
	double saved = 0, most = 0;
	bool old, short_before = false;
	struct demand d;
	struct guest g;

	if (argc != 4)
		return 2;
	memset(&g, 0, sizeof(g));
	g.all = MB(strtoul(argv[1], NULL, 10));
	interval = strtoul(argv[2], NULL, 10);
	old = argv[3][0] == '1';
	g.unmanaged = g.all / UNMANAGED_PART;
	g.reserve = g.all / RESERVE_PART;
	g.wishes = (struct xhb_self_wishes) { .down = 8, .up = 1 };
	g.size = g.all;

	for (second = 0; read_demand(&d); second++) {
		long lacks = missing(&g, &d);

		if (lacks > 0) {
			late += !short_before;
			most = max(most, IN_MB(lacks));
		}
		short_before = lacks > 0;
		if (second % interval == 0) {
			if (old)
				decide_old(&g, &d);
			else
				decide(&g, &d, true);
			printf("%lu %.1f %.1f %.1f %.1f\n", second, IN_MB(g.goal),
			       IN_MB(g.target), IN_MB(g.size),
			       IN_MB(g.unmanaged + d.kernel + d.anon + d.cache));
		} else if (!old && sample_of(&g, &d).free < 2 * g.reserve) {
			/* kswapd looks for memory, and the shrinker hears of it. */
			decide(&g, &d, false);
		}
		saved += IN_MB(g.all - g.size) / 3600;
	}
	printf("saved %.0f late %lu missing %.0f\n", saved, late, most);
	return 0;
}
