/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The balloon, and the words that all rooms share.
 */
#ifndef XHB_H
#define XHB_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "xhb_knobs.h"
#include "xhb_xen.h"

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
 * @XHB_COUNT_MARKED: 4K pages populated during a live migration and marked for it
 * @XHB_COUNT_REVIVED: 4K pages of the balloon that had memory after a migration
 * @XHB_COUNT_RELIEVED: 4K pages taken back because the guest was short of memory
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
	XHB_COUNT_MARKED,
	XHB_COUNT_REVIVED,
	XHB_COUNT_RELIEVED,
	XHB_COUNT_COUNT,
};

/**
 * enum xhb_try - what may succeed, in part or as a whole, or fail; with the size of
 * the pages that it is about
 * @XHB_TRY_ALLOCATE_2M: pages of the guest are taken for the balloon
 * @XHB_TRY_ALLOCATE_4K: likewise
 * @XHB_TRY_RELEASE_2M: a batch is given to Xen
 * @XHB_TRY_RELEASE_4K: likewise
 * @XHB_TRY_POPULATE_2M: a batch is taken from Xen
 * @XHB_TRY_POPULATE_4K: likewise
 * @XHB_TRY_MIGRATE_4K: a page gives up its place in the balloon to another
 * @XHB_TRY_EVACUATE_2M: a block is emptied
 * @XHB_TRY_COLLAPSE_2M: a block full of base pages becomes a 2M page
 * @XHB_TRY_COALESCE_2M: a 2M page is traded for base pages
 * @XHB_TRY_DEFRAG_2M: free memory is gathered into a block
 * @XHB_TRY_HEAL_2M: an empty block goes to Xen and comes back
 * @XHB_TRY_COUNT: number of these
 */
enum xhb_try {
	XHB_TRY_ALLOCATE_2M,
	XHB_TRY_ALLOCATE_4K,
	XHB_TRY_RELEASE_2M,
	XHB_TRY_RELEASE_4K,
	XHB_TRY_POPULATE_2M,
	XHB_TRY_POPULATE_4K,
	XHB_TRY_MIGRATE_4K,
	XHB_TRY_EVACUATE_2M,
	XHB_TRY_COLLAPSE_2M,
	XHB_TRY_COALESCE_2M,
	XHB_TRY_DEFRAG_2M,
	XHB_TRY_HEAL_2M,
	XHB_TRY_COUNT,
};

/**
 * enum xhb_result - what came of a try
 * @XHB_RESULT_DONE: all that was asked for
 * @XHB_RESULT_SHORT: a part of it
 * @XHB_RESULT_FAILED: nothing
 * @XHB_RESULT_COUNT: number of results
 */
enum xhb_result {
	XHB_RESULT_DONE,
	XHB_RESULT_SHORT,
	XHB_RESULT_FAILED,
	XHB_RESULT_COUNT,
};

/**
 * enum xhb_time - the steps of inflation and deflation that are timed
 * @XHB_TIME_ALLOCATE: pages for a batch out of the guest's allocator
 * @XHB_TIME_CLEAR: clearing them, unless the allocator does
 * @XHB_TIME_RELEASE: a batch goes to Xen; unmapping it, too, in PV guests
 * @XHB_TIME_RELEASE_BOOKS: marks, counts, queues, and freeing what Xen did not take
 * @XHB_TIME_CHOOSE: pages for a batch out of the queues
 * @XHB_TIME_POPULATE: a batch comes from Xen, and is mapped in PV guests
 * @XHB_TIME_POPULATE_BOOKS: marks, counts, and freeing it
 * @XHB_TIME_COUNT: number of steps
 */
enum xhb_time {
	XHB_TIME_ALLOCATE,
	XHB_TIME_CLEAR,
	XHB_TIME_RELEASE,
	XHB_TIME_RELEASE_BOOKS,
	XHB_TIME_CHOOSE,
	XHB_TIME_POPULATE,
	XHB_TIME_POPULATE_BOOKS,
	XHB_TIME_COUNT,
};

/* Below 1 us, 2 us, and so on to 2^20 us, and what takes longer. */
#define XHB_TIME_LIMITS	22

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

/**
 * enum xhb_choice - which 2M block is to be emptied
 * @XHB_CHOICE_ANY: the one that is cheapest to empty
 * @XHB_CHOICE_WITH_BASE: the same, of those that hold base pages
 * @XHB_CHOICE_THIS: the one that is named
 */
enum xhb_choice {
	XHB_CHOICE_ANY,
	XHB_CHOICE_WITH_BASE,
	XHB_CHOICE_THIS,
};

/**
 * enum xhb_use - what the guest is to spare memory for
 * @XHB_USE_BALLOON: inflation
 * @XHB_USE_FOREIGN: pages for foreign mappings
 * @XHB_USE_MOVE: somewhere to move the content of a block to
 */
enum xhb_use {
	XHB_USE_BALLOON,
	XHB_USE_FOREIGN,
	XHB_USE_MOVE,
};

