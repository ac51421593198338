// SPDX-License-Identifier: GPL-2.0
/*
 * Makes 2M blocks whose emptying takes for ever, as a file system does that has
 * locked pages for a read that never ends.
 *
 * A file fills memory, then gives most of it back, so that nearly everything is
 * free but no 2M block is. In each block that the file has filled the first
 * page is locked, until 0 is written to the parameter "locked" or the module is
 * unloaded.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#define BLOCK_PAGES	512UL

static unsigned int mb = 64;
module_param(mb, uint, 0444);
MODULE_PARM_DESC(mb, "size of the file");

static unsigned int keep = 32;
module_param(keep, uint, 0444);
MODULE_PARM_DESC(keep, "of so many pages the file keeps one; a power of two");

/* Protects the two below: loading, a write and unloading may meet. */
static DEFINE_MUTEX(stall_lock);
static struct page **locked_pages;
static unsigned long locked_count;

/* Only touched by load and unload. */
static struct file *file;

static void unlock_all(void)
{
	lockdep_assert_held(&stall_lock);
	while (locked_count)
		unlock_page(locked_pages[--locked_count]);
}

static int locked_set(const char *text, const struct kernel_param *param)
{
	unsigned long wanted;
	int err = kstrtoul(text, 0, &wanted);

	if (err)
		return err;
	if (wanted)
		return -EINVAL;
	mutex_lock(&stall_lock);
	unlock_all();
	mutex_unlock(&stall_lock);
	return 0;
}

static int locked_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%lu\n", READ_ONCE(locked_count));
}

static const struct kernel_param_ops locked_ops = {
	.set = locked_set,
	.get = locked_get,
};
module_param_cb(locked, &locked_ops, NULL, 0644);
MODULE_PARM_DESC(locked, "pages that are locked; 0 unlocks them");

/* The page at this place of the file, made if need be, with a reference. */
static struct page *file_page(pgoff_t index)
{
	if (fatal_signal_pending(current))
		return ERR_PTR(-EINTR);
	cond_resched();
	return shmem_read_mapping_page(file->f_mapping, index);
}

static int fill(pgoff_t pages)
{
	struct page *page;
	pgoff_t i;

	for (i = 0; i < pages; i++) {
		page = file_page(i);
		if (IS_ERR(page))
			return PTR_ERR(page);
		put_page(page);
	}
	return 0;
}

/* After all of it is there, or what is given back would be had again. */
static int thin_out(pgoff_t pages)
{
	struct page *page;
	unsigned long pfn;
	pgoff_t i;

	lockdep_assert_held(&stall_lock);
	for (i = 0; i < pages; i++) {
		page = file_page(i);
		if (IS_ERR(page))
			return PTR_ERR(page);
		pfn = page_to_pfn(page);
		if (pfn % BLOCK_PAGES == 0) {
			lock_page(page);
			locked_pages[locked_count++] = page;
		}
		/* A locked page stays in its file without a reference. */
		put_page(page);
		if (pfn % keep)
			shmem_truncate_range(file_inode(file),
					     (loff_t)i << PAGE_SHIFT,
					     ((loff_t)(i + 1) << PAGE_SHIFT) - 1);
	}
	return 0;
}

static void undo(void)
{
	mutex_lock(&stall_lock);
	unlock_all();
	kvfree(locked_pages);
	locked_pages = NULL;
	mutex_unlock(&stall_lock);
	fput(file);
}

static int __init stall_init(void)
{
	pgoff_t pages = (pgoff_t)mb << (20 - PAGE_SHIFT);
	int err;

	if (!mb || !is_power_of_2(keep) || keep > BLOCK_PAGES)
		return -EINVAL;
	file = shmem_file_setup("xhb-stall", (loff_t)mb << 20, VM_NORESERVE);
	if (IS_ERR(file))
		return PTR_ERR(file);

	mutex_lock(&stall_lock);
	/* The pages of one block need not be the file's neighbours. */
	locked_pages = kvcalloc(pages, sizeof(*locked_pages), GFP_KERNEL);
	err = locked_pages ? fill(pages) : -ENOMEM;
	if (!err)
		err = thin_out(pages);
	mutex_unlock(&stall_lock);

	if (err)
		undo();
	else
		pr_info("xhb-stall: %lu pages are locked\n", locked_count);
	return err;
}
module_init(stall_init);

static void __exit stall_exit(void)
{
	undo();
}
module_exit(stall_exit);

MODULE_DESCRIPTION("Keeps pages locked, so that their 2M blocks cannot be emptied");
MODULE_LICENSE("GPL");
