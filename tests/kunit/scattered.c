// SPDX-License-Identifier: GPL-2.0
#include <linux/highmem.h>
#include <linux/mm.h>

#include "scattered.h"

#define BLOCKS	3

/* Gives Xen a page that the driver did not choose. */
static void release(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;

	clear_highpage(page);
	fake_guest_hand_over(page);
	mutex_lock(&f->b.lock);
	KUNIT_ASSERT_EQ(test, fixture_release(f, &page, 1, 0), 1UL);
	mutex_unlock(&f->b.lock);
}

/*
 * Every second page of some blocks becomes a base page, the others are free.
 * The blocks were free as a whole, or what else is in them could not be moved.
 */
void scattered_inflate(struct kunit *test, unsigned long pages)
{
	struct fixture *f = test->priv;
	unsigned long i, left = pages;
	struct page *blocks[BLOCKS];
	unsigned int n;

	for (n = 0; n < BLOCKS; n++) {
		blocks[n] = alloc_pages(GFP_HIGHUSER_MOVABLE, XHB_HUGE_ORDER);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, blocks[n]);
		split_page(blocks[n], XHB_HUGE_ORDER);
	}
	for (n = 0; n < BLOCKS; n++) {
		for (i = 0; i < XHB_HUGE_PAGES; i++) {
			if (i % 2 && left) {
				release(test, blocks[n] + i);
				left--;
			} else {
				__free_page(blocks[n] + i);
			}
		}
	}
	f->stats.target_pages = f->total - pages;
}
