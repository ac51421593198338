// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that is short of memory takes some back from its balloon, as far as the
 * user allows: before the kernel kills a program for it, and when somebody has to
 * wait for memory while the guest is below its floor.
 *
 * What was taken is a request for a size: the effective target does not go below
 * it for a while, which is longer each time that it was not long enough.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/shrinker.h>
#include <linux/swap.h>
#include <linux/workqueue.h>

#include "xhb_compat_memory.h"
#include "policy/deflate.h"
#include "xhb_pages.h"
#include "xhb_policy.h"
#include "xhb_trace.h"

/* Enough for the moment; whoever needs more calls again. */
#define XHB_PRESSURE_PAGES	(8 * XHB_HUGE_PAGES)

/* The lock is held for one hypercall, and the alternative is that somebody dies. */
#define XHB_PRESSURE_TRIES	100
#define XHB_PRESSURE_WAIT_US	1000

static const struct xhb_limits xhb_pressure_holds = {
	.first = 60 * MSEC_PER_SEC, .longest = 60 * 60 * MSEC_PER_SEC,
};

/*
 * A shrinker is not told whose it is. Set before it is registered, constant while it
 * is.
 */
static struct xhb_balloon *xhb_pressure_balloon;

/* The size that the guest may take back to, in 4K pages. */
static unsigned long xhb_pressure_most(struct xhb_balloon *b)
{
	switch (xhb_knob(b, deflate_on_oom)) {
	case XHB_OOM_ALWAYS:
		return ULONG_MAX;
	case XHB_OOM_SELF:
		if (xhb_target_shrunk_by(b) == XHB_REQUESTER_SELF)
			return xhb_target_of_host(b);
		return 0;
	default:
		return 0;
	}
}

static unsigned long xhb_pressure_room(struct xhb_balloon *b)
{
	unsigned long most = xhb_pressure_most(b), size = xhb_current_pages(b);

	return most > size ? most - size : 0;
}

static bool xhb_pressure_allowed(struct xhb_balloon *b)
{
	return xhb_pressure_room(b);
}

static void xhb_pressure_hold(struct xhb_balloon *b)
{
	struct xhb_pressure *p = &b->pressure;
	unsigned long longest = msecs_to_jiffies(xhb_pressure_holds.longest);

	lockdep_assert_held(&b->lock);
	if (!p->active) {
		/* Long ago is another story. */
		if (time_after(jiffies, p->until + longest))
			xhb_backoff_reset(&p->hold);
		xhb_backoff_next(&p->hold, &xhb_pressure_holds);
	}
	p->until = jiffies + msecs_to_jiffies(p->hold.delay);
	WRITE_ONCE(p->active, true);
	WRITE_ONCE(p->news, p->news + 1);
}

/*
 * What was taken would go again between the two, if it were not requested before
 * anybody else gets the lock.
 */
static void xhb_pressure_request(struct xhb_balloon *b, unsigned long pages)
{
	lockdep_assert_held(&b->lock);
	xhb_target_request(b, XHB_REQUESTER_PRESSURE, pages);
}

/**
 * xhb_pressure_relieve() - take memory back for a guest that is short of it
 * @b: the balloon
 * @pages: 4K pages that would help; more may come
 *
 * Context: may sleep, but waits for nobody: from the OOM killer and from reclaim,
 * also from that of the worker itself.
 * Return: 4K pages that the guest has more now; 0 if the user does not allow it, if
 * there are none, or if somebody moves memory just now.
 */
unsigned long xhb_pressure_relieve(struct xhb_balloon *b, unsigned long pages)
{
	unsigned long got = 0, part;

	if (!xhb_pressure_allowed(b)) {
		trace_xen_hugeballoon_pressure(pages, 0, -EPERM);
		return 0;
	}
	if (xhb_reconcile_pending(b) || !xhb_trylock(b)) {
		trace_xen_hugeballoon_pressure(pages, 0, -EBUSY);
		return 0;
	}
	/* Whole 2M pages, while there are any, and nobody forbids it. */
	pages = min(ALIGN(pages, XHB_HUGE_PAGES), xhb_pressure_room(b));
	while (got < pages) {
		part = xhb_deflate_now(b, pages - got);
		if (!part)
			break;
		got += part;
	}
	if (got) {
		xhb_pressure_hold(b);
		xhb_pressure_request(b, xhb_current_pages(b));
		xhb_count_add(b, XHB_COUNT_RELIEVED, got);
	}
	xhb_unlock(b);

	trace_xen_hugeballoon_pressure(pages, got, got ? 0 : -ENOMEM);
	return got;
}

static int xhb_pressure_oom(struct notifier_block *nb, unsigned long unused,
			    void *data)
{
	struct xhb_balloon *b = container_of(nb, struct xhb_balloon,
					     pressure.oom);
	unsigned long *freed = data, got = 0;
	unsigned int i;

	xhb_self_hint(b);
	for (i = 0; i < XHB_PRESSURE_TRIES && !got; i++) {
		if (!xhb_pressure_allowed(b) || !xhb_ballooned_pages(b))
			break;
		if (i)
			usleep_range(XHB_PRESSURE_WAIT_US,
				     2 * XHB_PRESSURE_WAIT_US);
		got = xhb_pressure_relieve(b, XHB_PRESSURE_PAGES);
		/* It was not the lock: Xen has none, and will not in a moment. */
		if (!got && !mutex_is_locked(&b->lock))
			break;
	}
	*freed += got;
	return NOTIFY_OK;
}

