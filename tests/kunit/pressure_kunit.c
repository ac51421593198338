// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that is short of memory: when it takes some back, and for how long it
 * keeps it.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "fixture.h"
#include "xhb_trace.h"

#define BALLOON	(36 * XHB_HUGE_PAGES)

static void ballooned(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.host_huge = 60;
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - BALLOON);
	fixture_go(test, f->total - BALLOON);
	f->b.knobs.deflate_on_oom = XHB_OOM_ALWAYS;
}

/* What the OOM killer finds before it looks for somebody to kill. */
static unsigned long oom(struct fixture *f)
{
	unsigned long freed = 3;

	if (!f->b.pressure.oom.notifier_call)
		xhb_pressure_start(&f->b);
	f->b.pressure.oom.notifier_call(&f->b.pressure.oom, 0, &freed);
	return freed - 3;
}

static void pressure_allowed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	KUNIT_EXPECT_EQ(test, oom(f), 0UL);
	ballooned(test);
	b->knobs.deflate_on_oom = XHB_OOM_NEVER;
	KUNIT_EXPECT_EQ(test, oom(f), 0UL);
	b->knobs.deflate_on_oom = XHB_OOM_SELF;
	KUNIT_EXPECT_EQ(test, oom(f), 0UL);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - BALLOON);

	/* The guest itself wanted to be so small. */
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total);
	xhb_target_request(b, XHB_REQUESTER_SELF, f->total - BALLOON);
	KUNIT_EXPECT_GT(test, oom(f), 0UL);
	/* Also while it is pressure's target that is followed. */
	KUNIT_EXPECT_GT(test, oom(f), 0UL);
	fixture_check(test);
}

static void pressure_relieves(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long got, small = f->total - BALLOON;

	ballooned(test);
	got = oom(f);
	KUNIT_EXPECT_EQ(test, got, 8UL * XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, small + got);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, small + got);
	KUNIT_EXPECT_EQ(test, (int)xhb_target_by(b), (int)XHB_REQUESTER_PRESSURE);
	KUNIT_EXPECT_EQ(test, xhb_counted(b, XHB_COUNT_SPLIT), 0ULL);
	fixture_check(test);

	/* Until the balloon is empty. */
	while (oom(f))
		;
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total);
	fixture_check(test);
}

static unsigned int step(struct fixture *f)
{
	return xhb_pressure_step(&f->b);
}

static void pressure_holds(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_pressure *p = &f->b.pressure;
	unsigned long small = f->total - BALLOON, news;

	ballooned(test);
	news = xhb_pressure_task.news(&f->b);
	KUNIT_EXPECT_FALSE(test, xhb_pressure_task.wanted(&f->b));
	oom(f);
	KUNIT_EXPECT_TRUE(test, xhb_pressure_task.wanted(&f->b));
	KUNIT_EXPECT_NE(test, xhb_pressure_task.news(&f->b), news);
	KUNIT_EXPECT_GT(test, step(f), 50U * 1000);
	KUNIT_EXPECT_LE(test, step(f), 60U * 1000 + 10);
	KUNIT_EXPECT_NE(test, f->stats.target_pages, small);

	p->until = jiffies - 1;
	KUNIT_EXPECT_EQ(test, step(f), XHB_STEP_REST);
	KUNIT_EXPECT_FALSE(test, xhb_pressure_task.wanted(&f->b));
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, small);
	KUNIT_EXPECT_EQ(test, (int)xhb_target_by(&f->b), (int)XHB_REQUESTER_HOST);

	/* It was not long enough. */
	oom(f);
	KUNIT_EXPECT_GT(test, step(f), 110U * 1000);
	/* More of the same does not make it longer. */
	oom(f);
	KUNIT_EXPECT_LE(test, step(f), 120U * 1000 + 10);

	/* An old story. */
	p->active = false;
	p->until = jiffies - msecs_to_jiffies(2 * 3600 * 1000);
	oom(f);
	KUNIT_EXPECT_LE(test, step(f), 60U * 1000 + 10);
}

/* Who may go beyond its own target only keeps to the host's, also to a new one. */
static void pressure_keeps_to_host(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long host = f->total - BALLOON / 2;
	unsigned long self = host - XHB_HUGE_PAGES - 100;

	ballooned(test);
	b->knobs.deflate_on_oom = XHB_OOM_SELF;
	xhb_target_request(b, XHB_REQUESTER_HOST, host);
	xhb_target_request(b, XHB_REQUESTER_SELF, self);
	fixture_go(test, self);
	while (oom(f))
		;
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, host);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, host);
	fixture_check(test);

	xhb_target_request(b, XHB_REQUESTER_HOST, host - 200);
	KUNIT_EXPECT_GT(test, step(f), 50U * 1000);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, host - 200);
	KUNIT_EXPECT_EQ(test, oom(f), 0UL);
	/* The user has changed his mind. */
	b->knobs.deflate_on_oom = XHB_OOM_ALWAYS;
	KUNIT_EXPECT_GT(test, oom(f), 0UL);
	KUNIT_EXPECT_GT(test, f->stats.target_pages, host);
	step(f);
	KUNIT_EXPECT_GT(test, f->stats.target_pages, host);
}

