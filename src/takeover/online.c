// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that comes online, or goes, while this driver is in charge.
 *
 * The kernel hands what comes to the built-in driver, page by page, and then tells
 * everybody that a section is online. That is the moment to adopt it.
 */
#include <linux/memory.h>
#include <linux/notifier.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "takeover/private.h"

/* Set before the notifier is registered, constant after. */
static struct xhb_balloon *xhb_online_balloon;
/* Written by load and unload; until it is set the built-in driver is in charge. */
static bool xhb_online_on;

/*
 * Called under the kernel's lock of memory hotplug, and in the task that puts the
 * section online, which finds everything done when it goes on.
 */
static int xhb_online_notify(struct notifier_block *nb, unsigned long action,
			     void *unused)
{
	if (!READ_ONCE(xhb_online_on))
		return NOTIFY_DONE;
	switch (action) {
	case MEM_ONLINE:
		xhb_adopt(xhb_online_balloon, true);
		xhb_worker_wake(xhb_online_balloon);
		return NOTIFY_OK;
	case MEM_GOING_OFFLINE:
		/* Base pages can leave the section, idle foreign ones cannot. */
		xhb_foreign_trim(xhb_online_balloon);
		return NOTIFY_OK;
	}
	return NOTIFY_DONE;
}

static struct notifier_block xhb_online_notifier = {
	.notifier_call = xhb_online_notify,
};

/**
 * xhb_online_add() - be told of memory that comes online, still without effect
 * @b: the balloon that will adopt it
 *
 * Context: may sleep.
 * Return: 0, or an error with nothing added.
 */
int xhb_online_add(struct xhb_balloon *b)
{
	xhb_online_balloon = b;
	return register_memory_notifier(&xhb_online_notifier);
}

/**
 * xhb_online_enable() - from now on what comes online is adopted
 *
 * What came before has to be adopted by the caller, afterwards.
 *
 * Context: any.
 */
void xhb_online_enable(void)
{
	WRITE_ONCE(xhb_online_on, true);
}

/**
 * xhb_online_remove() - undo xhb_online_add(); what comes stays with the built-in
 * driver
 *
 * Nothing is being adopted when this returns.
 *
 * Context: may sleep.
 */
void xhb_online_remove(void)
{
	WRITE_ONCE(xhb_online_on, false);
	unregister_memory_notifier(&xhb_online_notifier);
}
