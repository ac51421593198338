// SPDX-License-Identifier: GPL-2.0
/*
 * While the domain is migrated live: whether it is, for those who wait until it is
 * over, and what has to be done for pages that get memory meanwhile.
 */
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include "xhb_pages.h"
#include "xhb_trace.h"

/**
 * xhb_copied_init() - prepare for seeing a live migration
 * @b: the balloon
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_copied_init(struct xhb_balloon *b)
{
	unsigned long probe;

	if (!xhb_xen_tells_copied(&b->xen))
		return 0;
	probe = get_zeroed_page(GFP_KERNEL);
	if (!probe)
		return -ENOMEM;
	b->copied.probe = virt_to_page(probe);
	return 0;
}

/**
 * xhb_copied_destroy() - free what xhb_copied_init() allocated
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_copied_destroy(struct xhb_balloon *b)
{
	if (b->copied.probe)
		free_page((unsigned long)page_address(b->copied.probe));
	b->copied.probe = NULL;
}

/* How long a round of the copy may take, in jiffies: a minute, and 16 MB/s. */
static unsigned long xhb_copied_patience(void)
{
	return HZ * (60 + (totalram_pages() >> (24 - PAGE_SHIFT)));
}

/*
 * The toolstack may die without telling Xen that nobody wants to know any more what
 * is written. So there have to be signs that it still does: once it has collected
 * that, Xen sees the next write to each page. Between two times there is a round of
 * the copy.
 */
static bool xhb_copied_goes_on(struct xhb_balloon *b)
{
	struct xhb_copied *c = &b->copied;

	if (!c->watched)
		return false;
	if (xhb_xen_sees_write(&b->xen, c->probe)) {
		WRITE_ONCE(*(int *)page_address(c->probe), 1);
		c->sign = jiffies;
	}
	return time_before(jiffies, c->sign + xhb_copied_patience());
}

/**
 * xhb_copied_ask() - ask Xen whether the domain is being copied
 * @b: the balloon
 *
 * Context: under the balloon's lock; may sleep.
 * Return: as xhb_is_copied().
 */
bool xhb_copied_ask(struct xhb_balloon *b)
{
	struct xhb_copied *c = &b->copied;
	bool now;

	lockdep_assert_held(&b->lock);
	c->watched = xhb_xen_is_copied(&b->xen);
	now = xhb_copied_goes_on(b);
	if (now == c->now)
		return now;
	WRITE_ONCE(c->ends, c->ends + !now);
	WRITE_ONCE(c->now, now);
	trace_xen_hugeballoon_copied(now, c->watched);
	if (c->watched && !now)
		pr_info("a live migration of this guest was not finished, ballooning goes on; Xen has not been told, so the guest writes to memory more slowly until it is migrated\n");
	return now;
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

	xhb_lock(b);
	copied = xhb_copied_ask(b);
	xhb_unlock(b);
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
	xhb_lock(b);
	xhb_xen_restored(&b->xen);
	xhb_unlock(b);
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

	if (!count)
		return;
	xhb_copied_ask(b);
	/* Also if it seems to be over: it costs little, and a page if it is not. */
	if (!b->copied.watched)
		return;
	lost = xhb_xen_mark_written(&b->xen, pages, order, count);
	xhb_count_add(b, XHB_COUNT_MARKED, count - lost);
	if (lost)
		pr_warn_ratelimited("%lu pages may not arrive with the live migration under way; abort it and migrate again\n",
				    lost);
}
