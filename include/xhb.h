/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The balloon: its queues, its target and what the layers share.
 */
#ifndef XHB_H
#define XHB_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <xen/balloon.h>

#include "xhb_compat.h"
#include "xhb_knobs.h"
#include "xhb_xen.h"
#include "xhb_pure.h"
#include "xen/private.h"

/**
 * enum xhb_count - events counted since load
 * @XHB_COUNT_RELEASED_2M: 2M pages given to Xen
 * @XHB_COUNT_RELEASED_4K: 4K pages given to Xen
 * @XHB_COUNT_POPULATED_2M: 2M pages taken from Xen
 * @XHB_COUNT_POPULATED_4K: 4K pages taken from Xen
 * @XHB_COUNT_SHORT: exchanges of which Xen did only a part, or nothing
 * @XHB_COUNT_NO_2M: times the guest had no 2M page to offer
 * @XHB_COUNT_SPLIT: 2M pages of the huge queue turned into 4K pages
 * @XHB_COUNT_ADOPTED: 4K pages taken over from the built-in driver
 * @XHB_COUNT_COLLAPSED: 2M pages made of adjacent 4K balloon pages
 * @XHB_COUNT_MIGRATED: 4K pages that gave their place in the balloon to another
 * @XHB_COUNT_NOT_MIGRATED: times Xen did not move the memory for that
 * @XHB_COUNT_COALESCED: 2M balloon pages made of scattered 4K ones
 * @XHB_COUNT_DEFRAGGED: free 2M blocks of the guest made of free 4K pages
 * @XHB_COUNT_HEALED: 2M blocks that Xen backs by a 2M page again
 * @XHB_COUNT_COUNT: number of counters
 */
enum xhb_count {
	XHB_COUNT_RELEASED_2M,
	XHB_COUNT_RELEASED_4K,
	XHB_COUNT_POPULATED_2M,
	XHB_COUNT_POPULATED_4K,
	XHB_COUNT_SHORT,
	XHB_COUNT_NO_2M,
	XHB_COUNT_SPLIT,
	XHB_COUNT_ADOPTED,
	XHB_COUNT_COLLAPSED,
	XHB_COUNT_MIGRATED,
	XHB_COUNT_NOT_MIGRATED,
	XHB_COUNT_COALESCED,
	XHB_COUNT_DEFRAGGED,
	XHB_COUNT_HEALED,
	XHB_COUNT_COUNT,
};

/**
 * enum xhb_backing - what the hypervisor has behind a 2M block of the guest
 * @XHB_BACKING_UNKNOWN: nobody here has exchanged it
 * @XHB_BACKING_4K: 4K pages, some of which may be missing
 * @XHB_BACKING_2M: one 2M page
 * @XHB_BACKING_NONE: nothing, the block is in the huge queue
 */
enum xhb_backing {
	XHB_BACKING_UNKNOWN,
	XHB_BACKING_4K,
	XHB_BACKING_2M,
	XHB_BACKING_NONE,
};

#include "pages/blocks.h"

/**
 * enum xhb_verdict - how a step ended
 * @XHB_DONE: the target is reached, or nothing can be done until it changes
 * @XHB_MORE: go on at once
 * @XHB_STUCK: Xen or the guest has no memory to give; try again later
 */
enum xhb_verdict {
	XHB_DONE,
	XHB_MORE,
	XHB_STUCK,
};

/**
 * struct xhb_healer - where the healer is in its pass
 * @work: the healer itself
 * @cursor: next block to look at
 * @round: how often the end was reached in this pass
 * @seen: xhb_blocks_news() when a pass was started last
 * @left_busy: blocks of this round that were in use just now
 * @healed: blocks healed in this pass
 * @pause_ms: before the next pass, once nothing more can be done in this one
 * @short_of_memory: Xen had no memory to populate a block with; no healing
 *	before the target is reached
 * @asked: the pass in progress is one that the user has asked for
 * @idle_us: idle time of all CPUs since boot when it was last looked at
 * @looked_at: when that was
 *
 * All but @work is only touched by @work.
 */
