// SPDX-License-Identifier: GPL-2.0
/*
 * Targets from the host.
 *
 * The built-in front end watches xenstore's memory/target and does the
 * arithmetic that makes it comparable with current. It takes the digits that it
 * finds and ignores the rest, so the value is looked at once more here. Where the
 * kernel has no front end the node is watched here, too.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_front.h"

static bool xhb_called_by_watch(void)
{
	return (current->flags & PF_KTHREAD) &&
	       !strcmp(current->comm, "xenwatch");
}

/* Returns 0, -ENOENT if there is no such node, or -EINVAL if it is not a number. */
static int xhb_read_kb(const char *node, unsigned long long *kb)
{
	char *text = xenbus_read(XBT_NIL, "memory", node, NULL);
	int err;

	if (IS_ERR(text))
		return -ENOENT;
	err = kstrtoull(text, 10, kb);
	kfree(text);
	return err ? -EINVAL : 0;
}

/* Returns as xhb_read_kb(), after saying so if it is not a number. */
static int xhb_read_target(unsigned long long *kb)
{
	int err = xhb_read_kb("target", kb);

	if (err == -EINVAL)
		pr_warn_ratelimited("xenstore memory/target is not a number of KiB, ignored; set it with 'xl mem-set'\n");
	return err;
}

/* What is below all that the guest has besides its balloon has wrapped around. */
static void xhb_host_wants(struct xhb_balloon *b, unsigned long pages)
{
	xhb_target_request(b, XHB_REQUESTER_HOST, (long)pages < 0 ? 0 : pages);
}

/**
 * xhb_target_from_host() - a target arrived through the built-in front end
 * @b: the balloon
 * @pages: the target in 4K pages, as the built-in arithmetic left it
 *
 * Context: may sleep.
 */
void xhb_target_from_host(struct xhb_balloon *b, unsigned long pages)
{
	unsigned long long kb;

	if (xhb_called_by_watch() && xhb_read_target(&kb) == -EINVAL)
		return;
	xhb_host_wants(b, pages);
}

/* Set before the node is watched, constant while it is. */
static struct xhb_balloon *xhb_watch_balloon;
/* 4K pages that the host counts and the guest does not; set by the first call. */
static long xhb_watch_unseen;
static bool xhb_watch_called;

/*
 * In guests that Xen translates the host's maximum has frames that are no memory of the
 * guest. What that is when the node is first read stays so.
 */
static long xhb_pages_unseen(struct xhb_balloon *b)
{
	unsigned long long kb;

	if (xen_pv_domain() || xen_initial_domain() ||
	    (xhb_read_kb("static-max", &kb) &&
	     xhb_read_kb("memory_static_max", &kb)))
		return 0;
	return xhb_kb_to_pages(kb) - xhb_total_pages(b);
}

static void xhb_watch_changed(struct xenbus_watch *watch, const char *path,
			      const char *token)
{
	struct xhb_balloon *b = xhb_watch_balloon;
	unsigned long long kb;

	/* dom0 has none. */
	if (xhb_read_target(&kb))
		return;
	if (!xhb_watch_called)
		xhb_watch_unseen = xhb_pages_unseen(b);
	xhb_watch_called = true;
	xhb_host_wants(b, xhb_kb_to_pages(kb) - xhb_watch_unseen);
}

static struct xenbus_watch xhb_watch = {
	.node = "memory/target",
	.callback = xhb_watch_changed,
};

static bool xhb_watch_registered;

/* In dom0 the module may be there before xenstore is. */
static int xhb_watch_ready(struct notifier_block *nb, unsigned long event,
			   void *data)
{
	int err = register_xenbus_watch(&xhb_watch);

	xhb_watch_registered = !err;
	if (err)
		pr_err("cannot watch xenstore memory/target (error %d): 'xl mem-set' has no effect; write target_kb, or load the module again\n",
		       err);
	return NOTIFY_DONE;
}

static struct notifier_block xhb_watch_notifier = {
	.notifier_call = xhb_watch_ready,
};

/**
 * xhb_watch_add() - follow the host's target, which the kernel itself does not
 * @b: the balloon, with all in it that is ballooned out
 *
 * Context: may sleep.
 */
void xhb_watch_add(struct xhb_balloon *b)
{
	xhb_watch_balloon = b;
	xhb_watch_called = false;
	xhb_watch_registered = false;
	register_xenstore_notifier(&xhb_watch_notifier);
}

/**
 * xhb_watch_remove() - follow it no more
 *
 * Context: may sleep.
 */
void xhb_watch_remove(void)
{
	unregister_xenstore_notifier(&xhb_watch_notifier);
	if (xhb_watch_registered)
		unregister_xenbus_watch(&xhb_watch);
	xhb_watch_registered = false;
}
