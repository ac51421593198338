// SPDX-License-Identifier: GPL-2.0
/*
 * What no correct driver does to its hypervisor.
 */
#include <linux/kernel.h>

#include "fake_hv.h"

/* Under fake_hv_lock, or nobody else is there. */
static char fake_violation[128];

/* Note what no correct driver does; the first time is what counts. */
void fake_hv_violate(const char *what, unsigned long pfn)
{
	if (!fake_violation[0])
		snprintf(fake_violation, sizeof(fake_violation),
			 "%s, frame %lx", what, pfn);
}

/* The first violation, or NULL. */
const char *fake_hv_violation(void)
{
	return fake_violation[0] ? fake_violation : NULL;
}

/* The test has provoked it. */
void fake_hv_forgive(void)
{
	fake_violation[0] = '\0';
}