struct xhb_healer {
	struct delayed_work work;
	unsigned long cursor;
	unsigned int round;
	unsigned long seen;
	unsigned long left_busy;
	unsigned long healed;
	unsigned int pause_ms;
	bool short_of_memory;
	bool asked;
	u64 idle_us;
	ktime_t looked_at;
};

/**
 * struct xhb_balloon - the balloon of this domain
 * @lock: held while pages change hands or queues, over hypercalls too. Pages
 *	are never allocated under it.
 * @xen: the hypervisor; under @lock. What is in it is src/xen/'s alone.
 * @stats: the built-in driver's statistics, which its sysfs files show. Set
 *	before first use, constant after. ->current_pages and
 *	->target_unpopulated change under @lock. ->target_pages is written
 *	without a lock, the last writer wins. The built-in thread, the other
 *	writer, is stopped.
 * @huge: queue of 2M pages, by their first 4K page; under @lock
 * @huge_count: 2M pages in @huge; under @lock
 * @base: queue of 4K pages: the kernel's core balloon, which has its own lock
 * @base_count: 4K pages in @base, those included that compaction has isolated;
 *	under @lock
 * @blocks: the map of 2M blocks
 * @foreign_used: 4K pages in the hands of foreign mappings; under @lock.
 *	Signed: a page that the built-in driver lent may come back first.
 * @counts: statistics; written under @lock, read without, a torn sum of two
 *	counters does no harm
 * @knobs: what the user has set
 * @scrub: the built-in driver's scrub_pages switch, read without a lock. Set
 *	before first use, constant pointer after.
 * @wq: runs the engine, the coalescing worker and the healer, one at a time;
 *	freezable, so that nothing moves while the domain is saved
 * @work: the engine; takes one step at a time
 * @stopping: no further step; set once, at unload, before @work is cancelled
 * @target_changed: forget the backoff; set by anybody, cleared by @work
 * @backoff: between steps that got stuck; only touched by @work
 * @skip_huge: 4K steps to take before a 2M page is tried again; only touched
 *	by @work
 * @skip_huge_next: what @skip_huge starts from after the next failure; only
 *	touched by @work
 * @batch: pages of the step in progress, XHB_BATCH_PAGES entries; only touched
 *	on @wq, and by load and unload while nothing can run there
 * @cursor: first block of the window that evacuation looks at next; only
 *	touched on @wq
 * @at_rest: called when @work has nothing to do for now; set at load
 * @coalesce_work: the coalescing worker
 * @coalesce_pause_ms: its pause while the guest has no block to offer; only
 *	touched by itself
 * @healer: state of the healer
 * @heal_now: one pass without pauses is wanted; set by anybody, cleared by the
 *	healer
 * @resumed: the domain was restored or migrated; set by anybody, cleared by the
 *	healer
 *
 * Lock order: page lock of a page being migrated (by compaction, which only
 * tries @lock) - @lock - page lock of a page owned here - lock of the core
 * balloon. Page allocation, sysfs and xenstore are outside of @lock.
 */
struct xhb_balloon {
	struct mutex lock;
	struct xhb_xen xen;
	struct balloon_stats *stats;

	struct list_head huge;
	unsigned long huge_count;
	struct balloon_dev_info base;
	unsigned long base_count;
	struct xhb_blocks blocks;
	long foreign_used;
	u64 counts[XHB_COUNT_COUNT];

	struct xhb_knobs knobs;
	const bool *scrub;

	struct workqueue_struct *wq;
	struct delayed_work work;
	bool stopping;
	bool target_changed;
	struct xhb_backoff backoff;
	unsigned int skip_huge;
	unsigned int skip_huge_next;
	struct page **batch;
	unsigned long cursor;

	void (*at_rest)(struct xhb_balloon *b);
	struct delayed_work coalesce_work;
	unsigned int coalesce_pause_ms;

	struct xhb_healer healer;
	bool heal_now;
	bool resumed;
};

#define XHB_BATCH_PAGES	XHB_HUGE_PAGES

extern const char * const xhb_count_names[XHB_COUNT_COUNT];

static inline unsigned long xhb_pages_to_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static inline unsigned long xhb_kb_to_pages(unsigned long kb)
{
	return kb >> (PAGE_SHIFT - 10);
}

#endif /* XHB_H */