/**
 * xhb_pressure_is_short() - should reclaim turn to the balloon?
 * @b: the balloon
 * @gfp: flags of the allocation that waits
 *
 * Caches come and go all the time, which is no reason. Nor is an allocation that may
 * fail, as are all of this driver, whose memory must not come out of its balloon, nor
 * what it moves.
 *
 * Context: any.
 * Return: true if the guest is below its floor and somebody waits for memory.
 */
bool xhb_pressure_is_short(struct xhb_balloon *b, gfp_t gfp)
{
	return !current_is_kswapd() && !(gfp & __GFP_NORETRY) &&
	       !xhb_evacuation_is_current(b) && xhb_pressure_allowed(b) &&
	       !xhb_spare(b, XHB_USE_BALLOON);
}

static unsigned long xhb_pressure_count(struct shrinker *shrinker,
					struct shrink_control *sc)
{
	struct xhb_balloon *b = xhb_pressure_balloon;

	/* Also for kswapd, which comes when little is free, before anybody waits. */
	xhb_self_hint(b);
	return xhb_pressure_is_short(b, sc->gfp_mask) ?
	       xhb_ballooned_pages(b) : 0;
}

static unsigned long xhb_pressure_scan(struct shrinker *shrinker,
				       struct shrink_control *sc)
{
	unsigned long got = xhb_pressure_relieve(xhb_pressure_balloon,
						 sc->nr_to_scan);

	return got ?: SHRINK_STOP;
}

static const struct shrinker xhb_pressure_shrinker = {
	.count_objects = xhb_pressure_count,
	.scan_objects = xhb_pressure_scan,
};

/**
 * xhb_pressure_active() - does the guest keep what it took for lack of memory?
 * @b: the balloon
 *
 * Context: any; the answer may be old when it is given.
 * Return: true if so.
 */
bool xhb_pressure_active(struct xhb_balloon *b)
{
	return READ_ONCE(b->pressure.active);
}

static bool xhb_pressure_wanted(struct xhb_balloon *b)
{
	return xhb_pressure_active(b);
}

/*
 * The host may want less than the guest has taken back, or the user no longer allow
 * that, and then it has to give it.
 */
static unsigned long xhb_pressure_news(struct xhb_balloon *b)
{
	return READ_ONCE(b->pressure.news) + xhb_target_changes(b) +
	       xhb_knobs_changes(b);
}

static void xhb_pressure_keep_to(struct xhb_balloon *b, unsigned long most)
{
	if (xhb_target_by(b) == XHB_REQUESTER_PRESSURE &&
	    xhb_target_pages(b) > most)
		xhb_pressure_request(b, most);
}

/**
 * xhb_pressure_step() - does the guest still have to keep what it took?
 * @b: the balloon
 *
 * Context: may sleep; on the worker only, not under the balloon's lock.
 * Return: milliseconds until it has not, or XHB_STEP_REST.
 */
unsigned int xhb_pressure_step(struct xhb_balloon *b)
{
	struct xhb_pressure *p = &b->pressure;
	long left;

	xhb_lock(b);
	left = p->until - jiffies;
	if (left <= 0) {
		WRITE_ONCE(p->active, false);
		xhb_pressure_request(b, xhb_no_request(XHB_REQUESTER_PRESSURE));
	} else if (xhb_knob(b, deflate_on_oom) != XHB_OOM_ALWAYS) {
		xhb_pressure_keep_to(b, xhb_target_of_host(b));
	}
	xhb_unlock(b);
	return left > 0 ? jiffies_to_msecs(left) + 1 : XHB_STEP_REST;
}

const struct xhb_task xhb_pressure_task = {
	.name = "pressure",
	.wanted = xhb_pressure_wanted,
	.news = xhb_pressure_news,
	.step = xhb_pressure_step,
};

/**
 * xhb_pressure_start() - be told when memory is short
 * @b: the balloon
 *
 * Context: may sleep.
 */
void xhb_pressure_start(struct xhb_balloon *b)
{
	struct xhb_pressure *p = &b->pressure;

	xhb_pressure_balloon = b;
	p->until = jiffies;
	p->oom.notifier_call = xhb_pressure_oom;
	p->watching = !register_oom_notifier(&p->oom);
	p->shrinker = xhb_compat_add_shrinker(&xhb_pressure_shrinker);
	if (!p->watching || !p->shrinker)
		pr_warn("cannot watch for memory pressure, deflate_on_oom has little effect; load the module again when there is free memory\n");
}

/**
 * xhb_pressure_stop() - not to be told any more
 * @b: the balloon, whether it was started or not
 *
 * Context: may sleep. Nobody takes memory back for this reason afterwards.
 */
void xhb_pressure_stop(struct xhb_balloon *b)
{
	struct xhb_pressure *p = &b->pressure;

	if (p->watching)
		unregister_oom_notifier(&p->oom);
	p->watching = false;
	if (p->shrinker)
		xhb_compat_remove_shrinker(p->shrinker);
	p->shrinker = NULL;
}
