/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What people and hosts see and set.
 */
#ifndef XHB_FRONT_H
#define XHB_FRONT_H

#include "xhb.h"

struct device;
struct kobject;

#define XHB_KNOB_ID(_name, ...)	XHB_KNOB_##_name,

/* A number for each knob, XHB_KNOB_ and its name. */
enum xhb_knob_id {
	XHB_KNOBS(XHB_KNOB_ID)
	XHB_KNOB_COUNT
};

/**
 * struct xhb_knob_line - a line of the table of knobs
 * @name: of the file and of the module parameter
 * @min: least value
 * @max: largest value
 * @initial: the default
 * @words: for each value its word, then NULL; NULL if values are numbers
 * @offset: of the value in &struct xhb_knobs
 *
 * All constant.
 */
struct xhb_knob_line {
	const char *name;
	unsigned long min;
	unsigned long max;
	unsigned long initial;
	const char * const *words;
	size_t offset;
};

extern const struct xhb_knob_line xhb_knob_lines[XHB_KNOB_COUNT];

void xhb_knobs_init(struct xhb_balloon *b);
void xhb_knob_start(struct xhb_balloon *b, enum xhb_knob_id id,
		    unsigned long value);
void xhb_knobs_check(struct xhb_balloon *b);
int xhb_knob_write(struct xhb_balloon *b, enum xhb_knob_id id,
		   const char *text);
int xhb_knob_show(struct xhb_balloon *b, enum xhb_knob_id id, char *buf);

/**
 * struct xhb_status_words - what the file status says in words
 * @state: at target, moving, ...
 * @reason: why, or "none"
 * @target_by: whose target is followed
 *
 * A value on the stack of who asks; the words are constant.
 */
struct xhb_status_words {
	const char *state;
	const char *reason;
	const char *target_by;
};

void xhb_status_words(struct xhb_balloon *b, struct xhb_status_words *words);
int xhb_status_show(struct xhb_balloon *b, char *buf);

int xhb_sysfs_add(struct xhb_balloon *b, struct kobject *kobj);
void xhb_sysfs_remove(struct kobject *kobj);

/**
 * enum xhb_boot_says - what the words that the kernel was booted with say of a switch
 * @XHB_BOOT_NOTHING: nothing
 * @XHB_BOOT_ON: it starts on
 * @XHB_BOOT_OFF: it starts off, whatever others say
 */
enum xhb_boot_says {
	XHB_BOOT_NOTHING,
	XHB_BOOT_ON,
	XHB_BOOT_OFF,
};

enum xhb_boot_says xhb_boot_says(const char *line, const char *off,
				 const char *name);
void xhb_bootline_obey(struct xhb_balloon *b, const char *line, bool dom0);
void xhb_bootline_apply(struct xhb_balloon *b, bool dom0);

void xhb_debugfs_add(struct xhb_balloon *b);
void xhb_debugfs_remove(void);

void xhb_announce_add(struct xhb_balloon *b);
void xhb_announce_again(void);
void xhb_announce_remove(void);

void xhb_report_look(void);
void xhb_report_add(struct xhb_balloon *b);
void xhb_report_again(void);
void xhb_report_remove(void);

int xhb_sysrq_add(struct xhb_balloon *b);
void xhb_sysrq_remove(void);
unsigned long xhb_sysrq_dump(struct xhb_balloon *b);

struct device *xhb_device_add(const bool **scrub);
void xhb_device_remove(struct device *dev);

void xhb_target_from_host(struct xhb_balloon *b, unsigned long pages);
void xhb_watch_add(struct xhb_balloon *b);
void xhb_watch_remove(void);

#endif /* XHB_FRONT_H */
