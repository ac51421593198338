// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "fake_guest.h"
#include "fake_hv.h"
#include "fault.h"

struct fake_guest fake_guest;

/* Protects the content of fake_guest. */
static DEFINE_MUTEX(fake_guest_lock);
/* A bit for each frame that the driver has; atomic, and how many. */
static unsigned long *fake_held;
static atomic_long_t fake_held_pages;
/* A bit for each frame that is of the second node; atomic. */
static unsigned long *fake_second;

int fake_guest_init(void)
{
	unsigned long end = 0;
	int node;

	for_each_node_state(node, N_MEMORY)
		end = max(end, node_end_pfn(node));
	fake_held = vzalloc(BITS_TO_LONGS(end) * sizeof(long));
	fake_second = vzalloc(BITS_TO_LONGS(end) * sizeof(long));
	if (!fake_held || !fake_second) {
		fake_guest_exit();
		return -ENOMEM;
	}
	atomic_long_set(&fake_held_pages, 0);
	fake_guest = (struct fake_guest) {
		.available = LONG_MAX / 2,
		.huge_left = ULONG_MAX,
		.contig_left = ULONG_MAX,
		.nodes = 1,
		.node_room = { -1, -1 },
		.zone_free = -1,
		.zone_cache = -1,
		.free = -1,
		.huge_light_left = ULONG_MAX,
	};
	return 0;
}

void fake_guest_exit(void)
{
	vfree(fake_held);
	vfree(fake_second);
	fake_held = NULL;
	fake_second = NULL;
}

/* Is the page in the driver's hands? */
bool fake_guest_holds(struct page *page)
{
	return test_bit(page_to_pfn(page), fake_held);
}

unsigned long fake_guest_held_pages(void)
{
	return atomic_long_read(&fake_held_pages);
}

/* A page comes into the driver's hands by another way than allocation. */
void fake_guest_hand_over(struct page *page)
{
	if (test_and_set_bit(page_to_pfn(page), fake_held))
		fake_hv_violate("handed over twice", page_to_pfn(page));
	atomic_long_inc(&fake_held_pages);
}

/* The reverse, by another way than freeing. */
void fake_guest_take_back(struct page *page)
{
	if (!test_and_clear_bit(page_to_pfn(page), fake_held))
		fake_hv_violate("not the driver's to give", page_to_pfn(page));
	atomic_long_dec(&fake_held_pages);
}

/* Allows for a 2M page; counts it. */
static bool fake_huge_allowed(gfp_t gfp)
{
	bool light = !(gfp & __GFP_RECLAIM), allowed;

	mutex_lock(&fake_guest_lock);
	fake_guest.tries_2m++;
	allowed = fake_guest.huge_left &&
		  (!light || fake_guest.huge_light_left);
	if (allowed) {
		fake_guest.huge_left--;
		if (light)
			fake_guest.huge_light_left--;
	}
	mutex_unlock(&fake_guest_lock);
	return allowed;
}

int fake_page_to_nid(const struct page *page)
{
	return test_bit(page_to_pfn(page), fake_second);
}

/* The host numbers them the other way round. */
int fake_pxm_to_node(int pxm)
{
	return pxm < fake_guest.nodes ? fake_guest.nodes - 1 - pxm : NUMA_NO_NODE;
}

/* Nobody looks at more of them than their zones. */
static struct pglist_data fake_node_datas[2];

struct pglist_data *fake_node_data(int node)
{
	struct zone *lowest = fake_node_datas[node].node_zones;

	if (fake_guest.node_room[0] < 0)
		return NODE_DATA(node);
	lowest->lowmem_reserve[ZONE_NORMAL] = fake_guest.node_reserve;
	return &fake_node_datas[node];
}

static void fake_room_add(struct page *page, long pages)
{
	long *room = &fake_guest.node_room[fake_page_to_nid(page)];

	if (*room >= 0)
		*room += pages;
}

/* From now on the page is of @node, if that has room, or else of the other. */
static void fake_put_on_node(struct page *page, int node, unsigned int order)
{
	long size = 1L << order;
	long i;

	if (fake_guest.nodes == 1 || node < 0)
		node = 0;
	else if (fake_guest.node_room[node] < size && fake_guest.node_room[!node] >= size)
		node = !node;
	for (i = 0; i < size; i++) {
		if (node)
			set_bit(page_to_pfn(page) + i, fake_second);
		else
			clear_bit(page_to_pfn(page) + i, fake_second);
	}
	fake_room_add(page, -size);
}

struct page *fake_alloc_pages_node(int node, gfp_t gfp, unsigned int order)
{
	struct page *page;
	unsigned long i;

	if (fault_hit(NULL) || (order && !fake_huge_allowed(gfp)))
		return NULL;
	if (!order)
		fake_guest.gfp_4k |= gfp;
	page = alloc_pages(gfp, order);
	if (page)
		fake_put_on_node(page, node, order);
	for (i = 0; page && i < 1UL << order; i++) {
		if (!fake_pod_allocated(page + i, gfp & __GFP_ZERO) &&
		    !(gfp & __GFP_ZERO))
			fake_hv_dirty(page + i);
		fake_guest_hand_over(page + i);
	}
	if (page)
		fake_shared_allocated(page, 1UL << order);
	return page;
}

