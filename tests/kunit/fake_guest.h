/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's allocators: the real ones, but each page that the driver takes is
 * known, and each call may be made to fail.
 */
#ifndef XHB_TEST_FAKE_GUEST_H
#define XHB_TEST_FAKE_GUEST_H

#include <linux/mmzone.h>
#include <linux/mm_types.h>
#include <linux/types.h>

struct workqueue_struct;

/**
 * struct fake_guest - for tests to look at and to set
 * @available: what the kernel thinks is available in 4K pages while the driver
 *	holds nothing but @kept; less by what it holds beside that
 * @kept: pages that the driver has from the beginning
 * @huge_left: 2M pages that can still be allocated
 * @huge_light_left: those of them that need no compaction
 * @contig_left: 2M blocks that can still be emptied
 * @contig_tried: 2M blocks that were to be emptied
 * @contig_last: the last of them, in turn
 * @lock_late: locked when its block is being emptied, then NULL
 * @movable_block: number of a block that is in the kernel's movable zone; 0 for none
 * @watched: the second 4K page of the next one that is emptied gets a reference,
 *	as somebody who walks page frames takes it for an instant; the page then
 * @watch: whether it is to
 * @nodes: as many as the kernel thinks there are, one or two; which one a page is of is
 *	decided when it is allocated
 * @node_room: free pages of each of two nodes, or below zero for what the kernel says;
 *	changes as the driver takes and frees pages
 * @node_reserve: of @node_room, what allocations for ZONE_NORMAL do not get
 * @zone_free: free pages of each zone, or below zero for the true number
 * @zone_cache: pages of files in each zone, or below zero for the true number
 * @swapped_out: pages that the kernel has swapped out
 * @free: free pages of all zones, or below zero for the true number
 * @movable: pages that the kernel has in its movable zone
 * @freezable: queues of work that are frozen while the domain sleeps
 * @tries_2m: calls for a 2M page
 * @gfp_4k: flags of all calls for a 4K page so far
 * @buffers: not freed yet
 * @added: bytes of memory that was added, by @adds calls that succeeded
 * @adds: see @added
 * @added_at: where the last of it is
 */
struct fake_guest {
	long available;
	long kept;
	unsigned long huge_left;
	unsigned long huge_light_left;
	unsigned long contig_left;
	unsigned long contig_tried;
	unsigned long contig_last[8];
	struct page *lock_late;
	unsigned long movable_block;
	struct page *watched;
	bool watch;
	unsigned int nodes;
	long node_room[2];
	unsigned long node_reserve;
	long zone_free;
	long zone_cache;
	unsigned long swapped_out;
	long free;
	unsigned long movable;
	unsigned int freezable;
	unsigned long tries_2m;
	gfp_t gfp_4k;
	unsigned int buffers;
	u64 added;
	unsigned int adds;
	u64 added_at;
};

extern struct fake_guest fake_guest;

int fake_guest_init(void);
void fake_guest_exit(void);
bool fake_guest_holds(struct page *page);
unsigned long fake_guest_held_pages(void);
void fake_guest_hand_over(struct page *page);
void fake_guest_take_back(struct page *page);

/* What seams.h puts in the place of the kernel's allocators. */
struct page *fake_alloc_pages(gfp_t gfp, unsigned int order);
struct page *fake_alloc_pages_node(int node, gfp_t gfp, unsigned int order);
int fake_page_to_nid(const struct page *page);
int fake_pxm_to_node(int pxm);
struct pglist_data *fake_node_data(int node);
void fake_free_pages(struct page *page, unsigned int order);
long fake_mem_available(void);
void fake_vm_events(unsigned long *events);
int fake_page_zonenum(struct page *page);
unsigned long fake_zone_page_state(struct zone *zone,
				   enum zone_stat_item item);
unsigned long fake_free_pages_of_all(enum zone_stat_item item);
unsigned long fake_managed_pages(struct zone *zone);
void *fake_kvmalloc_array(size_t n, size_t size, gfp_t gfp);
void fake_kvfree(const void *addr);
struct workqueue_struct *fake_alloc_workqueue(const char *name,
					      unsigned int flags);
int fake_add_memory(int node, u64 start, u64 bytes);
int fake_alloc_contig_range(unsigned long start, unsigned long end,
			    unsigned int type, gfp_t gfp);
void fake_free_contig_range(unsigned long pfn, unsigned long pages);

#endif /* XHB_TEST_FAKE_GUEST_H */