/**
 * struct xhb_op - the context of an operation: pages in its hands
 * @pages: linked by their lru field, 2M ones by their first 4K page
 * @count: how many
 * @order: of each, 0 or XHB_HUGE_ORDER
 *
 * On the stack of whoever performs the operation, and touched by nobody else.
 */
struct xhb_op {
	struct list_head pages;
	unsigned int count;
	unsigned int order;
};

/**
 * struct xhb_places - how much memory is in each place at one moment, in 4K pages
 * @held: the guest has, as xhb_current_pages() counts, @lost among them
 * @huge: in the huge queue
 * @base: in the base queue
 * @isolated: compaction is moving
 * @foreign: for foreign mappings, and idle
 * @foreign_used: lent to foreign mappings
 * @lost: Xen counts for the guest, and nobody has
 *
 * All but @lost add up to the same number at any moment, but for memory that is
 * plugged in or out, and for pages that get lost. On the stack of whoever asks.
 */
struct xhb_places {
	unsigned long held;
	unsigned long huge;
	unsigned long base;
	unsigned long isolated;
	unsigned long foreign;
	unsigned long foreign_used;
	unsigned long lost;
};

/* The most pages that Xen is told of at once. */
#define XHB_BATCH_PAGES	XHB_HUGE_PAGES

#include "pages/account.h"
#include "pages/alloc.h"
#include "pages/bitmap.h"
#include "pages/blocks.h"
#include "pages/choose.h"
#include "pages/copied.h"
#include "pages/counters.h"
#include "pages/evacuate.h"
#include "pages/foreign.h"
#include "pages/grow.h"
#include "pages/keep.h"
#include "pages/migrate.h"
#include "pages/queues.h"
#include "pages/reconcile.h"
#include "pages/timing.h"
#include "pages/transfer.h"
#include "policy/batch.h"
#include "policy/coalesce.h"
#include "policy/heal.h"
#include "policy/inflate.h"
#include "policy/pressure.h"
#include "policy/progress.h"
#include "policy/resize.h"
#include "policy/selfballoon.h"
#include "policy/selfshrink.h"
#include "policy/target.h"
#include "policy/worker.h"
#include "xen/private.h"

/**
 * struct xhb_balloon - the balloon of this domain
 * @lock: held while pages change hands or queues, over hypercalls too. Pages
 *	are never allocated under it.
 * @knobs: what the user has set
 * @xen: the hypervisor
 * @counters: statistics
 * @timing: how long things take
 * @bitmap: which frames are ballooned out
 * @blocks: the map of 2M blocks
 * @queues: the pages of the balloon
 * @account: what the rest of the kernel is told of sizes
 * @copied: whether the domain is being migrated live
 * @transfer: the transfer under way
 * @alloc: how pages are allocated
 * @reconcile: pages that came back to life
 * @migrate: whether balloon pages may move
 * @choose: the search for a block to empty
 * @keep: cached pages of the block being emptied
 * @evacuation: the block being emptied
 * @foreign: pages for foreign mappings
 * @grow: the memory being added
 * @target: who wants the guest to have which size
 * @worker: who does what next
 * @progress: what the way to the target is just now
 * @batch: how the way to the target goes
 * @inflate: how easily the guest finds 2M pages
 * @resize: the way to the target
 * @selfballoon: what the guest asks of itself
 * @selfshrink: whether swapped-out memory may come back
 * @pressure: what the guest took back for lack of memory
 * @coalesce: the coalescer
 * @heal: the healer
 *
 * Each part is defined in its owner's header, with the lock of each field, and
 * touched by that file only.
 *
 * Lock order: page lock of a page being migrated (by compaction, which only
 * tries @lock) - @lock - page lock of a page owned here, or the lock of readers
 * of /proc/kcore - lock of the core balloon. Page allocation, sysfs and xenstore
 * are outside of @lock; the lock of @target is inside of all.
 */
struct xhb_balloon {
	struct mutex lock;
	struct xhb_knobs knobs;
	struct xhb_xen xen;
	struct xhb_counters counters;
	struct xhb_timing timing;
	struct xhb_bitmap bitmap;
	struct xhb_blocks blocks;
	struct xhb_queues queues;
	struct xhb_account account;
	struct xhb_copied copied;
	struct xhb_transfer transfer;
	struct xhb_alloc alloc;
	struct xhb_reconcile reconcile;
	struct xhb_migrate migrate;
	struct xhb_choose choose;
	struct xhb_keep keep;
	struct xhb_evacuation evacuation;
	struct xhb_foreign foreign;
	struct xhb_grow grow;
	struct xhb_target target;
	struct xhb_worker worker;
	struct xhb_progress progress;
	struct xhb_batch batch;
	struct xhb_inflate inflate;
	struct xhb_resize resize;
	struct xhb_selfballoon selfballoon;
	struct xhb_selfshrink selfshrink;
	struct xhb_pressure pressure;
	struct xhb_coalesce coalesce;
	struct xhb_heal heal;
};

static inline unsigned long xhb_pages_to_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static inline unsigned long xhb_kb_to_pages(unsigned long kb)
{
	return kb >> (PAGE_SHIFT - 10);
}

#endif /* XHB_H */
