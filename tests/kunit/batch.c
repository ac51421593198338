// SPDX-License-Identifier: GPL-2.0
/*
 * Arrays of pages for tests, where the driver has operations.
 */
#include "fixture.h"

static void fixture_load(struct xhb_op *op, struct page **pages, unsigned int n,
			 unsigned int order)
{
	unsigned int i;

	xhb_op_init(op, order);
	for (i = 0; i < n; i++)
		xhb_op_add(op, pages[i]);
}

/* Under the balloon's lock, as is the next. */
unsigned long fixture_release(struct fixture *f, struct page **pages,
			      unsigned int n, unsigned int order)
{
	struct xhb_op op;

	fixture_load(&op, pages, n, order);
	return xhb_release(&f->b, &op).pages;
}

unsigned long fixture_populate(struct fixture *f, struct page **pages,
			       unsigned int n, unsigned int order)
{
	struct xhb_op op;

	fixture_load(&op, pages, n, order);
	return xhb_populate(&f->b, &op).pages;
}

/* Pages as the driver allocates them, 2M ones. */
unsigned int fixture_alloc_huge(struct fixture *f, struct page **pages,
				unsigned int n)
{
	struct xhb_op op;
	unsigned int i;

	xhb_op_init(&op, XHB_HUGE_ORDER);
	n = xhb_alloc_huge(&f->b, &op, n);
	for (i = 0; i < n; i++)
		pages[i] = xhb_op_take(&op);
	return n;
}

unsigned int fixture_alloc_base(struct fixture *f, struct page **pages,
				unsigned int n)
{
	struct xhb_op op;
	unsigned int i;

	xhb_op_init(&op, 0);
	n = xhb_alloc_base(&f->b, &op, n, GFP_HIGHUSER);
	for (i = 0; i < n; i++)
		pages[i] = xhb_op_take(&op);
	return n;
}

/* @n 2M pages out of the guest, ready for release. */
void fixture_take_2m(struct kunit *test, struct page **pages, unsigned int n)
{
	KUNIT_ASSERT_EQ(test, fixture_alloc_huge(test->priv, pages, n), n);
}

void fixture_free_2m(struct page **pages, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		fake_free_pages(pages[i], XHB_HUGE_ORDER);
}

/* Past the balloon, which does not count it. */
unsigned long fixture_xen_release(struct kunit *test, struct page **pages,
				  unsigned int n, unsigned int order)
{
	struct fixture *f = test->priv;

	return xhb_xen_release(&f->b.xen, pages, n, order).pages;
}

unsigned long fixture_xen_populate(struct kunit *test, struct page **pages,
				   unsigned int n, unsigned int order)
{
	struct fixture *f = test->priv;

	return xhb_xen_populate(&f->b.xen, pages, n, order).pages;
}

/* Pages in the driver's hands, but for the one that it keeps in reserve. */
unsigned long fixture_held_pages(struct fixture *f)
{
	return fake_guest_held_pages() - !!f->b.migrate.reserve;
}

/*
 * The balloon has changed pages with the built-in driver, which keeps statistics
 * of its own.
 */
void fixture_settle_builtin(struct fixture *f)
{
	balloon_stats.target_unpopulated += f->stats.target_unpopulated;
	f->stats.target_unpopulated = 0;
}

/* How many 4K pages from the start of @pages are gone; no others may be. */
unsigned long fixture_gone(struct kunit *test, struct page **pages, unsigned int n)
{
	unsigned long i, gone = 0, total = n * XHB_HUGE_PAGES;

	while (gone < total &&
	       fake_hv_gone(pages[gone / XHB_HUGE_PAGES] +
			    gone % XHB_HUGE_PAGES))
		gone++;
	for (i = gone; i < total; i++) {
		struct page *page = pages[i / XHB_HUGE_PAGES] +
				    i % XHB_HUGE_PAGES;

		if (!fake_hv_usable(page))
			KUNIT_FAIL(test, "page %lu is not usable, after %lu",
				   i, gone);
	}
	return gone;
}
