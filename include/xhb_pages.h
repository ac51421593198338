/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Queues, accounting, and pages from and to the guest's allocator.
 */
#ifndef XHB_PAGES_H
#define XHB_PAGES_H

#include "xhb.h"

int xhb_pages_init(struct xhb_balloon *b);
void xhb_pages_destroy(struct xhb_balloon *b);

/* What is known of the blocks of memory. */
unsigned long xhb_blocks_count(struct xhb_balloon *b);
unsigned long xhb_blocks_news(struct xhb_balloon *b);
unsigned int xhb_block_base(struct xhb_balloon *b, unsigned long block);
enum xhb_backing xhb_block_backing(struct xhb_balloon *b, unsigned long block);
void xhb_blocks_forget(struct xhb_balloon *b);
void xhb_block_set_unmovable(struct xhb_balloon *b, unsigned long block,
			     bool unmovable);
bool xhb_block_is_unmovable(struct xhb_balloon *b, unsigned long block);
unsigned long xhb_blocks_unmovable(struct xhb_balloon *b);

/* Queues; under the balloon's lock. */
void xhb_huge_put(struct xhb_balloon *b, struct page *page);
struct page *xhb_huge_take(struct xhb_balloon *b);
void xhb_base_put(struct xhb_balloon *b, struct page *page);
void xhb_base_put_range(struct xhb_balloon *b, struct page *page,
			unsigned long from, unsigned long to);
struct page *xhb_base_take(struct xhb_balloon *b);
bool xhb_split_one(struct xhb_balloon *b);
bool xhb_unsplit_page(struct page *page);
bool xhb_collapse_block(struct xhb_balloon *b, unsigned long block);
void xhb_put_list(struct xhb_balloon *b, struct list_head *pages);
unsigned long xhb_base_isolated(struct xhb_balloon *b);

/* Exchange with the hypervisor, all accounting included; under the lock. */
unsigned long xhb_release(struct xhb_balloon *b, struct page **pages,
			  unsigned int n, unsigned int order);
struct xhb_done xhb_populate(struct xhb_balloon *b, struct page **pages,
			     unsigned int n, unsigned int order);

/* Compaction moves pages of the base queue. */
int xhb_migratepage(struct balloon_dev_info *core, struct page *newpage,
		    struct page *page, enum migrate_mode mode);
void xhb_probe_method(struct xhb_balloon *b);

/* The guest's allocator; not under the lock. */
unsigned int xhb_alloc_huge(struct xhb_balloon *b, struct page **pages,
			    unsigned int n);
unsigned long xhb_scattered_pages(void);
struct page *xhb_evacuate(struct xhb_balloon *b, bool with_base);
struct page *xhb_evacuate_this(unsigned long block);
unsigned int xhb_alloc_base(struct xhb_balloon *b, struct page **pages,
			    unsigned int n, gfp_t gfp);

void xhb_move_managed(struct page *from, struct page *to);
void xhb_scrub(struct xhb_balloon *b, struct page *page, unsigned int order);
unsigned long xhb_ballooned_pages(struct xhb_balloon *b);

#endif /* XHB_PAGES_H */
