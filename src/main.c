// SPDX-License-Identifier: GPL-2.0
/*
 * Xen balloon driver that works in 2M pages.
 *
 * Takes over from the built-in driver at load, hands back at unload. Built in, it
 * takes over at boot and stays.
 */
#include <linux/module.h>
#include <xen/xen.h>

#include "xhb_front.h"
#include "xhb_pages.h"
#include "xhb_takeover.h"

static struct xhb_balloon xhb_balloon;

static int __init xhb_init(void)
{
	struct xhb_balloon *b = &xhb_balloon;
	int err;

	if (!xen_domain()) {
		pr_err("not running on Xen, there is nothing to take over\n");
		return -ENODEV;
	}

	xhb_knobs_init(b);
	xhb_bootline_apply(b, xen_initial_domain());
	err = xhb_takeover(b);
	if (err)
		return err;

	pr_info("took over from the built-in balloon driver: %lu KiB in 2M pages, %lu KiB in 4K pages\n",
		xhb_pages_to_kb(xhb_huge_pages(b)),
		xhb_pages_to_kb(xhb_base_pages(b)));
	return 0;
}

/*
 * Built in, it comes right after the built-in driver, which is linked before it and has
 * not done much of its work by then. For a module this is when it is loaded.
 */
subsys_initcall(xhb_init);

static void __exit xhb_exit(void)
{
	xhb_takeover_undo(&xhb_balloon);
	pr_info("handed back to the built-in balloon driver\n");
}
module_exit(xhb_exit);

MODULE_DESCRIPTION("Xen balloon driver that works in 2M pages");
MODULE_AUTHOR("The maintainers of xen-hugeballoon");
MODULE_LICENSE("GPL");
/* From dkms.conf and git, by Kbuild. */
MODULE_VERSION(XHB_VERSION);
