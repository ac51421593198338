// SPDX-License-Identifier: GPL-2.0
/*
 * Being told that the domain is saved or migrated, and that it was restored or has
 * arrived on another host. There is no notifier that a module can leave again on
 * all kernels, but each device is told.
 */
#include <linux/device.h>
#include <linux/pm.h>
#include <linux/slab.h>

#include "xhb_front.h"
#include "xhb_pages.h"
#include "xhb_policy.h"
#include "takeover/private.h"

/* Only touched by load and unload. */
static struct device *xhb_resume_device;

static int xhb_resume_freeze(struct device *dev)
{
	struct xhb_balloon *b = dev_get_drvdata(dev);

	/* To know it when it is over, if nobody has asked so far. */
	xhb_is_copied(b);
	xhb_migrate_freeze(b, true);
	xhb_reconcile_note(b);
	return 0;
}

static void xhb_resume_awake(struct xhb_balloon *b)
{
	xhb_is_copied(b);
	/* Only what is in the other queues is looked at. */
	xhb_foreign_trim(b);
	xhb_reconcile_look(b);
	xhb_migrate_freeze(b, false);
	xhb_worker_wake(b);
}

/* The domain goes on where it was, if it was away at all. */
static int xhb_resume_thaw(struct device *dev)
{
	xhb_resume_awake(dev_get_drvdata(dev));
	return 0;
}

static int xhb_resume_restore(struct device *dev)
{
	xhb_copied_restored(dev_get_drvdata(dev));
	xhb_resume_awake(dev_get_drvdata(dev));
	xhb_heal_resumed(dev_get_drvdata(dev));
	xhb_announce_again();
	xhb_report_again();
	return 0;
}

static const struct dev_pm_ops xhb_resume_ops = {
	.freeze = xhb_resume_freeze,
	.thaw = xhb_resume_thaw,
	.restore = xhb_resume_restore,
};

static void xhb_resume_release(struct device *dev)
{
	kfree(dev);
}

static const struct device_type xhb_resume_type = {
	.name = "xen-hugeballoon",
	.release = xhb_resume_release,
	.pm = &xhb_resume_ops,
};

/**
 * xhb_resume_add() - be told from now on
 * @b: the balloon that wants to know
 *
 * Context: may sleep.
 * Return: 0, or an error with nothing added.
 */
int xhb_resume_add(struct xhb_balloon *b)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int err;

	if (!dev)
		return -ENOMEM;
	device_initialize(dev);
	dev->type = &xhb_resume_type;
	dev_set_drvdata(dev, b);
	err = dev_set_name(dev, "xen-hugeballoon") ?: device_add(dev);
	if (err) {
		put_device(dev);
		return err;
	}
	xhb_resume_device = dev;
	return 0;
}

/**
 * xhb_resume_remove() - undo xhb_resume_add()
 *
 * Context: may sleep.
 */
void xhb_resume_remove(void)
{
	device_unregister(xhb_resume_device);
	xhb_resume_device = NULL;
}
