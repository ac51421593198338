// SPDX-License-Identifier: GPL-2.0
/*
 * What the host is told in xenstore: control/feature-balloon, that this guest can be
 * ballooned, and control/balloon-active, whether it is on its way to the target.
 *
 * XAPI calibrates and waits by them before it migrates a guest. Where they are
 * read-only, which is so under xl, nobody wants to know.
 */
#include <linux/workqueue.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include "xhb_front.h"
#include "xhb_policy.h"

/* Set before anybody is told, constant until the end. */
static struct xhb_balloon *xhb_announce_balloon;
/* What was told last, -1 for nothing; only touched by the work, and without it. */
static int xhb_announced = -1;

/* Returns whether the host wants to know. */
static bool xhb_announce_active(unsigned int active)
{
	return !xenbus_printf(XBT_NIL, "control", "balloon-active", "%u", active);
}

/* There are toolstacks that let the guest write the other node and not this one. */
static void xhb_announce_feature(void)
{
	(void)xenbus_printf(XBT_NIL, "control", "feature-balloon", "%u", 1);
}

/* Xenstore may take its time, for which nothing else should have to wait. */
static void xhb_announce_work(struct work_struct *work)
{
	int active = xhb_is_moving(xhb_announce_balloon);

	if (active == xhb_announced)
		return;
	xhb_announced = active;
	xhb_announce_active(active);
}

static DECLARE_WORK(xhb_announce, xhb_announce_work);

static void xhb_announce_changed(struct xhb_balloon *b)
{
	queue_work(system_freezable_wq, &xhb_announce);
}

/**
 * xhb_announce_add() - tell the host from now on
 * @b: the balloon, its worker not started
 *
 * Context: may sleep.
 */
void xhb_announce_add(struct xhb_balloon *b)
{
	xhb_announce_balloon = b;
	xhb_announced = -1;
	if (xen_initial_domain() || !xhb_announce_active(0))
		return;
	xhb_announce_feature();
	xhb_announced = 0;
	xhb_progress_listen(b, xhb_announce_changed);
}

/**
 * xhb_announce_again() - the domain has arrived at a host that knows nothing of it
 *
 * Context: may sleep.
 */
void xhb_announce_again(void)
{
	cancel_work_sync(&xhb_announce);
	if (xhb_announced < 0)
		return;
	xhb_announce_feature();
	xhb_announced = -1;
	queue_work(system_freezable_wq, &xhb_announce);
}

/**
 * xhb_announce_remove() - the host is told no more
 *
 * It can still balloon the guest, by the built-in driver, which never says whether it
 * is done.
 *
 * Context: may sleep; the balloon's worker does not run.
 */
void xhb_announce_remove(void)
{
	cancel_work_sync(&xhb_announce);
	if (xhb_announced >= 0)
		xenbus_rm(XBT_NIL, "control", "balloon-active");
	xhb_announced = -1;
}
