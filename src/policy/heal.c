// SPDX-License-Identifier: GPL-2.0
/*
 * The task that heals: 2M blocks of the guest get their 2M p2m entries back.
 *
 * Xen backs a guest by 4K pages after it was restored or migrated, and where it
 * was ballooned in 4K pages, and never puts them together again. But a block that
 * is released and populated as one extent comes back as one 2M page, if the host
 * has one. So each block that is, or may be, in 4K pages is emptied and goes to
 * Xen and back. What Xen does not give back is part of the balloon, and asked for
 * like the rest of it.
 *
 * A pass looks at all blocks, and then again at those that were in use just then.
 * In the background one pass follows another, at growing distances when there is
 * nothing to gain.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/tick.h>

#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/* Blocks in use are looked at four times in a pass, so long apart. */
static const struct xhb_limits xhb_heal_rounds = {
	.first = 200, .longest = 800, .tries = 3,
};

#define XHB_HEAL_PASS_PAUSE_FIRST_MS	(60 * 1000UL)
#define XHB_HEAL_PASS_PAUSE_MOST_MS	(60 * 60 * 1000UL)

/* So many blocks are looked at in one step. */
#define XHB_HEAL_LOOKS	4096

/**
 * xhb_heal_block() - have a 2M block of the guest backed by a 2M page
 * @b: the balloon
 * @block: its number
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: 0, or an error. With -EINPROGRESS the block is being emptied: come
 * again. With -ENXIO, -EPERM, -EBUSY (see xhb_evacuate()) and -ENOMEM (no room, or at
 * the floor) it is backed as before. With -ENOSPC Xen had no 2M page
 * for it but 4K ones. With -EAGAIN Xen had no memory for all of it, and the rest
 * is in the balloon.
 */
int xhb_heal_block(struct xhb_balloon *b, unsigned long block)
{
	struct xhb_heal *h = &b->heal;
	struct page *page;
	int err;

	if (!h->emptying && xhb_spare(b, XHB_USE_BALLOON) < XHB_HUGE_PAGES)
		return -ENOMEM;
	page = xhb_evacuate(b, XHB_CHOICE_THIS, block);
	h->emptying = page == ERR_PTR(-EINPROGRESS);
	if (IS_ERR(page))
		return PTR_ERR(page);
	xhb_scrub(b, page, XHB_HUGE_ORDER);

	xhb_lock(b);
	h->own_news -= xhb_blocks_news(b);
	err = xhb_renew(b, page);
	h->own_news += xhb_blocks_news(b);
	xhb_unlock(b);

	/* All of it, nothing, or something less than one 2M page. */
	xhb_tried(b, XHB_TRY_HEAL_2M, 2, !err ? 2 : err != -EBUSY);
	if (!err)
		xhb_count_add(b, XHB_COUNT_HEALED, 1);
	return err;
}

static bool xhb_worth_healing(struct xhb_balloon *b, unsigned long block)
{
	enum xhb_backing backing = xhb_block_backing(b, block);

	/* Base pages would move to another block, and break that one up. */
	return (backing == XHB_BACKING_UNKNOWN || backing == XHB_BACKING_4K) &&
	       !xhb_block_base(b, block);
}

/*
 * Result for the next block that can be emptied, -ENOENT after the last, or
 * -ECANCELED to come up for air.
 */
static int xhb_heal_next(struct xhb_balloon *b)
{
	struct xhb_heal *h = &b->heal;
	unsigned int looks;

	for (looks = 0; h->cursor < xhb_blocks_count(b); looks++) {
		enum xhb_backing backing = XHB_BACKING_UNKNOWN;
		int err = -ENXIO;

		if (looks == XHB_HEAL_LOOKS)
			return -ECANCELED;
		if (trace_xen_hugeballoon_heal_enabled())
			backing = xhb_block_backing(b, h->cursor);
		if (h->emptying || xhb_worth_healing(b, h->cursor))
			err = xhb_heal_block(b, h->cursor);
		if (err == -EINPROGRESS)
			return err;
		/* That no memory is there is no decision. */
		if (err != -ENXIO)
			trace_xen_hugeballoon_heal(h->cursor, backing, err);
		xhb_block_set_unmovable(b, h->cursor++, err == -EPERM);
		if (err != -ENXIO && err != -EPERM)
			return err;
		cond_resched();
	}
	return -ENOENT;
}

