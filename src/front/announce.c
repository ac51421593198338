// SPDX-License-Identifier: GPL-2.0
/*
 * What the host is told in xenstore: control/feature-balloon, that this guest can be
 * ballooned, and control/balloon-active, whether it is on its way to the target.
 *
 * XAPI calibrates and waits by them before it migrates a guest. Where they are
 * read-only, which is so under xl, nobody wants to know.
 */
#include <linux/notifier.h>
#include <linux/workqueue.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include "xhb_front.h"
#include "xhb_policy.h"

/* Set before anybody is told, constant until the end. */
static struct xhb_balloon *xhb_announce_balloon;
/* Instead of 0 or 1: nobody wants to know; and, a new host was told nothing yet. */
#define XHB_ANNOUNCE_UNWANTED	(-1)
#define XHB_ANNOUNCE_UNTOLD	2

/*
 * What was told last. Leaves UNWANTED when xenstore is there, is only touched by the
 * work then, and without it.
 */
static int xhb_announced = XHB_ANNOUNCE_UNWANTED;

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

	if (READ_ONCE(xhb_announced) == XHB_ANNOUNCE_UNWANTED || active == xhb_announced)
		return;
	xhb_announced = active;
	xhb_announce_active(active);
}

static DECLARE_WORK(xhb_announce, xhb_announce_work);

static void xhb_announce_changed(struct xhb_balloon *b)
{
	queue_work(system_freezable_wq, &xhb_announce);
}

/* What is built in is there before xenstore answers. */
static int xhb_announce_ready(struct notifier_block *nb, unsigned long event,
			      void *data)
{
	if (!xhb_announce_active(0))
		return NOTIFY_DONE;
	xhb_announce_feature();
	WRITE_ONCE(xhb_announced, 0);
	/* It may be moving already. */
	queue_work(system_freezable_wq, &xhb_announce);
	return NOTIFY_DONE;
}

static struct notifier_block xhb_announce_notifier = {
	.notifier_call = xhb_announce_ready,
};

/**
 * xhb_announce_add() - tell the host from now on, or as soon as xenstore is there
 * @b: the balloon, its worker not started
 *
 * Context: may sleep.
 */
void xhb_announce_add(struct xhb_balloon *b)
{
	xhb_announce_balloon = b;
	xhb_announced = XHB_ANNOUNCE_UNWANTED;
	if (xen_initial_domain())
		return;
	xhb_progress_listen(b, xhb_announce_changed);
	register_xenstore_notifier(&xhb_announce_notifier);
}

/**
 * xhb_announce_again() - the domain has arrived at a host that knows nothing of it
 *
 * Context: may sleep.
 */
void xhb_announce_again(void)
{
	cancel_work_sync(&xhb_announce);
	if (xhb_announced == XHB_ANNOUNCE_UNWANTED)
		return;
	xhb_announce_feature();
	xhb_announced = XHB_ANNOUNCE_UNTOLD;
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
	if (!xen_initial_domain())
		unregister_xenstore_notifier(&xhb_announce_notifier);
	cancel_work_sync(&xhb_announce);
	if (xhb_announced != XHB_ANNOUNCE_UNWANTED)
		xenbus_rm(XBT_NIL, "control", "balloon-active");
	xhb_announced = XHB_ANNOUNCE_UNWANTED;
}
