/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the supported kernels where their memory is not in a balloon;
 * see xhb_compat.h.
 */
#ifndef XHB_COMPAT_MEMORY_H
#define XHB_COMPAT_MEMORY_H

#include <linux/shrinker.h>
#include <linux/types.h>

struct page;

/* What memory is for. */
bool xhb_compat_is_set_aside(struct page *page);
bool xhb_compat_only_movable(struct page *page);
int xhb_compat_alloc_range(unsigned long pfn, unsigned long pages);

/* More of it. */
bool xhb_compat_can_add_memory(u64 *first, u64 *last);
int xhb_compat_add_memory(u64 start, u64 bytes);

/* Too little of it. */
struct shrinker *xhb_compat_add_shrinker(const struct shrinker *model);
void xhb_compat_remove_shrinker(struct shrinker *shrinker);

#endif /* XHB_COMPAT_MEMORY_H */
