// SPDX-License-Identifier: GPL-2.0
/*
 * takemem DOMID: give all of Xen's free memory to a domain that was started
 * paused, and stays so. Ending that domain frees it. Prints the pages taken.
 *
 * The domain has to be a PV one: for a translated guest Xen would also need
 * memory for the guest's p2m.
 */
#include <stdio.h>
#include <stdlib.h>
#include <xenctrl.h>

#include "domain.h"

#define BATCH	256

static xc_interface *xc;
static uint32_t domid;
static xen_pfn_t next_pfn;

/* Takes extents of this order until Xen has no more; returns 4K pages. */
static unsigned long take_all(unsigned int order)
{
	xen_pfn_t extents[BATCH];
	unsigned long taken = 0;
	int done, i;

	do {
		for (i = 0; i < BATCH; i++)
			extents[i] = next_pfn + ((xen_pfn_t)i << order);
		done = xc_domain_populate_physmap(xc, domid, BATCH, order, 0, extents);
		if (done > 0) {
			next_pfn += (xen_pfn_t)done << order;
			taken += (unsigned long)done << order;
		}
	} while (done == BATCH);
	return taken;
}

int main(int argc, char **argv)
{
	unsigned long taken = 0;
	xc_domaininfo_t info;
	int order;

	if (argc != 2) {
		fprintf(stderr, "usage: takemem DOMID\n");
		return 2;
	}
	domid = strtoul(argv[1], NULL, 10);
	xc = xc_interface_open(NULL, NULL, 0);
	if (!xc || !domain_info(xc, domid, &info)) {
		fprintf(stderr, "takemem: no domain %u\n", domid);
		return 1;
	}
	if (xc_domain_setmaxmem(xc, domid, ~0u)) {
		perror("takemem: maximum");
		return 1;
	}
	/* Past everything the domain has, and aligned for the largest extent. */
	next_pfn = (xen_pfn_t)1 << 22;
	for (order = 9; order >= 0; order--)
		taken += take_all(order);
	printf("taken=%lu\n", taken);
	return 0;
}
