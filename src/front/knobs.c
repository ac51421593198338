// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: what the knobs start with.
 */
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/string.h>

#include "xhb_front.h"

const char * const xhb_effort_names[XHB_EFFORT_COUNT + 1] = {
	[XHB_EFFORT_FREE] = "free",
	[XHB_EFFORT_COMPACT] = "compact",
	[XHB_EFFORT_EVACUATE] = "evacuate",
	NULL
};

#define XHB_KNOB(_name, _min, _max, _initial)			\
	struct xhb_knob xhb_knob_##_name = {			\
		.min = _min,					\
		.max = _max,					\
		.initial = _initial,				\
		.offset = offsetof(struct xhb_balloon, _name),	\
	}

XHB_KNOB(enable_huge, 0, 1, 1);
XHB_KNOB(coalesce, 0, 1, 1);
XHB_KNOB(coalesce_interval_ms, 10, 3600 * 1000, 250);
XHB_KNOB(coalesce_batch, 1, 64, 4);

XHB_KNOB(heal, 0, 1, 0);
XHB_KNOB(heal_interval_ms, 1, 3600 * 1000, 250);

static struct xhb_knob * const xhb_knobs[] = {
	&xhb_knob_enable_huge,
	&xhb_knob_coalesce,
	&xhb_knob_coalesce_interval_ms,
	&xhb_knob_coalesce_batch,
	&xhb_knob_heal,
	&xhb_knob_heal_interval_ms,
};

static unsigned int hugepage_effort = XHB_EFFORT_EVACUATE;

static unsigned long floor_kb;
module_param(floor_kb, ulong, 0444);
MODULE_PARM_DESC(floor_kb,
		 "Never inflate below this much available memory in KiB; 0: computed (default)");

/**
 * xhb_knob_parse() - a value for a knob from text
 * @knob: says which values are allowed
 * @text: a decimal number, a newline may follow
 * @value: the number; unchanged after an error
 *
 * Context: any.
 * Return: 0, -EINVAL if it is no number, or -ERANGE.
 */
int xhb_knob_parse(const struct xhb_knob *knob, const char *text,
		   unsigned int *value)
{
	unsigned int number;
	int err = kstrtouint(text, 10, &number);

	if (err)
		return err;
	if (number < knob->min || number > knob->max)
		return -ERANGE;
	*value = number;
	return 0;
}

static int xhb_knob_set(const char *text, const struct kernel_param *kp)
{
	struct xhb_knob *knob = kp->arg;

	return xhb_knob_parse(knob, text, &knob->initial);
}

static int xhb_knob_get(char *buf, const struct kernel_param *kp)
{
	struct xhb_knob *knob = kp->arg;

	return sysfs_emit(buf, "%u\n", knob->initial);
}

static const struct kernel_param_ops xhb_knob_ops = {
	.set = xhb_knob_set,
	.get = xhb_knob_get,
};

module_param_cb(enable_huge, &xhb_knob_ops, &xhb_knob_enable_huge, 0444);
MODULE_PARM_DESC(enable_huge, "1: exchange memory in 2M pages (default), 0: in 4K");
module_param_cb(coalesce, &xhb_knob_ops, &xhb_knob_coalesce, 0444);
MODULE_PARM_DESC(coalesce, "1: make 2M balloon pages of 4K ones (default)");
module_param_cb(coalesce_interval_ms, &xhb_knob_ops,
		&xhb_knob_coalesce_interval_ms, 0444);
MODULE_PARM_DESC(coalesce_interval_ms,
		 "Pause between coalescing steps (default: 250)");
module_param_cb(coalesce_batch, &xhb_knob_ops, &xhb_knob_coalesce_batch, 0444);
MODULE_PARM_DESC(coalesce_batch,
		 "2M pages made in a coalescing step (default: 4)");

module_param_cb(heal, &xhb_knob_ops, &xhb_knob_heal, 0444);
MODULE_PARM_DESC(heal,
		 "1: give the guest its 2M p2m entries back in the background (default: 0)");
module_param_cb(heal_interval_ms, &xhb_knob_ops, &xhb_knob_heal_interval_ms,
		0444);
MODULE_PARM_DESC(heal_interval_ms,
		 "Pause between blocks healed in the background (default: 250)");

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
		 "How hard to try for a 2M page: free, compact, evacuate (default)");

/**
 * xhb_params_apply() - set the knobs to the module parameters
 * @b: the balloon, not started
 *
 * Context: any.
 */
void xhb_params_apply(struct xhb_balloon *b)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(xhb_knobs); i++)
		*xhb_knob_of(b, xhb_knobs[i]) = xhb_knobs[i]->initial;
	b->effort = hugepage_effort;
	b->floor_kb = floor_kb;
}
