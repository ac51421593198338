// SPDX-License-Identifier: GPL-2.0
/*
 * A sysrq key that prints which pages are ballooned out. The handler may run in an
 * interrupt, where the balloon's lock cannot be taken, so a worker does the printing
 * a moment later.
 */
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sysrq.h>
#include <linux/workqueue.h>

#include "xhb_compat.h"
#include "xhb_front.h"
#include "xhb_pages.h"

/* Free on x86 in all supported kernels; others may have taken it. */
#define XHB_SYSRQ_KEY	'x'

/* So many lines are enough for a log. */
#define XHB_SYSRQ_RUNS	200UL

/* Set before the key is registered, constant while it is. */
static struct xhb_balloon *xhb_sysrq_balloon;

/* Only touched by load and unload. */
static bool xhb_sysrq_added;

/**
 * xhb_sysrq_dump() - print the runs of frames that are ballooned out
 * @b: the balloon
 *
 * Context: may sleep; not under the balloon's lock. Pages that come or go meanwhile
 * may be in or not.
 * Return: how many runs were printed.
 */
unsigned long xhb_sysrq_dump(struct xhb_balloon *b)
{
	unsigned long first, end = 0, runs = 0, pages = 0, printed;

	while (xhb_bitmap_run(b, end, &first, &end)) {
		if (runs++ < XHB_SYSRQ_RUNS)
			pr_info("ballooned: %#lx-%#lx\n", first, end - 1);
		pages += end - first;
		cond_resched();
	}
	printed = min(runs, XHB_SYSRQ_RUNS);
	pr_info("ballooned: %lu frames of 4K in %lu runs, %lu more than are shown; all of them are in debugfs xen-hugeballoon/bitmap\n",
		pages, runs, runs - printed);
	return printed;
}

static void xhb_sysrq_work(struct work_struct *work)
{
	xhb_sysrq_dump(xhb_sysrq_balloon);
}

static DECLARE_WORK(xhb_sysrq_print, xhb_sysrq_work);

static void xhb_sysrq_handler(xhb_compat_sysrq_key key)
{
	schedule_work(&xhb_sysrq_print);
}

static const struct sysrq_key_op xhb_sysrq_op = {
	.handler = xhb_sysrq_handler,
	.help_msg = "xen-balloon-frames(x)",
	.action_msg = "Show ballooned frames",
	.enable_mask = SYSRQ_ENABLE_DUMP,
};

/**
 * xhb_sysrq_add() - listen to the key
 * @b: the balloon it shows
 *
 * If another driver has it, or the kernel has no such keys, it does nothing.
 *
 * Context: may sleep.
 * Return: 0, or an error of the kernel's with nothing changed; it says -EPERM if another
 * driver has the key.
 */
int xhb_sysrq_add(struct xhb_balloon *b)
{
	int err;

	xhb_sysrq_balloon = b;
	err = register_sysrq_key(XHB_SYSRQ_KEY, &xhb_sysrq_op);
	xhb_sysrq_added = !err;
	return err;
}

/**
 * xhb_sysrq_remove() - do not listen any more
 *
 * Waits for what is being printed.
 *
 * Context: may sleep.
 */
void xhb_sysrq_remove(void)
{
	if (!xhb_sysrq_added)
		return;
	xhb_sysrq_added = false;
	/* Nobody is in the handler afterwards. */
	unregister_sysrq_key(XHB_SYSRQ_KEY, &xhb_sysrq_op);
	cancel_work_sync(&xhb_sysrq_print);
}
