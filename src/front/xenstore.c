// SPDX-License-Identifier: GPL-2.0
/*
 * Targets from the host.
 *
 * The built-in front end watches xenstore's memory/target and does the
 * arithmetic that makes it comparable with current. It takes the digits that it
 * finds and ignores the rest, so the value is looked at once more here.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <xen/xenbus.h>

#include "xhb_policy.h"
#include "xhb_front.h"

static bool xhb_called_by_watch(void)
{
	return (current->flags & PF_KTHREAD) &&
	       !strcmp(current->comm, "xenwatch");
}

/* True unless xenstore holds something that is not a number. */
static bool xhb_host_target_valid(void)
{
	unsigned long long kb;
	char *text;
	int err;

	text = xenbus_read(XBT_NIL, "memory", "target", NULL);
	if (IS_ERR(text))
		return true;
	err = kstrtoull(text, 10, &kb);
	kfree(text);
	return !err;
}

/**
 * xhb_target_from_host() - a target arrived through the built-in front end
 * @b: the balloon
 * @pages: the target in 4K pages, as the built-in arithmetic left it
 *
 * A value below what the guest has besides its balloon has wrapped around by
 * now; it means as little as possible.
 *
 * Context: may sleep.
 */
void xhb_target_from_host(struct xhb_balloon *b, unsigned long pages)
{
	if (xhb_called_by_watch() && !xhb_host_target_valid()) {
		pr_warn_ratelimited("xenstore memory/target is not a number of KiB, ignored; set it with 'xl mem-set'\n");
		return;
	}
	xhb_target_request(b, XHB_REQUESTER_HOST, (long)pages < 0 ? 0 : pages);
}
