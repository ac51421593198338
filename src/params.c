// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: what the knobs start with.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "xhb_takeover.h"

const char * const xhb_effort_names[XHB_EFFORT_COUNT + 1] = {
	[XHB_EFFORT_FREE] = "free",
	[XHB_EFFORT_COMPACT] = "compact",
	NULL
};

static bool enable_huge = true;
module_param(enable_huge, bool, 0444);
MODULE_PARM_DESC(enable_huge, "Exchange memory in 2M pages (default: on)");

static unsigned int hugepage_effort = XHB_EFFORT_COMPACT;

static unsigned long floor_kb;
module_param(floor_kb, ulong, 0444);
MODULE_PARM_DESC(floor_kb,
		 "Never inflate below this much available memory in KiB; 0: computed (default)");

/**
 * xhb_effort_parse() - effort by its name
 * @text: the name, a newline may follow
 *
 * Context: any.
 * Return: an &enum xhb_effort, or -EINVAL for any other text.
 */
int xhb_effort_parse(const char *text)
{
	return __sysfs_match_string(xhb_effort_names, XHB_EFFORT_COUNT, text);
}

static int xhb_effort_set(const char *text, const struct kernel_param *kp)
{
	int effort = xhb_effort_parse(text);

	if (effort < 0)
		return effort;
	hugepage_effort = effort;
	return 0;
}

static int xhb_effort_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", xhb_effort_names[hugepage_effort]);
}

static const struct kernel_param_ops xhb_effort_ops = {
	.set = xhb_effort_set,
	.get = xhb_effort_get,
};

module_param_cb(hugepage_effort, &xhb_effort_ops, NULL, 0444);
MODULE_PARM_DESC(hugepage_effort,
		 "How hard to try for a 2M page: free, compact (default)");

/**
 * xhb_params_apply() - set the knobs to the module parameters
 * @b: the balloon, not started
 *
 * Context: any.
 */
void xhb_params_apply(struct xhb_balloon *b)
{
	b->enable_huge = enable_huge;
	b->effort = hugepage_effort;
	b->floor_kb = floor_kb;
}
