// SPDX-License-Identifier: GPL-2.0
/*
 * What differs between the supported kernels where their memory is not in a balloon.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/numa.h>
#include <linux/slab.h>

#include "xhb_compat_memory.h"

/*
 * For what its block of memory is used, an enum migratetype. The kernel's function
 * for this is not exported, the words that it looks at are reached through
 * mem_section, which is. The type is in the lowest three bits of each block.
 */
static unsigned int xhb_pageblock_type(struct page *page)
{
	unsigned long pfn = page_to_pfn(page), bit, word;

	bit = ((pfn % PAGES_PER_SECTION) >> pageblock_order) * NR_PAGEBLOCK_BITS;
	word = READ_ONCE(section_to_usemap(__pfn_to_section(pfn))[BIT_WORD(bit)]);
	return word >> bit % BITS_PER_LONG & 7;
}

static bool xhb_is_cma(struct page *page)
{
#ifdef CONFIG_CMA
	return xhb_pageblock_type(page) == MIGRATE_CMA;
#else
	return false;
#endif
}

/**
 * xhb_compat_is_set_aside() - does the kernel keep this memory for a purpose?
 * @page: any page of memory that is online
 *
 * That is for allocations that must not fail in an interrupt, which is a mark that
 * xhb_compat_alloc_range() would wipe out, or for contiguous areas (CMA).
 *
 * Context: any; the answer may be old when it is given.
 * Return: true if it is not to be allocated by xhb_compat_alloc_range().
 */
bool xhb_compat_is_set_aside(struct page *page)
{
	return xhb_pageblock_type(page) == MIGRATE_HIGHATOMIC ||
	       xhb_is_cma(page);
}

/**
 * xhb_compat_only_movable() - is this memory for movable pages only?
 * @page: any page of memory that is online
 *
 * It was promised to whoever wants to unplug it, or to have it in one piece (CMA).
 *
 * Context: any.
 * Return: true if nothing may stay in it that the kernel cannot move.
 */
bool xhb_compat_only_movable(struct page *page)
{
	return page_zonenum(page) == ZONE_MOVABLE || xhb_is_cma(page);
}

/**
 * xhb_compat_alloc_range() - allocate these pages and no others
 * @pfn: first page
 * @pages: how many
 *
 * What is in use is moved elsewhere. On success each page has one reference.
 *
 * Context: may sleep.
 * Return: 0, or -EBUSY or -ENOMEM with nothing allocated.
 */
int xhb_compat_alloc_range(unsigned long pfn, unsigned long pages)
{
/* The number that was a type of block before would mean something else now. */
#ifdef ACR_FLAGS_NONE
	return alloc_contig_range(pfn, pfn + pages, ACR_FLAGS_NONE,
				  GFP_KERNEL | __GFP_NOWARN);
#else
	return alloc_contig_range(pfn, pfn + pages, MIGRATE_MOVABLE,
				  GFP_KERNEL | __GFP_NOWARN);
#endif
}

/**
 * xhb_compat_can_add_memory() - does memory that comes online go to the balloon?
 * @first: set to the first address where memory may be added
 * @last: set to the last one
 *
 * Without the option the kernel would use it at once, with nothing behind it.
 *
 * Context: any.
 * Return: false if not, and then memory must not be added.
 */
bool xhb_compat_can_add_memory(u64 *first, u64 *last)
{
#ifdef CONFIG_XEN_BALLOON_MEMORY_HOTPLUG
	struct range range = mhp_get_pluggable_range(true);

	*first = range.start;
	*last = range.end;
	return true;
#else
	return false;
#endif
}

/**
 * xhb_compat_add_memory() - tell the kernel of memory that it has not known
 * @start: address
 * @bytes: how much, in the kernel's unit of hotplug
 *
 * It comes online before this returns, if that is the policy of the system.
 *
 * Context: may sleep, for as long as others add memory or take it offline.
 * Return: 0, or an error of the kernel's with nothing added.
 */
int xhb_compat_add_memory(u64 start, u64 bytes)
{
#ifdef CONFIG_XEN_BALLOON_MEMORY_HOTPLUG
	return add_memory(memory_add_physaddr_to_nid(start), start, bytes,
			  MHP_MERGE_RESOURCE);
#else
	return -EOPNOTSUPP;
#endif
}

/**
 * xhb_compat_add_shrinker() - be asked for memory by those who wait for some
 * @model: its functions
 *
 * Context: may sleep. Both may be called before this returns.
 * Return: the shrinker, or NULL if there was no memory for it.
 */
struct shrinker *xhb_compat_add_shrinker(const struct shrinker *model)
{
	struct shrinker *shrinker;

/* Newer kernels allocate it themselves. */
#ifdef SHRINKER_ALLOCATED
	shrinker = shrinker_alloc(0, KBUILD_MODNAME);
#else
	shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);
#endif
	if (!shrinker)
		return NULL;
	shrinker->count_objects = model->count_objects;
	shrinker->scan_objects = model->scan_objects;
	shrinker->seeks = DEFAULT_SEEKS;
#ifdef SHRINKER_ALLOCATED
	shrinker_register(shrinker);
#else
	if (register_shrinker(shrinker, KBUILD_MODNAME)) {
		kfree(shrinker);
		return NULL;
	}
#endif
	return shrinker;
}

/**
 * xhb_compat_remove_shrinker() - undo xhb_compat_add_shrinker()
 * @shrinker: what that returned
 *
 * Context: may sleep. Waits for calls that are under way.
 */
void xhb_compat_remove_shrinker(struct shrinker *shrinker)
{
#ifdef SHRINKER_ALLOCATED
	shrinker_free(shrinker);
#else
	unregister_shrinker(shrinker);
	kfree(shrinker);
#endif
}
