// SPDX-License-Identifier: GPL-2.0
/*
 * Chunks of memory by number, for what is known of all the guest's memory. They never
 * move, so that there can be more of them while others look at those that are there.
 */
#include <linux/slab.h>
#include <linux/xarray.h>

#include "pages/chunks.h"

/**
 * xhb_chunks_grow() - have at least so many chunks
 * @chunks: by number
 * @count: how many
 * @size: bytes of each
 *
 * New ones are zeroed. Those that were added before memory ran out stay, for the next
 * call.
 *
 * Context: may sleep; one caller at a time.
 * Return: 0, or -ENOMEM.
 */
int xhb_chunks_grow(struct xarray *chunks, unsigned long count, size_t size)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		void *chunk;

		if (xa_load(chunks, i))
			continue;
		chunk = kvcalloc(1, size, GFP_KERNEL);
		if (!chunk || xa_is_err(xa_store(chunks, i, chunk, GFP_KERNEL))) {
			kvfree(chunk);
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * xhb_chunks_destroy() - free what xhb_chunks_grow() allocated
 * @chunks: nobody looks at them any more
 *
 * Context: may sleep.
 */
void xhb_chunks_destroy(struct xarray *chunks)
{
	unsigned long i;
	void *chunk;

	xa_for_each(chunks, i, chunk)
		kvfree(chunk);
	xa_destroy(chunks);
}
