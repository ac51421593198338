// SPDX-License-Identifier: GPL-2.0
/*
 * Keeping cached pages of files while a block is emptied.
 *
 * alloc_contig_range() evicts clean pages of files instead of moving them, so that a
 * guest that is healed would lose its page cache. It passes over what is locked, and
 * then, when it moves what is left, waits for the lock. So those pages are locked
 * here, and unlocked when somebody waits for one: it is then past eviction.
 *
 * It takes some pages at a time, those that it has taken off their LRU list. The
 * others stay locked until it is their turn. Anybody else who waits for a page gets
 * it in the same way, within a millisecond or so; that page may be evicted, as all
 * are if a block takes too long. Nobody here waits while pages are locked, so there
 * is no order of locks to be kept.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "pages/keep.h"
#include "xhb_pages.h"

/* How often it is looked whether anybody waits. */
#define XHB_KEEP_LOOK_US	200
/* If nothing moves for so long it waits for something, and may do so for ever. */
#define XHB_KEEP_MOST		(HZ / 2)

/* Would it be evicted? Asked with a reference and, the second time, the lock. */
static bool xhb_is_clean_cache(struct folio *folio)
{
	return folio_test_lru(folio) && folio_is_file_lru(folio) &&
	       !folio_test_dirty(folio) && !folio_test_writeback(folio) &&
	       !folio_test_unevictable(folio);
}

/*
 * A page of a file cannot leave it while it is locked, and the file has a reference;
 * so the one that was needed to get there is not kept, or it could not be moved.
 */
static struct folio *xhb_keep_lock(struct page *page)
{
	struct folio *folio = page_folio(page);
	bool locked = false;

	/* A larger page once, by its head. */
	if (&folio->page != page || !folio_test_lru(folio) ||
	    !folio_try_get(folio))
		return NULL;
	if (page_folio(page) == folio && xhb_is_clean_cache(folio) &&
	    folio_trylock(folio)) {
		locked = folio_mapping(folio) && xhb_is_clean_cache(folio);
		if (!locked)
			folio_unlock(folio);
	}
	folio_put(folio);
	return locked ? folio : NULL;
}

static void xhb_keep_unlock(struct folio **folio)
{
	folio_unlock(*folio);
	*folio = NULL;
}

static void xhb_keep_unlock_all(struct xhb_keep *keep)
{
	unsigned int i;

	for (i = 0; i < keep->count; i++) {
		if (keep->folios[i])
			xhb_keep_unlock(&keep->folios[i]);
	}
}

/*
 * If somebody waits, lets go of what he waits for and what is moved with it. Returns
 * whether somebody did.
 */
static bool xhb_keep_look(struct xhb_keep *keep)
{
	bool awaited = false;
	unsigned int i;

	for (i = 0; i < keep->count && !awaited; i++)
		awaited = keep->folios[i] && folio_test_waiters(keep->folios[i]);
	for (i = 0; i < keep->count && awaited; i++) {
		struct folio *folio = keep->folios[i];

		if (folio && (folio_test_waiters(folio) || !folio_test_lru(folio)))
			xhb_keep_unlock(&keep->folios[i]);
	}
	return awaited;
}

static void xhb_keep_work(struct work_struct *work)
{
	struct xhb_keep *keep = container_of(work, struct xhb_keep, work);
	unsigned long most = jiffies + XHB_KEEP_MOST;

	while (!READ_ONCE(keep->end) && time_before(jiffies, most)) {
		if (xhb_keep_look(keep))
			most = jiffies + XHB_KEEP_MOST;
		usleep_range(XHB_KEEP_LOOK_US, 2 * XHB_KEEP_LOOK_US);
	}
	xhb_keep_unlock_all(keep);
}

/**
 * xhb_keep_begin() - a block is about to be emptied
 * @b: the balloon
 * @first: its first page
 *
 * Context: where blocks are emptied, one at a time; may sleep. Until xhb_keep_end()
 * no page may be waited for but by alloc_contig_range().
 */
void xhb_keep_begin(struct xhb_balloon *b, struct page *first)
{
	struct xhb_keep *keep = &b->keep;
	struct folio *folio;
	unsigned int i;

	keep->count = 0;
	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		folio = xhb_keep_lock(first + i);
		if (folio)
			keep->folios[keep->count++] = folio;
	}
	keep->end = false;
	if (keep->count)
		queue_work(keep->wq, &keep->work);
}

/**
 * xhb_keep_end() - the block is empty, or will not be emptied
 * @b: the balloon
 *
 * Context: where blocks are emptied, after xhb_keep_begin(); may sleep.
 */
void xhb_keep_end(struct xhb_balloon *b)
{
	WRITE_ONCE(b->keep.end, true);
	flush_work(&b->keep.work);
}

/**
 * xhb_keep_init() - prepare for keeping pages
 * @b: the balloon
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_keep_init(struct xhb_balloon *b)
{
	struct xhb_keep *keep = &b->keep;

	INIT_WORK(&keep->work, xhb_keep_work);
	keep->folios = kvmalloc_array(XHB_HUGE_PAGES, sizeof(*keep->folios),
				      GFP_KERNEL);
	if (!keep->folios)
		return -ENOMEM;
	keep->wq = alloc_ordered_workqueue("xen-hugeballoon-keep",
					   WQ_HIGHPRI | WQ_MEM_RECLAIM);
	if (!keep->wq) {
		kvfree(keep->folios);
		return -ENOMEM;
	}
	return 0;
}

/**
 * xhb_keep_destroy() - free what xhb_keep_init() allocated
 * @b: the balloon, no block being emptied
 *
 * Context: may sleep.
 */
void xhb_keep_destroy(struct xhb_balloon *b)
{
	destroy_workqueue(b->keep.wq);
	kvfree(b->keep.folios);
}
