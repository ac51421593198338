// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/mm.h>

#include "shown.h"

/*
 * What people are shown: each page that was just visited, and nothing that has memory.
 */
void shown_check(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long first, end, shown = 0, queued, pfn;

	for (end = 0; xhb_bitmap_run(&f->b, end, &first, &end);) {
		for (pfn = first; pfn < end; pfn++) {
			shown += test_bit(pfn, f->visited);
			if (fake_hv_gone(pfn_to_page(pfn)))
				continue;
			KUNIT_FAIL(test, "page %lx is shown, but populated", pfn);
			return;
		}
	}
	queued = bitmap_weight(f->visited, f->frames);
	KUNIT_EXPECT_EQ(test, shown, queued);
}
