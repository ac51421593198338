/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What people and hosts see and set.
 */
#ifndef XHB_FRONT_H
#define XHB_FRONT_H

#include "xhb.h"

struct kobject;

/**
 * struct xhb_knob - a number that the user can set
 * @min: smallest value
 * @max: largest value
 * @initial: what it starts with; the module parameter. Written before load.
 * @offset: of the unsigned int in &struct xhb_balloon
 *
 * All but @initial is constant.
 */
struct xhb_knob {
	unsigned int min;
	unsigned int max;
	unsigned int initial;
	size_t offset;
};

extern struct xhb_knob xhb_knob_enable_huge;
extern struct xhb_knob xhb_knob_coalesce;
extern struct xhb_knob xhb_knob_coalesce_interval_ms;
extern struct xhb_knob xhb_knob_coalesce_batch;
extern struct xhb_knob xhb_knob_heal;
extern struct xhb_knob xhb_knob_heal_interval_ms;

static inline unsigned int *xhb_knob_of(struct xhb_balloon *b,
					const struct xhb_knob *knob)
{
	return (void *)b + knob->offset;
}

int xhb_knob_parse(const struct xhb_knob *knob, const char *text,
		   unsigned int *value);
void xhb_params_apply(struct xhb_balloon *b);
int xhb_effort_parse(const char *text);

int xhb_sysfs_add(struct xhb_balloon *b, struct kobject *kobj);
void xhb_sysfs_remove(struct kobject *kobj);

void xhb_debugfs_add(struct xhb_balloon *b);
void xhb_debugfs_remove(void);

void xhb_target_from_host(struct xhb_balloon *b, unsigned long pages);

#endif /* XHB_FRONT_H */
