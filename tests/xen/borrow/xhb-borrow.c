// SPDX-License-Identifier: GPL-2.0
/*
 * Borrows ballooned pages, as grant and foreign mappings do.
 *
 * No driver of a stock kernel calls xen_alloc_ballooned_pages(), so this stands
 * in for one: it holds the pages from load to unload.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/balloon.h>

static unsigned int count = 1000;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "4K pages to borrow");

static struct page **pages;

static int check_pages(void)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!pages[i] || PageOffline(pages[i]) ||
		    page_count(pages[i]) != 1) {
			pr_err("xhb-borrow: page %u is not fit for use\n", i);
			return -EINVAL;
		}
		/* Nobody else may have it: each gets a mark of its own. */
		set_page_private(pages[i], i + 1);
	}
	for (i = 0; i < count; i++) {
		if (page_private(pages[i]) != i + 1) {
			pr_err("xhb-borrow: page %u was lent twice\n", i);
			return -EINVAL;
		}
		set_page_private(pages[i], 0);
	}
	return 0;
}

static int __init borrow_init(void)
{
	int err;

	pages = kvcalloc(count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	err = xen_alloc_ballooned_pages(count, pages);
	if (err)
		goto free;
	err = check_pages();
	if (!err)
		return 0;
	xen_free_ballooned_pages(count, pages);
free:
	kvfree(pages);
	return err;
}
module_init(borrow_init);

static void __exit borrow_exit(void)
{
	xen_free_ballooned_pages(count, pages);
	kvfree(pages);
}
module_exit(borrow_exit);

MODULE_DESCRIPTION("Borrows ballooned pages");
MODULE_LICENSE("GPL");
