// SPDX-License-Identifier: GPL-2.0
/*
 * What is in the frames of the domain.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "fake_frames.h"
#include "fake_hv.h"

/* The part of a frame's content that is looked at: elsewhere in each frame. */
static size_t fake_window(unsigned long pfn, size_t *offset)
{
	*offset = 0;
	if (fake_hv.thorough)
		return PAGE_SIZE;
	*offset = pfn * 64 % PAGE_SIZE;
	return 64;
}

void fake_fill(unsigned long pfn, int value)
{
	u8 *content = kmap_local_page(pfn_to_page(pfn));
	size_t offset, size = fake_window(pfn, &offset);

	memset(content + offset, value, size);
	kunmap_local(content);
}

bool fake_filled(unsigned long pfn, int value)
{
	u8 *content = kmap_local_page(pfn_to_page(pfn));
	size_t offset, size = fake_window(pfn, &offset);
	bool filled = !memchr_inv(content + offset, value, size);

	kunmap_local(content);
	return filled;
}

/* Leave something in a page that must not be seen by other domains. */
void fake_hv_dirty(struct page *page)
{
	fake_fill(page_to_pfn(page), 0x5a);
}
