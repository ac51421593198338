// SPDX-License-Identifier: GPL-2.0
/*
 * The NUMA nodes of a guest that has several: which of them can do without memory, and
 * which needs it most.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/vmstat.h>

#include "xhb_pages.h"
#include "xhb_pure.h"

/*
 * What is in a block needs room for a block, and others allocate meanwhile: the kernel
 * for itself, whose memory may be of any node.
 */
#define XHB_NODE_SPARE	(2 * XHB_HUGE_PAGES)

/* Free pages of a node, up to a zone, beyond what its zones keep for themselves. */
static unsigned long xhb_node_room(int node, unsigned int highest)
{
	struct zone *zone = NODE_DATA(node)->node_zones;
	unsigned long room = 0;
	unsigned int i;

	for (i = 0; i <= highest; i++, zone++) {
		unsigned long kept = high_wmark_pages(zone) +
				     zone->lowmem_reserve[highest];

		room += xhb_spare_pages(zone_page_state(zone, NR_FREE_PAGES), kept);
	}
	return room;
}

/**
 * xhb_node_spares() - has the node of a block room for what is in it?
 * @page: first 4K page of the block
 *
 * If not, it would go to another node, whatever memory policy or cpuset a program
 * has asked for: who moves pages is not asked for those.
 *
 * Context: any; an estimate that may be old when it is given.
 * Return: true if so, or if there is no other node.
 */
bool xhb_node_spares(struct page *page)
{
	/* What migration takes may be of any zone up to this, and has its reserves to heed. */
	unsigned int highest = page_zonenum(page) == ZONE_MOVABLE ?
			       ZONE_MOVABLE : gfp_zone(GFP_USER);

	if (num_online_nodes() == 1)
		return true;
	return xhb_node_room(page_to_nid(page), highest) >= XHB_NODE_SPARE;
}

/**
 * xhb_node_richest() - the node to take memory from
 * @gfp: what it will be allocated with
 *
 * Context: any; an estimate that may be old when it is given.
 * Return: the node that has most to spare, NUMA_NO_NODE if there is only one.
 */
int xhb_node_richest(gfp_t gfp)
{
	unsigned int highest = gfp_zone(gfp);
	int node, richest = NUMA_NO_NODE;
	unsigned long most = 0;

	if (num_online_nodes() == 1)
		return NUMA_NO_NODE;
	for_each_node_state(node, N_MEMORY) {
		unsigned long room = xhb_node_room(node, highest);

		if (richest == NUMA_NO_NODE || room > most) {
			richest = node;
			most = room;
		}
	}
	return richest;
}

/**
 * xhb_node_needier() - which of two nodes is to get memory first?
 * @node: one that has memory
 * @other: another
 *
 * Context: any; an estimate that may be old when it is given.
 * Return: true if it is @node.
 */
bool xhb_node_needier(int node, int other)
{
	return xhb_node_room(node, ZONE_MOVABLE) <
	       xhb_node_room(other, ZONE_MOVABLE);
}
