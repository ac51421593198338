/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux 6.17 to 6.19: drivers do list work as in Linux 6.1, but a page is marked by
 * PG_movable_ops, as in Linux 7.0.
 */
#ifndef _LINUX_BALLOON_COMPACTION_H
#define _LINUX_BALLOON_COMPACTION_H

#include <linux/list.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/spinlock.h>

struct balloon_dev_info {
	unsigned long isolated_pages;
	spinlock_t pages_lock; /* for pages */
	struct list_head pages;
	int (*migratepage)(struct balloon_dev_info *core, struct page *newpage,
			   struct page *page, enum migrate_mode mode);
};

size_t balloon_page_list_dequeue(struct balloon_dev_info *core,
				 struct list_head *pages, size_t wanted);

static inline void balloon_devinfo_init(struct balloon_dev_info *core)
{
	memset(core, 0, sizeof(*core));
	spin_lock_init(&core->pages_lock);
	INIT_LIST_HEAD(&core->pages);
}

static inline void balloon_page_insert(struct balloon_dev_info *core,
				       struct page *page)
{
	__SetPageOffline(page);
	SetPageMovableOps(page);
	set_page_private(page, (unsigned long)core);
	list_add(&page->lru, &core->pages);
}

static inline struct balloon_dev_info *balloon_page_device(struct page *page)
{
	return (struct balloon_dev_info *)page_private(page);
}

static inline void balloon_page_finalize(struct page *page)
{
	set_page_private(page, 0);
}

#endif /* _LINUX_BALLOON_COMPACTION_H */