struct page *fake_alloc_pages(gfp_t gfp, unsigned int order)
{
	return fake_alloc_pages_node(NUMA_NO_NODE, gfp, order);
}

void fake_free_pages(struct page *page, unsigned int order)
{
	unsigned long i;

	fake_room_add(page, 1L << order);
	for (i = 0; i < 1UL << order; i++) {
		if (!fake_hv_usable(page + i))
			fake_hv_violate("freed, but not usable",
					page_to_pfn(page + i));
		if (fake_hv_unmarked(page + i))
			fake_hv_violate("freed, but not marked for copying",
					page_to_pfn(page + i));
		if (PageOffline(page + i))
			fake_hv_violate("freed, but marked offline",
					page_to_pfn(page + i));
		fake_guest_take_back(page + i);
	}
	__free_pages(page, order);
}

long fake_mem_available(void)
{
	return fake_guest.available + fake_guest.kept -
	       atomic_long_read(&fake_held_pages);
}

void fake_vm_events(unsigned long *events)
{
	events[PSWPOUT] += fake_guest.swapped_out;
}

int fake_page_zonenum(struct page *page)
{
	if (fake_guest.movable_block &&
	    page_to_pfn(page) >> XHB_HUGE_ORDER == fake_guest.movable_block)
		return ZONE_MOVABLE;
	return page_zonenum(page);
}

unsigned long fake_zone_page_state(struct zone *zone, enum zone_stat_item item)
{
	if (zone == fake_node_datas[0].node_zones)
		return max(fake_guest.node_room[0], 0);
	if (zone == fake_node_datas[1].node_zones)
		return max(fake_guest.node_room[1], 0);
	if (item == NR_FREE_PAGES && fake_guest.zone_free >= 0)
		return fake_guest.zone_free;
	if (item == NR_ZONE_ACTIVE_FILE && fake_guest.zone_cache >= 0)
		return fake_guest.zone_cache / 2;
	if (item == NR_ZONE_INACTIVE_FILE && fake_guest.zone_cache >= 0)
		return fake_guest.zone_cache - fake_guest.zone_cache / 2;
	return zone_page_state(zone, item);
}

unsigned long fake_free_pages_of_all(enum zone_stat_item item)
{
	if (item == NR_FREE_PAGES && fake_guest.free >= 0)
		return fake_guest.free;
	return global_zone_page_state(item);
}

unsigned long fake_managed_pages(struct zone *zone)
{
	if (fake_guest.movable && zone_idx(zone) == ZONE_MOVABLE)
		return fake_guest.movable;
	return zone_managed_pages(zone);
}

static void *fake_count_buffer(void *buffer)
{
	if (buffer)
		fake_guest.buffers++;
	return buffer;
}

void *fake_kvmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	if (fault_hit(NULL))
		return NULL;
	return fake_count_buffer(kvmalloc_array(n, size, gfp));
}

void fake_kvfree(const void *addr)
{
	if (addr)
		fake_guest.buffers--;
	kvfree(addr);
}

struct workqueue_struct *fake_alloc_workqueue(const char *name,
					      unsigned int flags)
{
	if (fault_hit(NULL))
		return NULL;
	fake_guest.freezable += !!(flags & WQ_FREEZABLE);
	return alloc_ordered_workqueue("%s", flags, name);
}

/* The real one, which moves what is there, balloon pages included. */
int fake_alloc_contig_range(unsigned long start, unsigned long end,
			    unsigned int type, gfp_t gfp)
{
	struct page *late;
	unsigned long pfn;
	int err;

	fake_guest.contig_last[fake_guest.contig_tried++ %
			       ARRAY_SIZE(fake_guest.contig_last)] =
		start >> XHB_HUGE_ORDER;
	if (fault_hit(NULL) || !fake_guest.contig_left)
		return -EBUSY;
	late = xchg(&fake_guest.lock_late, NULL);
	if (late)
		lock_page(late);
	err = alloc_contig_range(start, end, type, gfp);
	for (pfn = start; !err && pfn < end; pfn++) {
		bool cleared = want_init_on_alloc(gfp);

		if (!fake_pod_allocated(pfn_to_page(pfn), cleared) && !cleared)
			fake_hv_dirty(pfn_to_page(pfn));
		fake_guest_hand_over(pfn_to_page(pfn));
	}
	if (!err)
		fake_shared_allocated(pfn_to_page(start), end - start);
	if (!err && fake_guest.watch) {
		fake_guest.watch = false;
		fake_guest.watched = pfn_to_page(start + 1);
		get_page(fake_guest.watched);
	}
	return err;
}

/* The real one complains about pages that somebody else looks at. */
void fake_free_contig_range(unsigned long pfn, unsigned long pages)
{
	for (; pages--; pfn++) {
		if (page_count(pfn_to_page(pfn)) != 1)
			fake_hv_violate("freed as a range, but in use", pfn);
		fake_free_pages(pfn_to_page(pfn), 0);
	}
}

/* Nothing becomes of it but a number. */
int fake_add_memory(int node, u64 start, u64 bytes)
{
	if (fault_hit(NULL))
		return -EEXIST;
	fake_guest.added += bytes;
	fake_guest.adds++;
	fake_guest.added_at = start;
	return 0;
}