/* The CPUs' idle time may go backwards when one goes offline: not busy, then. */
static unsigned int xhb_heal_pace(struct xhb_balloon *b)
{
	unsigned int interval = xhb_knob(b, heal_interval_ms);
	struct xhb_heal *h = &b->heal;
	ktime_t now = ktime_get();
	u64 idle = 0, elapsed;
	unsigned int cpu;

	if (READ_ONCE(h->now))
		return XHB_STEP_AGAIN;

	for_each_online_cpu(cpu)
		idle += get_cpu_idle_time_us(cpu, NULL);
	elapsed = ktime_us_delta(now, h->looked_at) * num_online_cpus();
	interval = xhb_pace_ms(interval, idle - h->idle_us, elapsed);
	h->looked_at = now;
	h->idle_us = idle;
	return interval;
}

static void xhb_heal_restart(struct xhb_heal *h)
{
	h->cursor = 0;
	h->emptying = false;
	h->left_busy = 0;
	h->healed = 0;
	xhb_backoff_reset(&h->rounds);
}

static const char *xhb_heal_reason(int err)
{
	switch (err) {
	case 0:
		return "done";
	case -ENOMEM:
		return "stopped, the guest has too little free memory";
	case -ENOSPC:
		return "stopped, Xen has no 2M page left";
	default:
		return "stopped, Xen has no memory left";
	}
}

/* Returns the pause before the next pass. */
static unsigned int xhb_heal_end_pass(struct xhb_balloon *b, int err)
{
	struct xhb_heal *h = &b->heal;
	bool gain = h->healed;

	if (xchg(&h->now, false))
		pr_info("healing %s: %lu 2M blocks healed, %lu in use, %lu hold what cannot be moved\n",
			xhb_heal_reason(err), h->healed, h->left_busy,
			xhb_blocks_unmovable(b));
	h->at_once = false;
	h->short_of_memory = err == -EAGAIN;
	xhb_heal_restart(h);
	return gain ? XHB_HEAL_PASS_PAUSE_FIRST_MS : XHB_STEP_STUCK;
}

/* Returns the pause before the next round or pass. */
static unsigned int xhb_heal_end_round(struct xhb_balloon *b)
{
	struct xhb_heal *h = &b->heal;
	unsigned long pause = 0;

	if (h->left_busy)
		pause = xhb_backoff_next(&h->rounds, &xhb_heal_rounds);
	if (!pause)
		return xhb_heal_end_pass(b, 0);
	h->cursor = 0;
	h->left_busy = 0;
	return pause;
}

/*
 * Not while the balloon changes. A target beyond the domain's maximum is never
 * reached and no reason to wait, unless it is memory that Xen is short of.
 */
static bool xhb_may_heal(struct xhb_balloon *b)
{
	bool deflating = xhb_current_pages(b) < xhb_target_pages(b);

	if (xhb_at_target(b) || (deflating && !xhb_ballooned_pages(b))) {
		b->heal.short_of_memory = false;
		return true;
	}
	return deflating && xhb_batch_stuck(b) && !b->heal.short_of_memory;
}

static bool xhb_heal_allowed(struct xhb_balloon *b)
{
	return (xhb_knob(b, heal) || READ_ONCE(b->heal.now)) &&
	       xhb_may_heal(b);
}

/* What is known of blocks is to be forgotten. */
static bool xhb_has_resumed(struct xhb_balloon *b)
{
	return atomic_long_read(&b->heal.resumes) != b->heal.seen_resumes ||
	       xhb_copied_ends(b) != b->heal.seen_ends;
}

static bool xhb_heal_wanted(struct xhb_balloon *b)
{
	return xhb_has_resumed(b) || xhb_heal_allowed(b);
}

static unsigned long xhb_heal_news(struct xhb_balloon *b)
{
	struct xhb_heal *h = &b->heal;

	return xhb_blocks_news(b) - h->own_news + xhb_knobs_changes(b) +
	       atomic_long_read(&h->asked) + atomic_long_read(&h->resumes) +
	       xhb_copied_ends(b);
}

