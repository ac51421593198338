// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs xen-hugeballoon/stats: everything that is counted, for developers.
 * debugfs xen-hugeballoon/places: where all memory is, at one moment.
 * debugfs xen-hugeballoon/latency: how often each step took how long.
 * debugfs xen-hugeballoon/bitmap: which 4K pages are ballooned out, a bit each.
 * debugfs xen-hugeballoon/blocks: how Xen backs each 2M block of memory.
 */
#include <linux/debugfs.h>
#include <linux/memory_hotplug.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "xhb_front.h"
#include "xhb_pages.h"

/* Only touched by load and unload. */
static struct dentry *xhb_debugfs_dir;

static int stats_show(struct seq_file *seq, void *unused)
{
	struct xhb_balloon *b = seq->private;
	struct xhb_xen_counters xen;
	int i, result;

	xhb_lock(b);
	xhb_xen_counters(&b->xen, &xen);
	seq_printf(seq, "hypercalls %llu\n", xen.hypercalls);
	seq_printf(seq, "hypercall_us %llu\n", xen.hypercall_ns / NSEC_PER_USEC);
	seq_printf(seq, "refused_2m %llu\n", xen.refused_2m);
	for (i = 0; i < XHB_COUNT_COUNT; i++)
		seq_printf(seq, "%s %llu\n", xhb_count_names[i], xhb_counted(b, i));
	seq_printf(seq, "copied %d\n", xhb_was_copied(b));
	xhb_unlock(b);

	for (i = 0; i < XHB_TRY_COUNT; i++) {
		u64 tried = 0, times;

		for (result = 0; result < XHB_RESULT_COUNT; result++) {
			times = xhb_tried_with(b, i, result);
			tried += times;
			seq_printf(seq, "%s_%s %llu\n", xhb_try_names[i],
				   xhb_result_names[result], times);
		}
		seq_printf(seq, "%s_tried %llu\n", xhb_try_names[i], tried);
	}
	for (i = 0; i < XHB_TIME_COUNT; i++)
		seq_printf(seq, "%s_us %llu\n", xhb_time_names[i],
			   xhb_timed_ns(b, i) / NSEC_PER_USEC);
	seq_printf(seq, "lock_longest_us %llu\n",
		   xhb_longest_lock_ns(b) / NSEC_PER_USEC);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int places_show(struct seq_file *seq, void *unused)
{
	struct xhb_places places;

	xhb_places(seq->private, &places);
	seq_printf(seq, "current_kb %lu\n", xhb_pages_to_kb(places.held));
	seq_printf(seq, "huge_kb %lu\n", xhb_pages_to_kb(places.huge));
	seq_printf(seq, "base_kb %lu\n", xhb_pages_to_kb(places.base));
	seq_printf(seq, "isolated_kb %lu\n", xhb_pages_to_kb(places.isolated));
	seq_printf(seq, "foreign_kb %lu\n", xhb_pages_to_kb(places.foreign));
	seq_printf(seq, "foreign_used_kb %lu\n", xhb_pages_to_kb(places.foreign_used));
	seq_printf(seq, "lost_kb %lu\n", xhb_pages_to_kb(places.lost));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(places);

static int latency_show(struct seq_file *seq, void *unused)
{
	struct xhb_balloon *b = seq->private;
	unsigned int limit;
	int i;

	seq_puts(seq, "below_us");
	for (i = 0; i < XHB_TIME_COUNT; i++)
		seq_printf(seq, " %s", xhb_time_names[i]);
	for (limit = 0; limit < XHB_TIME_LIMITS; limit++) {
		if (limit + 1 < XHB_TIME_LIMITS)
			seq_printf(seq, "\n%lu", 1UL << limit);
		else
			seq_puts(seq, "\nmore");
		for (i = 0; i < XHB_TIME_COUNT; i++)
			seq_printf(seq, " %llu", xhb_timed(b, i, limit));
	}
	seq_putc(seq, '\n');
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(latency);

/* Blocks in a line: 128 MB. */
#define XHB_BLOCKS_A_LINE	64

static char xhb_block_char(struct xhb_balloon *b, unsigned long block)
{
	static const char chars[] = {
		[XHB_BACKING_UNKNOWN] = '?',
		[XHB_BACKING_4K] = '4',
		[XHB_BACKING_2M] = '2',
		[XHB_BACKING_NONE] = '-',
	};

	if (!pfn_to_online_page(block << XHB_HUGE_ORDER))
		return ' ';
	return chars[xhb_block_backing(b, block)];
}

static int blocks_show(struct seq_file *seq, void *unused)
{
	struct xhb_balloon *b = seq->private;
	unsigned long block;

	seq_puts(seq, "# 2: a 2M page, 4: 4K pages, -: ballooned out, ?: unknown\n");
	xhb_lock(b);
	for (block = 0; block < xhb_blocks_count(b); block++) {
		if (block % XHB_BLOCKS_A_LINE == 0)
			seq_printf(seq, "%s%#014lx ", block ? "\n" : "",
				   block << PMD_SHIFT);
		seq_putc(seq, xhb_block_char(b, block));
	}
	xhb_unlock(b);
	seq_putc(seq, '\n');
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(blocks);

/* The balloon's lock is held for a page of it at a time: 128 MB of the guest. */
static ssize_t frames_read(struct file *file, char __user *to, size_t bytes,
			   loff_t *pos)
{
	struct xhb_balloon *b = file->private_data;
	ssize_t err = 0;
	size_t got, done = 0;
	u8 *page;

	page = (u8 *)__get_free_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	while (done < bytes && !fatal_signal_pending(current)) {
		got = xhb_bitmap_read(b, page, *pos,
				      min_t(size_t, bytes - done, PAGE_SIZE));
		if (!got)
			break;
		if (copy_to_user(to + done, page, got)) {
			err = -EFAULT;
			break;
		}
		done += got;
		*pos += got;
		cond_resched();
	}
	free_page((unsigned long)page);
	return done ?: err;
}

static const struct file_operations frames_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = frames_read,
	.llseek = default_llseek,
};

/**
 * xhb_debugfs_add() - add the directory
 * @b: the balloon it shows
 *
 * Context: may sleep. Errors are ignored, as debugfs wants it.
 */
void xhb_debugfs_add(struct xhb_balloon *b)
{
	xhb_debugfs_dir = debugfs_create_dir("xen-hugeballoon", NULL);
	debugfs_create_file("stats", 0444, xhb_debugfs_dir, b, &stats_fops);
	debugfs_create_file("places", 0444, xhb_debugfs_dir, b, &places_fops);
	debugfs_create_file("latency", 0444, xhb_debugfs_dir, b, &latency_fops);
	debugfs_create_file("bitmap", 0444, xhb_debugfs_dir, b, &frames_fops);
	debugfs_create_file("blocks", 0444, xhb_debugfs_dir, b, &blocks_fops);
}

/**
 * xhb_debugfs_remove() - remove the directory
 *
 * Waits for reads in progress.
 *
 * Context: may sleep.
 */
void xhb_debugfs_remove(void)
{
	debugfs_remove(xhb_debugfs_dir);
	xhb_debugfs_dir = NULL;
}
