// SPDX-License-Identifier: GPL-2.0
#include <linux/gfp.h>
#include <linux/mm.h>

#include "migrating.h"

/* Pages for compaction to find. */
void migrating_begin(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->b.knobs.enable_huge = 0;
	fixture_go(test, f->total - MIGRATING_BASE);
}

/* What compaction does before it asks for the migration of a page. */
struct page *migrating_isolate(struct fixture *f)
{
	struct page *page = list_first_entry(&f->b.queues.base.pages, struct page, lru);

	get_page(page);
	lock_page(page);
	list_del(&page->lru);
	f->b.queues.base.isolated_pages++;
	f->isolated = page;
	return page;
}

/* What it does when that has failed. */
void migrating_put_back(struct fixture *f)
{
	struct page *page = f->isolated;

	f->isolated = NULL;
	list_add(&page->lru, &f->b.queues.base.pages);
	f->b.queues.base.isolated_pages--;
	if (PageLocked(page))
		unlock_page(page);
	put_page(page);
}

/*
 * Migrates one page to a new one as the kernel does, to the end; false if it was
 * refused.
 */
bool migrating_to(struct kunit *test, struct page *newpage)
{
	struct fixture *f = test->priv;
	struct page *page = migrating_isolate(f);
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, newpage);
	if (!want_init_on_alloc(0) && !fake_pod_untouched(newpage))
		fake_hv_dirty(newpage);
	lock_page(newpage);
	err = xhb_migratepage(&f->b.queues.base, newpage, page, MIGRATE_SYNC);
	unlock_page(newpage);
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -EAGAIN);
		/* The kernel uses it for something else now. */
		KUNIT_EXPECT_TRUE(test, fake_hv_usable(newpage));
		KUNIT_EXPECT_FALSE(test, fake_hv_unmarked(newpage));
		KUNIT_EXPECT_FALSE(test, PageOffline(newpage));
		migrating_put_back(f);
		put_page(newpage);
		return false;
	}

	KUNIT_EXPECT_TRUE(test, fake_hv_usable(page));
	KUNIT_EXPECT_FALSE(test, PageOffline(page));
	KUNIT_EXPECT_TRUE(test, PageOffline(newpage));
	f->isolated = NULL;
	unlock_page(page);
	put_page(page);
	put_page(newpage);
	return true;
}

bool migrating_one(struct kunit *test)
{
	return migrating_to(test, alloc_page(GFP_HIGHUSER_MOVABLE));
}
