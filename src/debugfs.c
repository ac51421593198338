// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs xen-hugeballoon/stats: everything that is counted, for developers.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "xhb_takeover.h"

const char * const xhb_count_names[XHB_COUNT_COUNT] = {
	[XHB_COUNT_RELEASED_2M] = "released_2m",
	[XHB_COUNT_RELEASED_4K] = "released_4k",
	[XHB_COUNT_POPULATED_2M] = "populated_2m",
	[XHB_COUNT_POPULATED_4K] = "populated_4k",
	[XHB_COUNT_SHORT] = "short",
	[XHB_COUNT_NO_2M] = "no_2m",
	[XHB_COUNT_SPLIT] = "split",
	[XHB_COUNT_ADOPTED] = "adopted",
	[XHB_COUNT_PROMOTED] = "promoted",
	[XHB_COUNT_MIGRATED] = "migrated",
	[XHB_COUNT_NOT_MIGRATED] = "not_migrated",
	[XHB_COUNT_COALESCED] = "coalesced",
	[XHB_COUNT_GATHERED] = "gathered",
};

/* Only touched by load and unload. */
static struct dentry *xhb_debugfs_dir;

static int stats_show(struct seq_file *seq, void *unused)
{
	struct xhb_balloon *b = seq->private;
	int i;

	mutex_lock(&b->lock);
	seq_printf(seq, "hypercalls %llu\n", b->hv.hypercalls);
	seq_printf(seq, "hypercall_us %llu\n",
		   b->hv.hypercall_ns / NSEC_PER_USEC);
	seq_printf(seq, "refused_2m %llu\n", b->hv.refused_2m);
	for (i = 0; i < XHB_COUNT_COUNT; i++)
		seq_printf(seq, "%s %llu\n", xhb_count_names[i], b->counts[i]);
	mutex_unlock(&b->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

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
