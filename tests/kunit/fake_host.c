// SPDX-License-Identifier: GPL-2.0
/*
 * The free memory of the host, and how many pages the domain has of it.
 */
#include <linux/mm.h>

#include "fake_frames.h"
#include "fake_guest.h"
#include "fake_hv.h"

static void fake_host_gets(unsigned int order)
{
	if (order == XHB_HUGE_ORDER && !fake_hv.fragmented)
		fake_hv.host_huge++;
	else
		fake_hv.host_small += 1UL << order;
}

bool fake_host_gives(unsigned int order)
{
	unsigned long size = 1UL << order;

	if (fake_hv.tot_pages + size > fake_hv.max_pages)
		return false;
	if (order == XHB_HUGE_ORDER) {
		if (!fake_hv.host_huge)
			return false;
		fake_hv.host_huge--;
		return true;
	}
	if (order && fake_hv.scattered)
		return false;
	if (fake_hv.host_small < size) {
		if (!fake_hv.host_huge)
			return false;
		fake_hv.host_huge--;
		fake_hv.host_small += XHB_HUGE_PAGES;
	}
	fake_hv.host_small -= size;
	return true;
}

/* A hypercall is made, and meanwhile another domain has run. */
void fake_host_call(void)
{
	if (!fake_hv.thief)
		return;
	if (fake_hv.thief > 1) {
		fake_hv.thief--;
		return;
	}
	fake_hv.stolen_small += fake_hv.host_small;
	fake_hv.stolen_huge += fake_hv.host_huge;
	fake_hv.host_small = 0;
	fake_hv.host_huge = 0;
}

/* It would give memory of the node that is named, so that has to be the right one. */
void fake_host_node(const xen_pfn_t *frames, unsigned long extents,
		    unsigned int flags)
{
	unsigned long i;
	int pxm;

	fake_hv.mem_flags = flags;
	if (fake_guest.nodes < 2)
		return;
	if (!flags)
		fake_hv.unnamed += extents;
	pxm = (flags >> 8 & 0xff) - 1;
	for (i = 0; flags && i < extents; i++) {
		if (fake_page_to_nid(pfn_to_page(frames[i])) != fake_pxm_to_node(pxm))
			fake_hv_violate("populated for another node", frames[i]);
	}
}

/* The other domain is gone. */
void fake_host_caught(void)
{
	fake_hv.thief = 0;
	fake_hv.host_small += fake_hv.stolen_small;
	fake_hv.host_huge += fake_hv.stolen_huge;
	fake_hv.stolen_small = 0;
	fake_hv.stolen_huge = 0;
}

/* Memory of @pages frames of an extent leaves the domain. */
void fake_host_takes(unsigned long pages, unsigned int order)
{
	fake_hv.tot_pages -= pages;
	if (pages == 1UL << order)
		fake_host_gets(order);
	else
		fake_hv.host_small += pages;
}

/* What Xen counts for the domain and has at no frame of it, less frames without memory. */
long fake_hv_elsewhere(void)
{
	return fake_hv.held + fake_hv.pod_cache - fake_hv.pod_entries;
}

/* Of the frames before @end, what a PV guest has neither mapped nor in its p2m. */
void fake_hv_lose_unmapped(unsigned long end)
{
	unsigned long pfn;

	for (pfn = 0; pfn < end; pfn++) {
		if (fake_frame(pfn)->no_p2m && !fake_frame(pfn)->gone)
			fake_hv_lose(pfn_to_page(pfn));
	}
}
