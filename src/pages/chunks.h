/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chunks of memory by number; see chunks.c.
 */
#ifndef XHB_CHUNKS_H
#define XHB_CHUNKS_H

#include <linux/types.h>

struct xarray;

int xhb_chunks_grow(struct xarray *chunks, unsigned long count, size_t size);
void xhb_chunks_destroy(struct xarray *chunks);

#endif /* XHB_CHUNKS_H */
