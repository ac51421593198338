// SPDX-License-Identifier: GPL-2.0
/*
 * Emptying a block moves the cached pages of files that are in it.
 */
#include <linux/anon_inodes.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "healing.h"

/* Enough that some of them are in blocks with nothing but movable memory. */
#define CACHED	8192

/* Files of this kernel live in memory, so here is one whose pages are a cache. */
static const struct address_space_operations cache_ops = {
	.dirty_folio = noop_dirty_folio,
	.migrate_folio = filemap_migrate_folio,
};

static const struct file_operations home_ops;
/* Keeps the file system of @inode in place. */
static struct file *home;
static struct inode *inode;

static void drop_cache(void)
{
	if (inode) {
		truncate_inode_pages(&inode->i_data, 0);
		iput(inode);
	}
	inode = NULL;
	if (!IS_ERR_OR_NULL(home))
		fput(home);
	home = NULL;
}

static int fill_cache(void)
{
	struct folio *folio;
	unsigned long i;
	int err;

	home = anon_inode_getfile("xhb", &home_ops, NULL, O_RDONLY);
	if (IS_ERR(home))
		return PTR_ERR(home);
	inode = new_inode(file_inode(home)->i_sb);
	if (!inode)
		return -ENOMEM;
	inode->i_data.a_ops = &cache_ops;
	mapping_set_gfp_mask(&inode->i_data, GFP_HIGHUSER_MOVABLE);
	for (i = 0; i < CACHED; i++) {
		folio = folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
		if (!folio)
			return -ENOMEM;
		err = filemap_add_folio(&inode->i_data, folio, i, GFP_KERNEL);
		if (!err) {
			folio_mark_uptodate(folio);
			folio_unlock(folio);
		}
		folio_put(folio);
		if (err)
			return err;
	}
	return 0;
}

/* Empties the blocks in which the cache is; returns how many could be. */
static unsigned int empty_blocks(struct fixture *f)
{
	unsigned long i, block, last = 0;
	unsigned int emptied = 0;
	struct page *page;

	for (i = 0; i < CACHED && emptied < 8; i += 64) {
		struct folio *folio = filemap_get_folio(&inode->i_data, i);

		if (IS_ERR_OR_NULL(folio))
			continue;
		block = block_of(&folio->page);
		folio_put(folio);
		if (block == last)
			continue;
		last = block;
		page = evacuate(f, XHB_CHOICE_THIS, block);
		if (IS_ERR(page))
			continue;
		emptied++;
		fake_free_pages(page, XHB_HUGE_ORDER);
	}
	return emptied;
}

static unsigned int locked_pages(void)
{
	unsigned int locked = 0;
	unsigned long i;

	for (i = 0; i < CACHED; i++) {
		struct folio *folio = filemap_get_folio(&inode->i_data, i);

		if (IS_ERR_OR_NULL(folio))
			continue;
		locked += folio_test_locked(folio);
		folio_put(folio);
	}
	return locked;
}

static void keep_cache(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int emptied;

	KUNIT_ASSERT_EQ(test, fill_cache(), 0);
	emptied = empty_blocks(f);
	kunit_info(test, "%u blocks, %lu of %u pages", emptied,
		   inode->i_data.nrpages, CACHED);
	KUNIT_EXPECT_GE(test, emptied, 2U);
	/* Whoever else wants one of the pages just then may cost it. */
	KUNIT_EXPECT_GE(test, inode->i_data.nrpages, CACHED - 64UL);
	KUNIT_EXPECT_EQ(test, locked_pages(), 0U);
}

/* What is being written, or locked, is not waited for: its block is left alone. */
static void keep_leaves_busy(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct folio *folio = NULL;
	unsigned long i, block;
	int answer = -EPERM;

	KUNIT_ASSERT_EQ(test, fill_cache(), 0);
	for (i = 0; i < CACHED && answer; i += 64) {
		folio = filemap_get_folio(&inode->i_data, i);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
		block = block_of(&folio->page);
		answer = xhb_choose_check(&f->b, block);
		if (answer)
			folio_put(folio);
	}
	KUNIT_ASSERT_EQ(test, answer, 0);

	folio_lock(folio);
	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block), -EBUSY);
	folio_start_writeback(folio);
	folio_unlock(folio);
	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, evacuate(f, XHB_CHOICE_THIS, block),
			    (struct page *)ERR_PTR(-EBUSY));
	KUNIT_EXPECT_EQ(test, fake_guest.contig_tried, 0UL);
	folio_end_writeback(folio);
	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block), 0);
	folio_put(folio);
}

/* A block that cannot be emptied: nothing stays locked. */
static void keep_fails(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, fill_cache(), 0);
	fake_guest.contig_left = 0;
	KUNIT_EXPECT_EQ(test, empty_blocks(f), 0U);
	KUNIT_EXPECT_GT(test, fake_guest.contig_tried, 0UL);
	KUNIT_EXPECT_EQ(test, inode->i_data.nrpages, (unsigned long)CACHED);
	KUNIT_EXPECT_EQ(test, locked_pages(), 0U);
}

/* Who wants a page gets it, and a block that takes long keeps none. */
static void keep_not_for_long(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long begin, waited;
	struct folio *folio;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, fill_cache(), 0);
	folio = filemap_get_folio(&inode->i_data, CACHED / 2);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	for (i = 0; i < 2; i++) {
		begin = jiffies;
		xhb_keep_begin(&f->b, pfn_to_page(block_of(&folio->page) <<
						  XHB_HUGE_ORDER));
		KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
		if (i)
			msleep(1000);
		else
			folio_lock(folio);
		waited = jiffies - begin;
		if (i)
			KUNIT_EXPECT_EQ(test, locked_pages(), 0U);
		else
			folio_unlock(folio);
		KUNIT_EXPECT_LT(test, i ? 0UL : waited, (unsigned long)HZ / 4);
		xhb_keep_end(&f->b);
		KUNIT_EXPECT_EQ(test, locked_pages(), 0U);
	}
	folio_put(folio);
}

static void keep_exit(struct kunit *test)
{
	drop_cache();
	healing_exit(test);
}

static struct kunit_case keep_cases[] = {
	KUNIT_CASE(keep_cache),
	KUNIT_CASE(keep_leaves_busy),
	KUNIT_CASE(keep_fails),
	KUNIT_CASE(keep_not_for_long),
	{}
};

static struct kunit_suite keep_suite = {
	.name = "xhb_keep",
	.init = healing_init,
	.exit = keep_exit,
	.test_cases = keep_cases,
};

kunit_test_suite(keep_suite);
