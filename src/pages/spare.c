// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest can spare, whatever for.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/vmstat.h>

#include "xhb_pages.h"
#include "xhb_pure.h"

/* Beside half of the floor, this much has to stay free when memory is moved. */
#define XHB_MOVE_RESERVE	(4 * XHB_HUGE_PAGES)

/**
 * xhb_floor() - available memory that inflation leaves
 * @b: the balloon
 *
 * Context: any.
 * Return: 4K pages, as set by the user or computed from the size of the guest.
 */
unsigned long xhb_floor(struct xhb_balloon *b)
{
	unsigned long floor_kb = xhb_knob(b, floor_kb);

	if (floor_kb)
		return xhb_kb_to_pages(floor_kb);
	return xhb_floor_pages(totalram_pages() + xhb_ballooned_pages(b));
}

/**
 * xhb_available() - what the guest could have free without swapping
 *
 * Context: any.
 * Return: 4K pages, the kernel's estimate; it may be negative.
 */
long xhb_available(void)
{
	return si_mem_available();
}

/**
 * xhb_spare() - how much of its memory the guest can do without
 * @b: the balloon
 * @use: what for
 *
 * Context: any; an estimate that may be old when it is given.
 * Return: 4K pages, 0 if there is nothing to spare.
 */
unsigned long xhb_spare(struct xhb_balloon *b, enum xhb_use use)
{
	switch (use) {
	case XHB_USE_BALLOON:
		return xhb_spare_pages(xhb_available(), xhb_floor(b));
	case XHB_USE_FOREIGN:
		/* Who asks cannot do its work otherwise. */
		return xhb_spare_pages(xhb_available(), 0);
	case XHB_USE_MOVE:
		/* Nothing is to be reclaimed for it, so what is free counts. */
		return xhb_spare_pages(global_zone_page_state(NR_FREE_PAGES),
				       XHB_MOVE_RESERVE +
				       xhb_floor_pages(totalram_pages()) / 2);
	}
	return 0;
}

/**
 * struct xhb_zones - memory of the zones that the kernel itself uses, and of the other
 * @free: 4K pages that are free in the zones below the movable one
 * @cache: 4K pages of files in them
 * @movable: 4K pages of the movable zone that the kernel gives before others
 * @managed: all 4K pages of the movable zone
 */
struct xhb_zones {
	unsigned long free;
	unsigned long cache;
	unsigned long movable;
	unsigned long managed;
};

static unsigned long xhb_zone_cache(struct zone *zone)
{
	return zone_page_state(zone, NR_ZONE_ACTIVE_FILE) +
	       zone_page_state(zone, NR_ZONE_INACTIVE_FILE);
}

static struct xhb_zones xhb_zones_look(void)
{
	struct xhb_zones sum = {};
	int node, i;

	for_each_online_node(node) {
		struct zone *zones = NODE_DATA(node)->node_zones;
		struct zone *movable = &zones[ZONE_MOVABLE];

		sum.managed += zone_managed_pages(movable);
		sum.movable += xhb_spare_pages(zone_page_state(movable, NR_FREE_PAGES),
					       high_wmark_pages(movable));
		for (i = 0; i < ZONE_MOVABLE; i++) {
			sum.free += zone_page_state(&zones[i], NR_FREE_PAGES);
			sum.cache += xhb_zone_cache(&zones[i]);
		}
	}
	return sum;
}

/**
 * xhb_spare_kernel() - how much can the memory spare that the kernel depends on?
 * @b: the balloon
 *
 * In a guest with a zone for movable pages all 2M pages of the balloon come from the
 * other zones, and so does what must not stay in that one. The floor, which counts all
 * memory, has to hold there, too.
 *
 * Context: any; an estimate that may be old when it is given.
 * Return: 4K pages, ULONG_MAX where there is no such zone.
 */
unsigned long xhb_spare_kernel(struct xhb_balloon *b)
{
	struct xhb_zones zones = xhb_zones_look();

	return zones.managed ? xhb_spare_pages(zones.free, xhb_floor(b)) : ULONG_MAX;
}

/**
 * xhb_spare_base() - the same for 4K pages of the balloon
 * @b: the balloon
 *
 * They are taken from the zone for movable pages first, as long as any are free there.
 * What else is available there, a cache, is of no use to the kernel itself, and the
 * allocator takes what is free in the other zones before it reclaims it.
 *
 * Context: any; an estimate that may be old when it is given.
 * Return: 4K pages, ULONG_MAX where there is no such zone.
 */
unsigned long xhb_spare_base(struct xhb_balloon *b)
{
	struct xhb_zones zones = xhb_zones_look();

	if (!zones.managed)
		return ULONG_MAX;
	return zones.movable + xhb_spare_pages(zones.free + zones.cache, xhb_floor(b));
}
