/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The room pages/: where every page is, and every count.
 */
#ifndef XHB_PAGES_H
#define XHB_PAGES_H

#include "xhb.h"

struct balloon_stats;
struct xhb_self_sample;

int xhb_pages_init(struct xhb_balloon *b, struct balloon_stats *stats,
		   const bool *scrub,
		   void (*told)(struct xhb_balloon *b));
void xhb_pages_destroy(struct xhb_balloon *b);

/* Sizes, in 4K pages. */
unsigned long xhb_current_pages(struct xhb_balloon *b);
unsigned long xhb_total_pages(struct xhb_balloon *b);
unsigned long xhb_huge_pages(struct xhb_balloon *b);
unsigned long xhb_base_pages(struct xhb_balloon *b);
unsigned long xhb_base_isolated(struct xhb_balloon *b);
unsigned long xhb_base_at_rest(struct xhb_balloon *b);
unsigned long xhb_ballooned_pages(struct xhb_balloon *b);
unsigned long xhb_foreign_used(struct xhb_balloon *b);
unsigned long xhb_headroom(struct xhb_balloon *b);
unsigned long xhb_lost_pages(struct xhb_balloon *b);
void xhb_places(struct xhb_balloon *b, struct xhb_places *places);

/* What the guest can spare, and what it needs. */
unsigned long xhb_floor(struct xhb_balloon *b);
long xhb_available(void);
void xhb_demand_sample(struct xhb_balloon *b, struct xhb_self_sample *sample);
unsigned long xhb_demand_swapped_out(void);
unsigned long xhb_demand_returned(void);
unsigned long xhb_spare(struct xhb_balloon *b, enum xhb_use use);
unsigned long xhb_spare_kernel(struct xhb_balloon *b);
unsigned long xhb_spare_base(struct xhb_balloon *b);

/* What each of several NUMA nodes can spare, and which needs it most. */
bool xhb_node_spares(struct page *page);
int xhb_node_richest(gfp_t gfp);
bool xhb_node_needier(int node, int other);

/* What is known of the blocks of memory. */
unsigned long xhb_blocks_count(struct xhb_balloon *b);
unsigned long xhb_blocks_news(struct xhb_balloon *b);
unsigned int xhb_block_base(struct xhb_balloon *b, unsigned long block);
enum xhb_backing xhb_block_backing(struct xhb_balloon *b, unsigned long block);
void xhb_blocks_forget(struct xhb_balloon *b);
void xhb_block_set_unmovable(struct xhb_balloon *b, unsigned long block,
			     bool unmovable);
unsigned long xhb_blocks_unmovable(struct xhb_balloon *b);

/* Which frames are ballooned out, for those who look from outside. */
size_t xhb_bitmap_read(struct xhb_balloon *b, u8 *to, loff_t pos, size_t bytes);
bool xhb_bitmap_run(struct xhb_balloon *b, unsigned long from,
		    unsigned long *first, unsigned long *end);

/* Operations: pages out of the allocator or a queue, and what becomes of them. */
void xhb_op_init(struct xhb_op *op, unsigned int order);
void xhb_op_add(struct xhb_op *op, struct page *page);
void xhb_op_add_split(struct xhb_balloon *b, struct xhb_op *op,
		      struct page *page);
struct page *xhb_op_take(struct xhb_op *op);
void xhb_op_free(struct xhb_op *op);
unsigned long xhb_op_most(struct xhb_balloon *b, const struct xhb_op *op, bool populate);
enum xhb_effort xhb_effort(struct xhb_balloon *b);
unsigned int xhb_alloc_huge(struct xhb_balloon *b, struct xhb_op *op,
			    unsigned long n);
unsigned int xhb_alloc_base(struct xhb_balloon *b, struct xhb_op *op,
			    unsigned long n, gfp_t gfp);
void xhb_scrub_used(struct xhb_balloon *b, struct page *page);
void xhb_scrub(struct xhb_balloon *b, struct page *page, unsigned int order);
unsigned int xhb_queues_take(struct xhb_balloon *b, struct xhb_op *op,
			     unsigned long most);
