// SPDX-License-Identifier: GPL-2.0
/*
 * Makes 2M blocks whose emptying takes for ever, as a file system does that has
 * locked pages for a read that never ends.
 *
 * A file fills memory, then gives most of it back, so that nearly everything is
 * free but no 2M block is. In each block that the file has filled the first
 * page is locked, until 0 is written to the parameter "locked" or the module is
 * unloaded. With late=1 it is locked only when somebody begins to empty the block,
 * so that it is of no use to look first.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
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

static bool late;
module_param(late, bool, 0444);
MODULE_PARM_DESC(late, "lock a page when its block is being emptied");

/* Protects the pages: loading, a write and unloading may meet. */
static DEFINE_MUTEX(stall_lock);
/* The first page of each block, in order; constant while the probe is there. */
static struct page **pages;
static unsigned long pages_count;
module_param_named(blocks, pages_count, ulong, 0444);
MODULE_PARM_DESC(blocks, "blocks whose first page is locked, or will be");
/* A bit for each that is locked here; atomic. */
static unsigned long *locked;
static bool enough;

/* Only touched by load and unload. */
static struct file *file;

/* Newer kernels have a type for the flags; no memory is reserved for the file. */
#ifdef EMPTY_VMA_FLAGS
#define FILE_FLAGS	EMPTY_VMA_FLAGS
#else
#define FILE_FLAGS	VM_NORESERVE
#endif

static void unlock_all(void)
{
	unsigned long i;

	lockdep_assert_held(&stall_lock);
	WRITE_ONCE(enough, true);
	for (i = 0; i < pages_count; i++) {
		if (test_and_clear_bit(i, locked))
			unlock_page(pages[i]);
	}
}

/* Somebody begins to empty the memory from the page frame in @regs on. */
static int lock_late(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long i;

	for (i = 0; i < pages_count && !READ_ONCE(enough); i++) {
		/* It was in the file, but may have moved since. */
		if (page_to_pfn(pages[i]) == regs->di && PageLRU(pages[i]) &&
		    trylock_page(pages[i]))
			set_bit(i, locked);
	}
	return 0;
}

static struct kprobe late_probe = {
	.symbol_name = "alloc_contig_range",
	.pre_handler = lock_late,
};

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
	unsigned long i, count = 0;

	mutex_lock(&stall_lock);
	for (i = 0; i < pages_count; i++)
		count += test_bit(i, locked);
	mutex_unlock(&stall_lock);
	return sysfs_emit(text, "%lu\n", count);
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

static int fill(pgoff_t size)
{
	struct page *page;
	pgoff_t i;

	for (i = 0; i < size; i++) {
		page = file_page(i);
		if (IS_ERR(page))
			return PTR_ERR(page);
		put_page(page);
	}
	return 0;
}

/* After all of it is there, or what is given back would be had again. */
static int thin_out(pgoff_t size)
{
	struct page *page;
	unsigned long pfn;
	pgoff_t i;

	lockdep_assert_held(&stall_lock);
	for (i = 0; i < size; i++) {
		page = file_page(i);
		if (IS_ERR(page))
			return PTR_ERR(page);
		pfn = page_to_pfn(page);
		if (pfn % BLOCK_PAGES == 0) {
			if (!late) {
				lock_page(page);
				set_bit(pages_count, locked);
			}
			pages[pages_count++] = page;
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
	if (locked)
		unlock_all();
	pages_count = 0;
	kvfree(pages);
	kvfree(locked);
	mutex_unlock(&stall_lock);
	fput(file);
}

static int __init stall_init(void)
{
	pgoff_t size = (pgoff_t)mb << (20 - PAGE_SHIFT);
	int err;

	if (!mb || !is_power_of_2(keep) || keep > BLOCK_PAGES)
		return -EINVAL;
	file = shmem_file_setup("xhb-stall", (loff_t)mb << 20, FILE_FLAGS);
	if (IS_ERR(file))
		return PTR_ERR(file);

	mutex_lock(&stall_lock);
	/* The pages of one block need not be the file's neighbours. */
	pages = kvcalloc(size, sizeof(*pages), GFP_KERNEL);
	locked = kvcalloc(BITS_TO_LONGS(size), sizeof(long), GFP_KERNEL);
	err = pages && locked ? fill(size) : -ENOMEM;
	if (!err)
		err = thin_out(size);
	mutex_unlock(&stall_lock);

	if (!err && late)
		err = register_kprobe(&late_probe);
	if (err)
		undo();
	else
		pr_info("xhb-stall: %lu blocks\n", pages_count);
	return err;
}
module_init(stall_init);

static void __exit stall_exit(void)
{
	if (late)
		unregister_kprobe(&late_probe);
	undo();
}
module_exit(stall_exit);

MODULE_DESCRIPTION("Keeps pages locked, so that their 2M blocks cannot be emptied");
MODULE_LICENSE("GPL");
