/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeping cached pages of files while a block is emptied; see keep.c.
 */
#ifndef XHB_KEEP_H
#define XHB_KEEP_H

#include <linux/workqueue.h>

struct folio;
struct page;
struct xhb_balloon;

/**
 * struct xhb_keep - the cached pages of the block that is being emptied
 * @wq: runs @work; not freezable, because the block is emptied meanwhile
 * @work: lets go of pages that somebody waits for
 * @folios: locked here; entries become NULL. Written before @work is queued and after
 *	it has ended by who empties the block, and by @work in between.
 * @count: entries in @folios, XHB_HUGE_PAGES at most; likewise
 * @end: the block is empty, or could not be emptied; written by who empties it, read
 *	by @work
 */
struct xhb_keep {
	struct workqueue_struct *wq;
	struct work_struct work;
	struct folio **folios;
	unsigned int count;
	bool end;
};

int xhb_keep_init(struct xhb_balloon *b);
void xhb_keep_destroy(struct xhb_balloon *b);
void xhb_keep_begin(struct xhb_balloon *b, struct page *first);
void xhb_keep_end(struct xhb_balloon *b);

#endif /* XHB_KEEP_H */