static void xhb_heal_look(struct xhb_balloon *b)
{
	struct xhb_heal *h = &b->heal;

	if (xhb_has_resumed(b)) {
		h->seen_resumes = atomic_long_read(&h->resumes);
		h->seen_ends = xhb_copied_ends(b);
		xhb_blocks_forget(b);
		xhb_heal_restart(h);
	}
	if (READ_ONCE(h->now) && !h->at_once) {
		xhb_heal_restart(h);
		h->at_once = true;
	}
}

/**
 * xhb_heal_step() - heal the next block that can be
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: the pause until the next, XHB_STEP_BLOCK while one is being emptied,
 * XHB_STEP_STUCK after a pass without gain, XHB_STEP_REST if healing is off.
 */
unsigned int xhb_heal_step(struct xhb_balloon *b)
{
	struct xhb_heal *h = &b->heal;
	int err;

	xhb_heal_look(b);
	if (!xhb_heal_allowed(b))
		return XHB_STEP_REST;
	if (xhb_is_copied(b))
		return XHB_COPIED_WAIT_MS;

	err = xhb_heal_next(b);
	switch (err) {
	case 0:
		h->healed++;
		return xhb_heal_pace(b);
	case -EBUSY:
		h->left_busy++;
		return xhb_heal_pace(b);
	case -EINPROGRESS:
		return XHB_STEP_BLOCK;
	case -ECANCELED:
		return XHB_STEP_AGAIN;
	case -ENOENT:
		return xhb_heal_end_round(b);
	default:
		return xhb_heal_end_pass(b, err);
	}
}

static unsigned int xhb_heal_settle_ms(struct xhb_balloon *b)
{
	return READ_ONCE(b->heal.now) || xhb_has_resumed(b) ?
	       0 : xhb_knob(b, heal_interval_ms);
}

static void xhb_heal_limits(struct xhb_balloon *b, struct xhb_limits *limits)
{
	limits->first = XHB_HEAL_PASS_PAUSE_FIRST_MS;
	limits->longest = XHB_HEAL_PASS_PAUSE_MOST_MS;
	limits->tries = 0;
}

const struct xhb_task xhb_heal_task = {
	.name = "heal",
	.wanted = xhb_heal_wanted,
	.news = xhb_heal_news,
	.step = xhb_heal_step,
	.settle_ms = xhb_heal_settle_ms,
	.limits = xhb_heal_limits,
};

/**
 * xhb_heal_resumed() - the domain was restored or migrated
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_heal_resumed(struct xhb_balloon *b)
{
	atomic_long_inc(&b->heal.resumes);
	xhb_worker_wake(b);
}

/**
 * xhb_heal_check() - can this guest be healed at all?
 * @b: the balloon
 *
 * Context: any.
 * Return: 0, or, after saying why, -EOPNOTSUPP.
 */
int xhb_heal_check(struct xhb_balloon *b)
{
	if (xhb_xen_has_superpages(&b->xen))
		return 0;
	pr_info_ratelimited("nothing to heal, PV guests have no 2M p2m entries\n");
	return -EOPNOTSUPP;
}

/**
 * xhb_heal_now() - start one pass without pauses
 * @b: the balloon
 *
 * Context: any.
 * Return: 0, or -EOPNOTSUPP in a guest that cannot be healed.
 */
int xhb_heal_now(struct xhb_balloon *b)
{
	int err = xhb_heal_check(b);

	if (err)
		return err;
	WRITE_ONCE(b->heal.now, true);
	atomic_long_inc(&b->heal.asked);
	xhb_worker_wake(b);
	return 0;
}

/**
 * xhb_heal_is_now() - is a pass under way that the user has asked for?
 * @b: the balloon
 *
 * Context: any.
 * Return: true until it has ended.
 */
bool xhb_heal_is_now(struct xhb_balloon *b)
{
	return READ_ONCE(b->heal.now);
}

/**
 * xhb_heal_not_now() - end a pass that the user has asked for
 * @b: the balloon
 *
 * The block that is being healed is finished first.
 *
 * Context: any.
 */
void xhb_heal_not_now(struct xhb_balloon *b)
{
	WRITE_ONCE(b->heal.now, false);
	xhb_worker_wake(b);
}
