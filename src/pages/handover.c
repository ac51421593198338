// SPDX-License-Identifier: GPL-2.0
/*
 * Ballooned pages that change drivers, and nothing else about them: no memory
 * moves.
 */
#include <linux/mm.h>

#include "xhb_pages.h"

/**
 * xhb_transfer_adopt() - pages that came from the built-in driver
 * @b: the balloon
 * @pages: not populated; as many were counted as being in use
 * @n: how many
 *
 * Context: under the balloon's lock.
 */
void xhb_transfer_adopt(struct xhb_balloon *b, struct page **pages,
			unsigned int n)
{
	unsigned int i;

	xhb_account_foreign(b, -(long)n);
	for (i = 0; i < n; i++) {
		/* Memory that was never onlined came reserved. */
		ClearPageReserved(pages[i]);
		xhb_account_mark(pages[i], 0);
	}
	xhb_count_add(b, XHB_COUNT_ADOPTED, n);
}

/**
 * xhb_transfer_hand_back() - pages that go to the built-in driver
 * @b: the balloon
 * @pages: taken from a queue
 * @n: how many
 *
 * The built-in driver takes them for pages that were in use.
 *
 * Context: under the balloon's lock.
 */
void xhb_transfer_hand_back(struct xhb_balloon *b, struct page **pages,
			    unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		xhb_bitmap_clear(b, page_to_pfn(pages[i]), 1);
		xhb_account_unmark(pages[i], 0);
	}
	xhb_account_foreign(b, n);
}
