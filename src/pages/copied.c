// SPDX-License-Identifier: GPL-2.0
/*
 * While the domain is migrated live: whether it is, for those who wait until it is
 * over, and what has to be done for pages that get memory meanwhile.
 */
#include <linux/printk.h>

#include "xhb_pages.h"
#include "xhb_trace.h"

/**
 * xhb_copied_ask() - ask Xen whether the domain is being copied
 * @b: the balloon
 *
 * Context: under the balloon's lock; may sleep.
 * Return: as xhb_is_copied().
 */
bool xhb_copied_ask(struct xhb_balloon *b)
{
	bool copied;

	lockdep_assert_held(&b->lock);
	copied = xhb_xen_is_copied(&b->xen);
	if (copied != b->copied.now) {
		WRITE_ONCE(b->copied.ends, b->copied.ends + !copied);
		WRITE_ONCE(b->copied.now, copied);
		trace_xen_hugeballoon_copied(copied);
	}
	return copied;
}

/**
 * xhb_is_copied() - is the domain being migrated live just now?
 * @b: the balloon
 *
 * What can wait then, waits: each page that changes hands or content is sent
 * again, and a hole that appears under the toolstack's hands makes it give up.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: true while its memory is being copied; false also in PV guests, which
 * cannot see it.
 */
bool xhb_is_copied(struct xhb_balloon *b)
{
	bool copied;

	mutex_lock(&b->lock);
	copied = xhb_copied_ask(b);
	mutex_unlock(&b->lock);
	return copied;
}

/**
 * xhb_was_copied() - was the domain being copied when Xen was asked last?
 * @b: the balloon
 *
 * Context: any.
 * Return: true if so; costs no hypercall.
 */
bool xhb_was_copied(struct xhb_balloon *b)
{
	return READ_ONCE(b->copied.now);
}

/**
 * xhb_copied_ends() - has a live migration ended?
 * @b: the balloon
 *
 * Where the domain was copied from, Xen has broken up the 2M pages that it wrote to
 * meanwhile.
 *
 * Context: any.
 * Return: a number that grows when one is seen to have ended, also one that was given
 * up. Nobody looks while there is nothing to do.
 */
unsigned long xhb_copied_ends(struct xhb_balloon *b)
{
	return READ_ONCE(b->copied.ends);
}

/**
 * xhb_copied_restored() - the domain may be on another Xen now
 * @b: the balloon
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_copied_restored(struct xhb_balloon *b)
{
	mutex_lock(&b->lock);
	xhb_xen_restored(&b->xen);
	mutex_unlock(&b->lock);
}

/**
 * xhb_copied_mark() - pages have memory again, which may have to be copied
 * @b: the balloon
 * @pages: first 4K page of each; content is still of no worth
 * @order: of each
 * @count: 4K pages, from the first
 *
 * Context: under the balloon's lock; may sleep. After populating, and before
 * anybody writes to the pages.
 */
void xhb_copied_mark(struct xhb_balloon *b, struct page **pages,
		     unsigned int order, unsigned long count)
{
	unsigned long lost;

	if (!count || !xhb_copied_ask(b))
		return;
	lost = xhb_xen_mark_written(&b->xen, pages, order, count);
	xhb_count_add(b, XHB_COUNT_MARKED, count - lost);
	if (lost)
		pr_warn_ratelimited("%lu pages may not arrive with the live migration under way; abort it and migrate again\n",
				    lost);
}
