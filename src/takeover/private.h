/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of this room share.
 */
#ifndef XHB_TAKEOVER_PRIVATE_H
#define XHB_TAKEOVER_PRIVATE_H

#include "xhb.h"

struct attribute;
struct device;
struct kobject;
struct task_struct;

/**
 * enum xhb_file - files of the built-in driver that are answered here
 * @XHB_FILE_TARGET: target
 * @XHB_FILE_TARGET_KB: target_kb
 * @XHB_FILE_LOW_KB: info/low_kb
 * @XHB_FILE_COUNT: number of files
 */
enum xhb_file {
	XHB_FILE_TARGET,
	XHB_FILE_TARGET_KB,
	XHB_FILE_LOW_KB,
	XHB_FILE_COUNT,
};

/* The directories they are in below the device, NULL for itself. */
extern const char * const xhb_file_groups[XHB_FILE_COUNT];

/**
 * struct xhb_builtin - what was found of the built-in driver
 * @thread: its thread, with a reference; NULL while it is stopped
 * @thread_fn: the function that thread runs
 * @kobj: its sysfs device, with a reference; NULL if the kernel has no front end and
 *	there is no device yet
 * @own: the device that was made for want of one, else NULL
 * @files: its files, to be put back at unload; NULL if it had none
 * @scrub: the switch behind the file scrub_pages
 * @max_schedule_delay: its setting before takeover
 * @max_retry_count: its setting before takeover
 *
 * Only touched by load and unload, which do not overlap.
 */
struct xhb_builtin {
	struct task_struct *thread;
	int (*thread_fn)(void *unused);
	struct kobject *kobj;
	struct device *own;
	const struct attribute *files[XHB_FILE_COUNT];
	const bool *scrub;
	unsigned long max_schedule_delay;
	unsigned long max_retry_count;
};

int xhb_builtin_find(struct xhb_builtin *builtin);
void xhb_builtin_forget(struct xhb_builtin *builtin);
int xhb_builtin_front(struct xhb_builtin *builtin);
void xhb_builtin_stop(struct xhb_builtin *builtin);
void xhb_builtin_restart(struct xhb_builtin *builtin);

int xhb_redirect_start(struct xhb_balloon *b);
void xhb_redirect_enable(void);
void xhb_redirect_except(struct task_struct *task);
void xhb_redirect_disable(void);
void xhb_redirect_stop(void);

void xhb_adopt(struct xhb_balloon *b, bool online);
void xhb_hand_back(struct xhb_balloon *b);

int xhb_sysfs_replace(struct xhb_balloon *b,
		      const struct xhb_builtin *builtin);
void xhb_sysfs_restore(const struct xhb_builtin *builtin);

int xhb_online_add(struct xhb_balloon *b);
void xhb_online_enable(void);
void xhb_online_remove(void);

int xhb_resume_add(struct xhb_balloon *b);
void xhb_resume_remove(void);

unsigned long xhb_symbol(const char *name);

#endif /* XHB_TAKEOVER_PRIVATE_H */
