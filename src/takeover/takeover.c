// SPDX-License-Identifier: GPL-2.0
/*
 * The order of taking over from the built-in driver, and its exact reverse.
 *
 * Everything that can fail comes first and has no effect on the balloon; from
 * the moment the built-in thread is stopped nothing can fail any more.
 */
#include <linux/mm_types.h>
#include <xen/balloon.h>

#include "xhb_front.h"
#include "xhb_policy.h"
#include "xhb_pages.h"
#include "xhb_takeover.h"

#include "takeover/private.h"

/*
 * The built-in driver gives up after four tries with at most 32 seconds in
 * between. Here a try costs next to nothing and the delay can grow further, so
 * the default is never to give up.
 */
#define XHB_MAX_DELAY_S		256
#define XHB_MAX_RETRIES		RETRY_UNLIMITED

/* Only touched by load and unload. */
static struct xhb_builtin xhb_builtin;

static void xhb_schedule_take(struct xhb_builtin *builtin)
{
	builtin->max_schedule_delay = balloon_stats.max_schedule_delay;
	builtin->max_retry_count = balloon_stats.max_retry_count;
	balloon_stats.max_schedule_delay = XHB_MAX_DELAY_S;
	balloon_stats.max_retry_count = XHB_MAX_RETRIES;
}

static void xhb_schedule_give(const struct xhb_builtin *builtin)
{
	balloon_stats.max_schedule_delay = builtin->max_schedule_delay;
	balloon_stats.max_retry_count = builtin->max_retry_count;
	balloon_stats.schedule_delay = 1;
	balloon_stats.retry_count = 1;
}

/**
 * xhb_takeover() - become the balloon driver of this domain
 * @b: the balloon, zeroed but for the knobs
 *
 * Context: may sleep.
 * Return: 0, or, after saying what is wrong, an error with nothing changed.
 */
int xhb_takeover(struct xhb_balloon *b)
{
	int err;

	err = xhb_builtin_find(&xhb_builtin);
	if (err)
		return err;
	err = xhb_builtin_front(&xhb_builtin);
	if (err)
		goto no_memory;
	err = xhb_xen_init(&b->xen);
	if (err)
		goto no_memory;
	err = xhb_pages_init(b, &balloon_stats, xhb_builtin.scrub,
			     xhb_worker_wake);
	if (err)
		goto destroy_xen;
	err = xhb_policy_init(b, &balloon_stats);
	if (err)
		goto destroy_pages;
	xhb_knobs_check(b);
	err = xhb_resume_add(b);
	if (err)
		goto destroy_policy;
	err = xhb_online_add(b);
	if (err)
		goto remove_resume;
	err = xhb_redirect_start(b);
	if (err)
		goto remove_online;
	err = xhb_sysfs_add(b, xhb_builtin.kobj);
	if (err)
		goto stop_redirect;
	err = xhb_sysfs_replace(b, &xhb_builtin);
	if (err)
		goto remove_sysfs;

	xhb_builtin_stop(&xhb_builtin);
	xhb_schedule_take(&xhb_builtin);
	xhb_redirect_enable();
	/* From here on what comes online is adopted then, and all else now. */
	xhb_online_enable();
	xhb_adopt(b, false);
	xhb_probe_method(b);
	xhb_debugfs_add(b);
	xhb_announce_add(b);
	xhb_report_add(b);
	if (xhb_builtin.own) {
		pr_info("this kernel has no balloon front end, so xen_memory0 in sysfs and following the host's targets end with this module\n");
		xhb_watch_add(b);
	}
	if (xhb_sysrq_add(b))
		pr_info("no sysrq key shows ballooned frames, another driver has it or the kernel has none; read debugfs xen-hugeballoon/bitmap\n");
	xhb_policy_start(b);
	return 0;

remove_sysfs:
	xhb_sysfs_remove(xhb_builtin.kobj);
stop_redirect:
	xhb_redirect_stop();
remove_online:
	xhb_online_remove();
remove_resume:
	xhb_resume_remove();
destroy_policy:
	xhb_policy_destroy(b);
destroy_pages:
	xhb_pages_destroy(b);
destroy_xen:
	xhb_xen_destroy(&b->xen);
no_memory:
	if (err == -ENOMEM)
		pr_err("cannot take over, no memory for buffers; free some and try again\n");
	xhb_builtin_forget(&xhb_builtin);
	return err;
}

/**
 * xhb_takeover_undo() - let the built-in driver be the balloon driver again
 * @b: the balloon
 *
 * Needs no memory from Xen and cannot fail. A change of target that is under
 * way is finished by the built-in driver, down to the floor.
 *
 * Context: may sleep.
 */
void xhb_takeover_undo(struct xhb_balloon *b)
{
	/* First all that can start something: writes, reads, calls, memory, resuming. */
	if (xhb_builtin.own)
		xhb_watch_remove();
	xhb_sysrq_remove();
	xhb_debugfs_remove();
	xhb_sysfs_restore(&xhb_builtin);
	xhb_sysfs_remove(xhb_builtin.kobj);
	xhb_online_remove();
	xhb_redirect_disable();
	xhb_resume_remove();

	xhb_policy_stop(b);
	xhb_target_leave(b);
	xhb_announce_remove();
	xhb_report_remove();
	xhb_hand_back(b);
	xhb_schedule_give(&xhb_builtin);
	xhb_builtin_restart(&xhb_builtin);

	xhb_policy_destroy(b);
	xhb_pages_destroy(b);
	xhb_xen_destroy(&b->xen);
	xhb_builtin_forget(&xhb_builtin);
	/* Last, for with ftrace broken this does not end. */
	xhb_redirect_stop();
}
