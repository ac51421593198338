/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which 2M block is to be emptied; see choose.c.
 */
#ifndef XHB_CHOOSE_H
#define XHB_CHOOSE_H

struct page;
struct xhb_balloon;
enum xhb_choice;

/* Blocks looked at before one of them is chosen. */
#define XHB_WINDOW	64UL

/**
 * struct xhb_choose - where the search for a block is
 * @cursor: first block of the window that is looked at next; only touched where
 *	blocks are emptied, one at a time
 */
struct xhb_choose {
	unsigned long cursor;
};

struct page *xhb_choose_first(unsigned long block);
long xhb_choose_block(struct xhb_balloon *b, enum xhb_choice choice);
void xhb_choose_next(struct xhb_balloon *b);
int xhb_choose_check(struct xhb_balloon *b, unsigned long block);

#endif /* XHB_CHOOSE_H */
