/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DOMAIN_H
#define DOMAIN_H

#include <stdbool.h>
#include <xenctrl.h>

/* Of the ways that libxenctrl has to ask for it this one is the same in all of them. */
static inline bool domain_info(xc_interface *xc, uint32_t domid, xc_domaininfo_t *info)
{
	return xc_domain_getinfolist(xc, domid, 1, info) == 1 && info->domain == domid;
}

#endif
