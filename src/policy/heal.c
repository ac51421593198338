// SPDX-License-Identifier: GPL-2.0
/*
 * The healer: 2M blocks of the guest get their 2M p2m entries back.
 *
 * Xen backs a guest by 4K pages after it was restored or migrated, and where it
 * was ballooned in 4K pages, and never puts them together again. But a block
 * that is released and populated as one extent comes back as one 2M page, if the
 * host has one. So each block that is, or may be, in 4K pages is emptied and goes
 * to Xen and back. In between it is part of the balloon, so whatever Xen does
 * not give back the engine asks for like for the rest of the balloon.
 *
 * A pass looks at all blocks, and then again at those that were in use just then.
 * In the background one pass follows another, at growing distances when there
 * is nothing to gain.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/tick.h>

#include "xhb_policy.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/* Looks at a block that is in use, and the pause after the first. */
#define XHB_HEAL_ROUNDS			4
#define XHB_HEAL_ROUND_PAUSE_MS		200

#define XHB_HEAL_PASS_PAUSE_FIRST_MS	(60 * 1000U)
#define XHB_HEAL_PASS_PAUSE_MOST_MS	(60 * 60 * 1000U)

/* A block without content goes to Xen and comes back. */
static int xhb_heal_exchange(struct xhb_balloon *b, struct page *page)
{
	struct xhb_done back;
	unsigned long done;

	lockdep_assert_held(&b->lock);
	done = xhb_release(b, &page, 1, XHB_HUGE_ORDER);
	if (!done)
		return -EBUSY;
	if (done < XHB_HUGE_PAGES)
		return -EAGAIN;

	/* The one that was put there last. */
	page = xhb_huge_take(b);
	back = xhb_populate(b, &page, 1, XHB_HUGE_ORDER);
	if (back.pages < XHB_HUGE_PAGES)
		return -EAGAIN;
	if (!back.whole)
		return -ENOSPC;
	b->counts[XHB_COUNT_HEALED]++;
	return 0;
}

/**
 * xhb_heal_block() - have a 2M block of the guest backed by a 2M page
 * @b: the balloon
 * @block: its number
 *
 * Context: may sleep; on the engine's queue only, not under the balloon's lock.
 * Return: 0, or an error. With -ENXIO, -EPERM, -EBUSY (see xhb_evacuate_this())
 * and -ENOMEM (no room, or at the floor) the block is backed as before. With
 * -ENOSPC Xen had no 2M page for it but 4K ones. With -EAGAIN Xen had no memory
 * for all of it, and the rest is in the balloon.
 */
int xhb_heal_block(struct xhb_balloon *b, unsigned long block)
{
	struct page *page;
	int err;

	if (xhb_spare_pages(si_mem_available(), xhb_floor(b)) < XHB_HUGE_PAGES)
		return -ENOMEM;
	page = xhb_evacuate_this(block);
	if (IS_ERR(page))
		return PTR_ERR(page);
	xhb_scrub(b, page, XHB_HUGE_ORDER);

	mutex_lock(&b->lock);
	err = xhb_heal_exchange(b, page);
	mutex_unlock(&b->lock);

	trace_xen_hugeballoon_heal(block << XHB_HUGE_ORDER, err);
	return err;
}

static bool xhb_worth_healing(struct xhb_balloon *b, unsigned long block)
{
	enum xhb_backing backing = xhb_block_backing(b, block);

	/* Base pages would move to another block, and break that one up. */
	return (backing == XHB_BACKING_UNKNOWN || backing == XHB_BACKING_4K) &&
	       !xhb_block_base(b, block);
}

