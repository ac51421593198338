// SPDX-License-Identifier: GPL-2.0
/*
 * dompages DOMID: the domain's pages and its allowed maximum, exactly.
 * "xl list" rounds to MiB, which hides an accounting error of 255 pages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <xenctrl.h>

#include "domain.h"

int main(int argc, char **argv)
{
	xc_domaininfo_t info;
	xc_interface *xc;
	uint32_t domid;

	if (argc != 2) {
		fprintf(stderr, "usage: dompages DOMID\n");
		return 2;
	}
	domid = strtoul(argv[1], NULL, 10);

	xc = xc_interface_open(NULL, NULL, 0);
	if (!xc)
		return 1;
	if (!domain_info(xc, domid, &info)) {
		fprintf(stderr, "dompages: no domain %u\n", domid);
		return 1;
	}
	printf("tot_pages=%lu max_pages=%lu\n", info.tot_pages, info.max_pages);
	return 0;
}
