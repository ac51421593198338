// SPDX-License-Identifier: GPL-2.0
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "healing.h"

int healing_init(struct kunit *test)
{
	struct fixture *f;
	int err = fixture_init(test, FAKE_HVM);

	if (err)
		return err;
	f = test->priv;
	/* Longer than a test takes: steps are taken when the test says so. */
	f->b.knobs.heal_interval_ms = 10 * 1000;
	return 0;
}

void healing_exit(struct kunit *test)
{
	fixture_exit(test);
}

/* Asks until there is an answer. */
struct page *evacuate(struct fixture *f, enum xhb_choice choice,
		      unsigned long block)
{
	struct page *page;

	while ((page = xhb_evacuate(&f->b, choice, block)) ==
	       ERR_PTR(-EINPROGRESS))
		flush_work(&f->b.evacuation.work);
	return page;
}

/* Heals one block; waits until it is empty. */
int heal(struct fixture *f, unsigned long block)
{
	int err;

	while ((err = xhb_heal_block(&f->b, block)) == -EINPROGRESS)
		flush_work(&f->b.evacuation.work);
	return err;
}

/* A 2M block that is free, but for its first @used pages; they have no owner. */
struct page *make_block(struct kunit *test, unsigned long used)
{
	struct page *page = alloc_pages(GFP_HIGHUSER_MOVABLE, XHB_HUGE_ORDER);
	unsigned long i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	split_page(page, XHB_HUGE_ORDER);
	for (i = used; i < XHB_HUGE_PAGES; i++)
		__free_page(page + i);
	return page;
}

/* One page of a block is ballooned out. */
void make_base(struct kunit *test, struct page *page)
{
	struct fixture *f = test->priv;

	clear_highpage(page);
	fake_guest_hand_over(page);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, fixture_release(f, &page, 1, 0), 1UL);
	mutex_unlock(&f->b.lock);
	f->stats.target_pages--;
}

unsigned long block_of(struct page *page)
{
	return page_to_pfn(page) >> XHB_HUGE_ORDER;
}

void expect_backing(struct kunit *test, struct page *page,
		    enum xhb_backing backing)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, (int)xhb_block_backing(&f->b, block_of(page)), (int)backing);
	fixture_check(test);
}