/* Result for the next block that can be emptied, or -ENOENT after the last. */
static int xhb_heal_next(struct xhb_balloon *b)
{
	struct xhb_healer *h = &b->healer;

	while (h->cursor < xhb_blocks_count(b)) {
		unsigned long block = h->cursor++;
		int err = -ENXIO;

		if (xhb_worth_healing(b, block))
			err = xhb_heal_block(b, block);
		xhb_block_set_unmovable(b, block, err == -EPERM);
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
	struct xhb_healer *h = &b->healer;
	ktime_t now = ktime_get();
	u64 idle = 0, elapsed;
	unsigned int cpu;

	if (READ_ONCE(b->heal_now))
		return 0;

	for_each_online_cpu(cpu)
		idle += get_cpu_idle_time_us(cpu, NULL);
	elapsed = ktime_us_delta(now, h->looked_at) * num_online_cpus();
	interval = xhb_pace_ms(interval, idle - h->idle_us, elapsed);
	h->looked_at = now;
	h->idle_us = idle;
	return interval;
}

static void xhb_heal_restart(struct xhb_balloon *b)
{
	struct xhb_healer *h = &b->healer;

	h->cursor = 0;
	h->round = 0;
	h->left_busy = 0;
	h->healed = 0;
	WRITE_ONCE(h->seen, xhb_blocks_news(b));
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
	struct xhb_healer *h = &b->healer;

	if (xchg(&b->heal_now, false))
		pr_info("healing %s: %lu 2M blocks healed, %lu in use, %lu hold what cannot be moved\n",
			xhb_heal_reason(err), h->healed, h->left_busy,
			xhb_blocks_unmovable(b));
	h->asked = false;
	h->short_of_memory = err == -EAGAIN;
	if (h->healed)
		h->pause_ms = 0;
	h->pause_ms = clamp(h->pause_ms * 2, XHB_HEAL_PASS_PAUSE_FIRST_MS,
			    XHB_HEAL_PASS_PAUSE_MOST_MS);
	xhb_heal_restart(b);
	return h->pause_ms;
}

/* Returns the pause before the next round or pass. */
static unsigned int xhb_heal_end_round(struct xhb_balloon *b)
{
	struct xhb_healer *h = &b->healer;

	if (!h->left_busy || h->round + 1 == XHB_HEAL_ROUNDS)
		return xhb_heal_end_pass(b, 0);
	h->cursor = 0;
	h->left_busy = 0;
	return XHB_HEAL_ROUND_PAUSE_MS << h->round++;
}

/* Returns the pause before the next step. */
static unsigned int xhb_heal_step(struct xhb_balloon *b)
{
	struct xhb_healer *h = &b->healer;
	int err = xhb_heal_next(b);

	switch (err) {
	case 0:
		h->healed++;
		return xhb_heal_pace(b);
	case -EBUSY:
		h->left_busy++;
		return xhb_heal_pace(b);
	case -ENOENT:
		return xhb_heal_end_round(b);
	default:
		return xhb_heal_end_pass(b, err);
	}
}

/*
 * Not while the balloon changes. A target beyond the domain's maximum is never
 * reached and no reason to wait, unless it is memory that Xen is short of.
 */
static bool xhb_may_heal(struct xhb_balloon *b)
{
	bool deflating = READ_ONCE(b->stats->current_pages) <
			 READ_ONCE(b->stats->target_pages);

	if (xhb_at_target(b) || (deflating && !xhb_ballooned_pages(b))) {
		b->healer.short_of_memory = false;
		return true;
	}
	return deflating && b->backoff.retries && !b->healer.short_of_memory;
}

static bool xhb_heal_wanted(struct xhb_balloon *b)
{
	return xhb_knob(b, heal) || READ_ONCE(b->heal_now);
}

static void xhb_heal_work(struct work_struct *work)
{
	struct xhb_healer *h = container_of(to_delayed_work(work),
					    struct xhb_healer, work);
	struct xhb_balloon *b = container_of(h, struct xhb_balloon, healer);
	unsigned int pause;

	if (READ_ONCE(b->stopping))
		return;
	if (xchg(&b->resumed, false)) {
		xhb_blocks_forget(b);
		xhb_heal_restart(b);
	}
	/* When the balloon has come to rest, the engine calls again. */
	if (!xhb_heal_wanted(b) || !xhb_may_heal(b))
		return;
	if (READ_ONCE(b->heal_now) && !h->asked) {
		xhb_heal_restart(b);
		h->asked = true;
	}

	pause = xhb_heal_step(b);
	if (!xhb_at_target(b))
		xhb_engine_kick(b);
	if (xhb_heal_wanted(b))
		queue_delayed_work(b->wq, &h->work, msecs_to_jiffies(pause));
}

/**
 * xhb_heal_kick() - the user's wish has changed
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_heal_kick(struct xhb_balloon *b)
{
	if (!READ_ONCE(b->stopping))
		mod_delayed_work(b->wq, &b->healer.work, 0);
}

/**
 * xhb_heal_news() - the balloon has come to rest
 * @b: the balloon
 *
 * A pass that had to stop for it goes on. If blocks have come to be backed by 4K
 * pages, the next pass does not wait.
 *
 * Context: any.
 */
void xhb_heal_news(struct xhb_balloon *b)
{
	unsigned long delay = msecs_to_jiffies(xhb_knob(b, heal_interval_ms));

	if (READ_ONCE(b->stopping) || !xhb_heal_wanted(b))
		return;
	if (xhb_blocks_news(b) != READ_ONCE(b->healer.seen))
		mod_delayed_work(b->wq, &b->healer.work, delay);
	else
		queue_delayed_work(b->wq, &b->healer.work, delay);
}

/**
 * xhb_heal_resumed() - the domain was restored or migrated
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_heal_resumed(struct xhb_balloon *b)
{
	WRITE_ONCE(b->resumed, true);
	xhb_heal_kick(b);
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
	WRITE_ONCE(b->heal_now, true);
	xhb_heal_kick(b);
	return 0;
}

/**
 * xhb_heal_init() - prepare the healer
 * @b: the balloon, being initialised
 *
 * Context: any.
 */
void xhb_heal_init(struct xhb_balloon *b)
{
	INIT_DELAYED_WORK(&b->healer.work, xhb_heal_work);
}

/**
 * xhb_heal_stop() - no healing after this returns
 * @b: the balloon, marked as stopping
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_heal_stop(struct xhb_balloon *b)
{
	cancel_delayed_work_sync(&b->healer.work);
}
