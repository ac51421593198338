// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of the balloon that came back to life.
 *
 * What the guest gave to Xen while it was copied to another host may have been
 * sent before, and then there is memory for it at the destination: the domain has
 * more than its balloon believes. So the two are compared when the domain wakes
 * up, and if they have moved apart, the balloon is searched for such pages, and
 * their memory goes to Xen once more. Until it is found, nothing may be populated
 * and no page moves: Xen would lose track of the memory that is there already.
 */
#include <linux/mm.h>

#include "xhb_compat.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* Pages that go to Xen at once. */
#define XHB_RECONCILE_BATCH	64U
/* So many blocks are looked at, at most, before others get the lock. */
#define XHB_RECONCILE_LOOKS	4096

/* Returns false if Xen does not tell. */
static bool xhb_reconcile_offset(struct xhb_balloon *b, long *offset)
{
	unsigned long has = xhb_xen_reservation(&b->xen);

	lockdep_assert_held(&b->lock);
	*offset = has - xhb_current_pages(b);
	return has;
}

/**
 * xhb_reconcile_note() - the domain goes to sleep
 * @b: the balloon
 *
 * Remembers by how much Xen and the guest count differently, which is for ever the
 * same, but for what happens to the domain in its sleep.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_reconcile_note(struct xhb_balloon *b)
{
	struct xhb_reconcile *r = &b->reconcile;

	xhb_lock(b);
	r->noted = xhb_reconcile_offset(b, &r->offset);
	/* What was not found before it slept is still to be found after. */
	r->offset -= r->surplus;
	xhb_unlock(b);
}

/**
 * xhb_reconcile_look() - the domain has woken up, maybe elsewhere
 * @b: the balloon
 *
 * Context: may sleep; not under the balloon's lock. Before anything is populated.
 */
void xhb_reconcile_look(struct xhb_balloon *b)
{
	struct xhb_reconcile *r = &b->reconcile;
	long surplus;

	xhb_lock(b);
	if (!r->noted || !xhb_reconcile_offset(b, &surplus)) {
		xhb_unlock(b);
		return;
	}
	surplus -= r->offset;
	if (surplus < 0)
		surplus += xhb_account_left_behind(b, -surplus);
	r->surplus = max(surplus, 0L);
	r->cursor = 0;
	r->thorough = false;
	WRITE_ONCE(r->pending, r->surplus > 0);
	xhb_unlock(b);

	trace_xen_hugeballoon_woke(surplus);
	if (surplus < 0)
		pr_warn("Xen has %lu KiB less for this guest than before it slept; if it was migrated, check its data\n",
			xhb_pages_to_kb(-surplus));
}

/**
 * xhb_reconcile_pending() - may pages of the balloon have memory?
 * @b: the balloon
 *
 * Context: any.
 * Return: true until xhb_reconcile_some() has looked everywhere.
 */
bool xhb_reconcile_pending(struct xhb_balloon *b)
{
	return READ_ONCE(b->reconcile.pending);
}

/* Gives memory to Xen that nobody here has counted as coming. */
static void xhb_reconcile_release(struct xhb_balloon *b, struct page **pages,
				  unsigned int n)
{
	struct xhb_done done;
	unsigned int i;

	for (i = 0; i < n; i++)
		xhb_scrub_used(b, pages[i]);
	done = xhb_xen_release(&b->xen, pages, n, 0);
	done.pages += done.stray;
	b->reconcile.surplus -= done.pages;
	xhb_count_add(b, XHB_COUNT_REVIVED, done.pages);
	if (done.pages < n)
		xhb_count_add(b, XHB_COUNT_SHORT, 1);
}

/**
 * xhb_reconcile_page() - a page that nobody could look at is the balloon's again
 * @b: the balloon
 * @page: 4K, owned by the caller
 *
 * Context: under the balloon's lock; may sleep.
 */
void xhb_reconcile_page(struct xhb_balloon *b, struct page *page)
{
	lockdep_assert_held(&b->lock);
	if (b->reconcile.surplus > 0 && xhb_xen_is_populated(&b->xen, page))
		xhb_reconcile_release(b, &page, 1);
}

/* All of the block's pages that the balloon has, and that have memory. */
static void xhb_reconcile_pages(struct xhb_balloon *b, struct page *first,
				bool huge)
{
	struct page *found[XHB_RECONCILE_BATCH];
	unsigned int i, n = 0;

	for (i = 0; i < XHB_HUGE_PAGES; i++) {
		struct page *page = first + i;

		if ((huge || xhb_base_has(b, page)) &&
		    xhb_xen_is_populated(&b->xen, page))
			found[n++] = page;
		if (n == XHB_RECONCILE_BATCH || (n && i + 1 == XHB_HUGE_PAGES)) {
			xhb_reconcile_release(b, found, n);
			n = 0;
		}
	}
}

/* Returns whether there was anything to look at. */
static bool xhb_reconcile_block(struct xhb_balloon *b, unsigned long block)
{
	struct page *first = pfn_to_page(block << XHB_HUGE_ORDER);
	bool thorough = b->reconcile.thorough;

	if (xhb_block_backing(b, block) == XHB_BACKING_NONE) {
		if (thorough || xhb_xen_is_populated(&b->xen, first))
			xhb_reconcile_pages(b, first, true);
		return true;
	}
	if (thorough || !xhb_block_base(b, block))
		return false;
	xhb_reconcile_pages(b, first, false);
	return true;
}

static void xhb_reconcile_end(struct xhb_balloon *b)
{
	struct xhb_reconcile *r = &b->reconcile;

	WRITE_ONCE(r->pending, false);
	/* Pages of foreign mappings are looked at when they come back. */
	if (r->surplus > 0 && !xhb_foreign_used(b))
		pr_warn("Xen has %lu KiB more for this guest since it was migrated than the guest knows of; rebooting it gives them back\n",
			xhb_pages_to_kb(r->surplus));
}

/* Twice through all blocks: most of what there is comes in whole blocks. */
static void xhb_reconcile_next(struct xhb_balloon *b)
{
	struct xhb_reconcile *r = &b->reconcile;
	unsigned int looks;

	for (looks = 0; looks < XHB_RECONCILE_LOOKS; looks++) {
		if (r->cursor == xhb_blocks_count(b)) {
			if (r->thorough)
				break;
			r->thorough = true;
			r->cursor = 0;
		}
		if (xhb_reconcile_block(b, r->cursor++) && r->surplus > 0)
			return;
		if (r->surplus <= 0)
			break;
	}
	if (looks < XHB_RECONCILE_LOOKS)
		xhb_reconcile_end(b);
}

/**
 * xhb_reconcile_some() - look for pages of the balloon that have memory
 * @b: the balloon
 *
 * Looks at the next block that holds balloon pages.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: true if it has to be called again.
 */
bool xhb_reconcile_some(struct xhb_balloon *b)
{
	bool more;

	if (!xhb_reconcile_pending(b))
		return false;
	xhb_lock(b);
	more = b->reconcile.pending;
	if (more) {
		xhb_reconcile_next(b);
		more = b->reconcile.pending;
	}
	xhb_unlock(b);
	cond_resched();
	return more;
}
