// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: the one worker that compares current and target and takes steps
 * until they agree.
 *
 * It runs only when there is something to do. A step that gets stuck is
 * repeated after a delay that doubles; a new target starts afresh.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "xhb_policy.h"
#include "xhb_pages.h"
#include "xhb_trace.h"

/**
 * xhb_engine_step() - one batch towards the target
 * @b: the balloon
 *
 * Context: may sleep; one caller at a time, not under the balloon's lock.
 * Return: how the step ended. All pages are accounted for whatever it is.
 */
enum xhb_verdict xhb_engine_step(struct xhb_balloon *b)
{
	unsigned long target = READ_ONCE(b->stats->target_pages);
	unsigned long current_pages = READ_ONCE(b->stats->current_pages);
	enum xhb_verdict verdict = XHB_DONE;

	if (current_pages > target)
		verdict = xhb_inflate_step(b, current_pages - target);
	else if (current_pages < target)
		verdict = xhb_deflate_step(b, target - current_pages);

	trace_xen_hugeballoon_step(target, current_pages, verdict);
	return verdict;
}

static void xhb_engine_retry_later(struct xhb_balloon *b)
{
	struct balloon_stats *stats = b->stats;
	unsigned long delay_s;

	delay_s = xhb_backoff_next(&b->backoff,
				   READ_ONCE(stats->max_schedule_delay),
				   READ_ONCE(stats->max_retry_count));
	stats->schedule_delay = max(delay_s, 1UL);
	stats->retry_count = b->backoff.retries + 1;
	if (delay_s)
		queue_delayed_work(b->wq, &b->work, delay_s * HZ);
}

static void xhb_engine_work(struct work_struct *work)
{
	struct xhb_balloon *b = container_of(to_delayed_work(work),
					     struct xhb_balloon, work);
	enum xhb_verdict verdict;

	if (READ_ONCE(b->stopping))
		return;
	if (xchg(&b->target_changed, false))
		xhb_backoff_reset(&b->backoff);

	verdict = xhb_engine_step(b);
	if (verdict != XHB_MORE && b->at_rest)
		b->at_rest(b);
	if (verdict == XHB_STUCK) {
		xhb_engine_retry_later(b);
		return;
	}

	xhb_backoff_reset(&b->backoff);
	b->stats->schedule_delay = 1;
	b->stats->retry_count = 1;
	/* One step a run: the freezer and cancellation come in between. */
	if (verdict == XHB_MORE)
		queue_delayed_work(b->wq, &b->work, 0);
}

/**
 * xhb_engine_kick() - look at the target now
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_engine_kick(struct xhb_balloon *b)
{
	if (!READ_ONCE(b->stopping))
		mod_delayed_work(b->wq, &b->work, 0);
}

/**
 * xhb_engine_set_target() - change the size the guest should have
 * @b: the balloon
 * @pages: 4K pages, counted as balloon_stats.current_pages is
 *
 * Any number is accepted: the engine goes as far as the guest's floor, the
 * balloon's content and Xen allow.
 *
 * Context: any.
 */
void xhb_engine_set_target(struct xhb_balloon *b, unsigned long pages)
{
	trace_xen_hugeballoon_target(READ_ONCE(b->stats->target_pages), pages);
	WRITE_ONCE(b->stats->target_pages, pages);
	WRITE_ONCE(b->target_changed, true);
	xhb_engine_kick(b);
}

/**
 * xhb_engine_init() - prepare a balloon
 * @b: the balloon, zeroed but for ->hv and the knobs
 * @stats: statistics to keep, holding the present size and target
 * @scrub: switch that says whether pages leave scrubbed
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int xhb_engine_init(struct xhb_balloon *b, struct balloon_stats *stats,
		    const bool *scrub)
{
	mutex_init(&b->lock);
	INIT_DELAYED_WORK(&b->work, xhb_engine_work);
	b->stats = stats;
	b->scrub = scrub;
	/* Until xhb_engine_start(), a kick is remembered by its target only. */
	b->stopping = true;

	b->batch = kvmalloc_array(XHB_BATCH_PAGES, sizeof(*b->batch),
				  GFP_KERNEL);
	if (!b->batch)
		return -ENOMEM;
	if (xhb_pages_init(b))
		goto free_batch;
	b->wq = alloc_ordered_workqueue("xen-hugeballoon",
					WQ_FREEZABLE | WQ_MEM_RECLAIM);
	if (b->wq)
		return 0;

	xhb_pages_destroy(b);
free_batch:
	kvfree(b->batch);
	return -ENOMEM;
}

/**
 * xhb_engine_start() - begin to follow the target
 * @b: the balloon, initialised or stopped
 *
 * Context: may sleep.
 */
void xhb_engine_start(struct xhb_balloon *b)
{
	WRITE_ONCE(b->stopping, false);
	xhb_engine_kick(b);
}

/**
 * xhb_engine_stop() - no step after this returns
 * @b: the balloon
 *
 * The step in progress is finished first. Pages stay in their queues.
 *
 * Context: may sleep; not under the balloon's lock.
 */
void xhb_engine_stop(struct xhb_balloon *b)
{
	WRITE_ONCE(b->stopping, true);
	cancel_delayed_work_sync(&b->work);
}

/**
 * xhb_engine_destroy() - free what xhb_engine_init() allocated
 * @b: the balloon, stopped, with empty queues
 *
 * Context: may sleep.
 */
void xhb_engine_destroy(struct xhb_balloon *b)
{
	destroy_workqueue(b->wq);
	xhb_pages_destroy(b);
	kvfree(b->batch);
}
