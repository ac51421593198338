// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest uses its memory for, as the kernel counts it.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/nodemask.h>
#include <linux/vmstat.h>

#include "xhb_pages.h"
#include "xhb_pure.h"

/* What all zones together keep free; the kernel has the sum, but not for modules. */
static unsigned long xhb_kernel_reserve(void)
{
	unsigned long pages = 0;
	int node;

	for_each_online_node(node)
		pages += READ_ONCE(NODE_DATA(node)->totalreserve_pages);
	return pages;
}

/* Memory of programs: mapped privately, shared, or in a tmpfs. */
static unsigned long xhb_anon_pages(void)
{
	return global_node_page_state(NR_ACTIVE_ANON) +
	       global_node_page_state(NR_INACTIVE_ANON) +
	       global_zone_page_state(NR_MLOCK);
}

/*
 * All that is neither free, nor a program's, nor of a file: slab, page tables, stacks,
 * the buffers of drivers, compressed swap. Half of what can be reclaimed of it may be
 * so at once.
 */
static unsigned long xhb_kernel_pages(unsigned long ram, unsigned long files)
{
	unsigned long others = global_zone_page_state(NR_FREE_PAGES) +
			       xhb_anon_pages() + files;
	unsigned long reclaimable =
		global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) +
		global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE);

	others += reclaimable / 2;
	return ram - min(ram, others);
}

/**
 * xhb_demand_sample() - what the guest has and uses now
 * @b: the balloon
 * @sample: filled, but for what it takes two samples to know
 *
 * Counts are read one after the other while they change.
 *
 * Context: may sleep.
 */
void xhb_demand_sample(struct xhb_balloon *b, struct xhb_self_sample *sample)
{
	unsigned long active = global_node_page_state(NR_ACTIVE_FILE);
	unsigned long files = active + global_node_page_state(NR_INACTIVE_FILE);
	unsigned long mapped = min(files, global_node_page_state(NR_FILE_MAPPED));

	*sample = (struct xhb_self_sample) {
		.size = xhb_current_pages(b),
		.ballooned = xhb_ballooned_pages(b),
		.committed = vm_memory_committed(),
		.anon = xhb_anon_pages(),
		.cache = max(active, mapped),
		.reserve = xhb_kernel_reserve(),
		.free = global_zone_page_state(NR_FREE_PAGES),
		.available = xhb_available(),
		.floor = xhb_floor(b),
	};
	sample->ram = min(totalram_pages(), sample->size);
	sample->kernel = xhb_kernel_pages(sample->ram, files);
}

/**
 * xhb_demand_returned() - pages of files that were evicted though they were in use
 *
 * Context: any.
 * Return: how often such a page had to be read again since boot.
 */
unsigned long xhb_demand_returned(void)
{
	return global_node_page_state(WORKINGSET_ACTIVATE_FILE);
}

/**
 * xhb_demand_swapped_out() - memory of programs that was evicted
 *
 * To a disk, or compressed, to zram or by zswap.
 *
 * Context: any.
 * Return: how often that was done to a page since boot, as long as the kernel counts.
 */
unsigned long xhb_demand_swapped_out(void)
{
	unsigned long events[NR_VM_EVENT_ITEMS] = {};
	unsigned long pages;

	all_vm_events(events);
	pages = events[PSWPOUT];
#ifdef CONFIG_ZSWAP
	pages += events[ZSWPOUT];
#endif
	return pages;
}