/* A target that the request was within is news, and is heard before it is followed. */
static void pressure_hears_of_host(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long news = xhb_pressure_task.news(&f->b);

	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - 1);
	KUNIT_EXPECT_NE(test, xhb_pressure_task.news(&f->b), news);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
}

/* Somebody moves memory: nobody is waited for in reclaim. */
static void pressure_trylock(struct kunit *test)
{
	struct fixture *f = test->priv;

	ballooned(test);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, xhb_pressure_relieve(&f->b, 1), 0UL);
	mutex_unlock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, xhb_pressure_relieve(&f->b, 1),
			(unsigned long)XHB_HUGE_PAGES);
	fixture_check(test);
}

/* Xen gives a part, or nothing. */
static void pressure_short(struct kunit *test)
{
	struct fixture *f = test->priv;

	ballooned(test);
	fake_hv.max_pages = fake_hv.tot_pages + 100;
	KUNIT_EXPECT_EQ(test, oom(f), 100UL);
	KUNIT_EXPECT_EQ(test, oom(f), 0UL);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - BALLOON + 100);
	fixture_check(test);
}

/* What was not found yet after a migration must not be populated. */
static void pressure_after_arrival(struct kunit *test)
{
	struct fixture *f = test->priv;

	ballooned(test);
	f->b.reconcile.pending = true;
	KUNIT_EXPECT_EQ(test, oom(f), 0UL);
	f->b.reconcile.pending = false;
	KUNIT_EXPECT_GT(test, oom(f), 0UL);
}

/* Reclaim turns to the balloon below the floor only. */
static void pressure_reclaim(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	ballooned(test);
	KUNIT_EXPECT_FALSE(test, xhb_pressure_is_short(b, GFP_KERNEL));
	b->knobs.floor_kb = ULONG_MAX;
	KUNIT_EXPECT_TRUE(test, xhb_pressure_is_short(b, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, xhb_pressure_is_short(b, GFP_KERNEL |
							__GFP_NORETRY));
	/* kswapd waits for nobody. */
	current->flags |= PF_KSWAPD;
	KUNIT_EXPECT_FALSE(test, xhb_pressure_is_short(b, GFP_KERNEL));
	current->flags &= ~PF_KSWAPD;
	KUNIT_EXPECT_TRUE(test, xhb_pressure_is_short(b, GFP_KERNEL));
	b->knobs.deflate_on_oom = XHB_OOM_NEVER;
	KUNIT_EXPECT_FALSE(test, xhb_pressure_is_short(b, GFP_KERNEL));
	b->knobs.floor_kb = 0;
}

struct seen {
	/* The balloon's, under which they should be made. */
	struct mutex *lock;
	unsigned int requests;
	unsigned int locked;
};

static void probe_target(void *data, unsigned long old, unsigned long new,
			 int requester, int asker, unsigned long asked)
{
	struct seen *seen = data;

	if (asker != XHB_REQUESTER_PRESSURE)
		return;
	seen->requests++;
	seen->locked += mutex_is_locked(seen->lock);
}

/* Or else the worker would give away again at once what was taken for somebody. */
static void pressure_requests_locked(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct seen seen = { .lock = &f->b.lock };

	ballooned(test);
	KUNIT_ASSERT_EQ(test, register_trace_xen_hugeballoon_target(probe_target, &seen), 0);
	oom(f);
	f->b.knobs.deflate_on_oom = XHB_OOM_SELF;
	step(f);
	f->b.pressure.until = jiffies - 1;
	step(f);
	unregister_trace_xen_hugeballoon_target(probe_target, &seen);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_EQ(test, seen.requests, 3U);
	KUNIT_EXPECT_EQ(test, seen.locked, 3U);
	fixture_check(test);
}

/* Nobody calls what is not there any more. */
static void pressure_stops(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	xhb_pressure_start(b);
	KUNIT_EXPECT_TRUE(test, b->pressure.watching);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, b->pressure.shrinker);
	xhb_policy_stop(b);
	KUNIT_EXPECT_FALSE(test, b->pressure.watching);
	KUNIT_EXPECT_PTR_EQ(test, b->pressure.shrinker, NULL);
	KUNIT_EXPECT_NE(test, unregister_oom_notifier(&b->pressure.oom), 0);
}

static struct kunit_case pressure_cases[] = {
	KUNIT_CASE(pressure_allowed),
	KUNIT_CASE(pressure_relieves),
	KUNIT_CASE(pressure_holds),
	KUNIT_CASE(pressure_keeps_to_host),
	KUNIT_CASE(pressure_hears_of_host),
	KUNIT_CASE(pressure_trylock),
	KUNIT_CASE(pressure_short),
	KUNIT_CASE(pressure_after_arrival),
	KUNIT_CASE(pressure_reclaim),
	KUNIT_CASE(pressure_requests_locked),
	KUNIT_CASE(pressure_stops),
	{}
};

static struct kunit_suite pressure_suite = {
	.name = "xhb_pressure",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = pressure_cases,
};

kunit_test_suite(pressure_suite);
