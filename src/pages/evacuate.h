/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Emptying 2M blocks beside the worker; see evacuate.c.
 */
#ifndef XHB_EVACUATE_H
#define XHB_EVACUATE_H

#include <linux/wait.h>
#include <linux/workqueue.h>

struct page;
struct xhb_balloon;

/**
 * enum xhb_evacuation_state - whose turn it is
 * @XHB_EVACUATION_IDLE: the worker may ask for a block
 * @XHB_EVACUATION_RUNNING: a block is being emptied
 * @XHB_EVACUATION_READY: the worker may take the result
 */
enum xhb_evacuation_state {
	XHB_EVACUATION_IDLE,
	XHB_EVACUATION_RUNNING,
	XHB_EVACUATION_READY,
};

/**
 * struct xhb_evacuation - the block being emptied, one at a time
 * @wq: runs @work. Not freezable: it may wait for long, and would keep the
 *	domain from being saved.
 * @work: empties a block
 * @done: tells the worker that there is a result; set before first use
 * @waiting: who unloads waits here
 * @state: an &enum xhb_evacuation_state. RUNNING is set by the worker and ended
 *	by @work, with release semantics, so that the fields below belong to
 *	@work while it is set and to the worker while it is not.
 * @choice: what was asked for
 * @block: which block, if only one will do
 * @page: the result: a 2M page or an error
 * @since: when @work was started, in jiffies; only touched by the worker
 * @at: first frame of the block being emptied; written by @work, read by who
 *	unloads
 * @cancel: stop before the next block; written by the worker, read by @work
 */
struct xhb_evacuation {
	struct workqueue_struct *wq;
	struct work_struct work;
	void (*done)(struct xhb_balloon *b);
	wait_queue_head_t waiting;
	int state;
	enum xhb_choice choice;
	unsigned long block;
	struct page *page;
	unsigned long since;
	unsigned long at;
	bool cancel;
};

int xhb_evacuation_init(struct xhb_balloon *b,
			void (*done)(struct xhb_balloon *b));
void xhb_evacuation_destroy(struct xhb_balloon *b);

#endif /* XHB_EVACUATE_H */