bool xhb_split_one(struct xhb_balloon *b);
bool xhb_collapse_block(struct xhb_balloon *b, unsigned long block);
struct xhb_done xhb_release(struct xhb_balloon *b, struct xhb_op *op);
struct xhb_done xhb_populate(struct xhb_balloon *b, struct xhb_op *op);
struct xhb_done xhb_trade(struct xhb_balloon *b, struct xhb_op *op);
int xhb_renew(struct xhb_balloon *b, struct page *page);

/* Emptying blocks, beside the worker. */
unsigned long xhb_scattered_pages(void);
struct page *xhb_evacuate(struct xhb_balloon *b, enum xhb_choice choice,
			  unsigned long block);
bool xhb_evacuating(struct xhb_balloon *b);
bool xhb_evacuation_is_current(struct xhb_balloon *b);
void xhb_evacuate_drop(struct xhb_balloon *b);
void xhb_evacuation_stop(struct xhb_balloon *b);

/* Adding memory, beside the worker. */
bool xhb_can_grow(void);
void xhb_grow(struct xhb_balloon *b, unsigned long pages);
bool xhb_growing(struct xhb_balloon *b);
void xhb_grow_stop(struct xhb_balloon *b);

/* Pages for foreign mappings. */
unsigned long xhb_foreign_idle(struct xhb_balloon *b);
unsigned long xhb_foreign_calls(struct xhb_balloon *b);
void xhb_foreign_trim(struct xhb_balloon *b);
int xhb_foreign_get(struct xhb_balloon *b, unsigned int n, struct page **pages);
void xhb_foreign_put(struct xhb_balloon *b, unsigned int n,
		     struct page **pages);

/* While the domain is saved or migrated, and after that. */
void xhb_reconcile_note(struct xhb_balloon *b);
void xhb_reconcile_look(struct xhb_balloon *b);
bool xhb_reconcile_pending(struct xhb_balloon *b);
bool xhb_reconcile_some(struct xhb_balloon *b);
bool xhb_is_copied(struct xhb_balloon *b);
bool xhb_was_copied(struct xhb_balloon *b);
unsigned long xhb_copied_ends(struct xhb_balloon *b);
void xhb_migrate_freeze(struct xhb_balloon *b, bool frozen);
void xhb_copied_restored(struct xhb_balloon *b);

/* From the built-in driver, and to it. */
void xhb_transfer_adopt(struct xhb_balloon *b, struct page **pages,
			unsigned int n);
void xhb_put_list(struct xhb_balloon *b, struct list_head *pages, bool online);
int xhb_blocks_reach(struct xhb_balloon *b, struct page *page);
void xhb_transfer_hand_back(struct xhb_balloon *b, struct page **pages,
			    unsigned int n);
struct page *xhb_replace(struct xhb_balloon *b, struct page *page);
void xhb_probe_method(struct xhb_balloon *b);

/* Statistics. */
extern const char * const xhb_count_names[XHB_COUNT_COUNT];
void xhb_count_add(struct xhb_balloon *b, enum xhb_count count, u64 times);
u64 xhb_counted(struct xhb_balloon *b, enum xhb_count count);
extern const char * const xhb_try_names[XHB_TRY_COUNT];
extern const char * const xhb_result_names[XHB_RESULT_COUNT];
void xhb_tried(struct xhb_balloon *b, enum xhb_try what, unsigned long asked,
	       unsigned long done);
u64 xhb_tried_with(struct xhb_balloon *b, enum xhb_try what,
		   enum xhb_result result);

/* How long things take, and the balloon's lock. */
extern const char * const xhb_time_names[XHB_TIME_COUNT];
u64 xhb_time_begin(void);
u64 xhb_time_step(struct xhb_balloon *b, enum xhb_time step, u64 begin);
void xhb_time_add(struct xhb_balloon *b, enum xhb_time step, u64 ns);
u64 xhb_timed_ns(struct xhb_balloon *b, enum xhb_time step);
u64 xhb_timed(struct xhb_balloon *b, enum xhb_time step, unsigned int limit);
void xhb_lock(struct xhb_balloon *b);
bool xhb_trylock(struct xhb_balloon *b);
void xhb_unlock(struct xhb_balloon *b);
u64 xhb_longest_lock_ns(struct xhb_balloon *b);

#endif /* XHB_PAGES_H */
