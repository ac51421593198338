// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/page_ref.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

#include "fake_clock.h"
#include "fixture.h"
#include "options.h"
#include "shown.h"

/* More steps than any test needs. */
#define FIXTURE_STEPS	10000

/* 4K pages in the balloon, as vmstat counts them. */
static unsigned long fixture_events(void)
{
	unsigned long *events, pages;

	events = kvcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), GFP_KERNEL);
	if (!events)
		return 0;
	all_vm_events(events);
	pages = events[BALLOON_INFLATE] - events[BALLOON_DEFLATE];
	kvfree(events);
	return pages;
}

static int fixture_init_hv(struct fixture *f, enum fake_kind kind)
{
	int err = 0;

	if (kind == FAKE_OPS)
		f->b.xen.ops = &fake_hv_ops;
	else
		err = xhb_xen_init(&f->b.xen);
	f->b.xen.method = kind == FAKE_HVM ? XHB_METHOD_GMFN_MOVE :
					    XHB_METHOD_EXCHANGE;
	return err;
}

static int fixture_init_balloon(struct fixture *f, enum fake_kind kind)
{
	int err;

	err = fixture_init_hv(f, kind);
	if (err)
		return err;
	f->stats = (struct balloon_stats) {
		.current_pages = fake_hv.tot_pages,
		.target_pages = fake_hv.tot_pages,
		.total_pages = fake_hv.tot_pages,
		.schedule_delay = 1,
		.max_schedule_delay = 32,
		.retry_count = 1,
		.max_retry_count = RETRY_UNLIMITED,
	};
	f->scrub = true;
	f->b.knobs.enable_huge = 1;
	f->b.knobs.hugepage_effort = XHB_EFFORT_COMPACT;
	f->b.knobs.coalesce_interval_ms = 10;
	f->b.knobs.coalesce_batch = 1;
	f->b.knobs.selfballoon_interval = 5;
	f->b.knobs.selfballoon_downhysteresis = 8;
	f->b.knobs.selfballoon_uphysteresis = 1;
	f->b.knobs.frontswap_hysteresis = 20;
	f->b.knobs.frontswap_inertia = 3;
	f->total = f->stats.current_pages;
	f->tot_pages = fake_hv.tot_pages;
	f->ram = totalram_pages();
	f->events = fixture_events();
	err = xhb_pages_init(&f->b, &f->stats, &f->scrub, xhb_worker_wake);
	if (err)
		goto destroy_xen;
	err = xhb_policy_init(&f->b, &f->stats);
	if (err)
		goto destroy_pages;
	/* As xhb_probe_method() has it. */
	f->b.migrate.reserve = fake_alloc_pages(GFP_KERNEL | __GFP_ZERO, 0);
	fake_guest.kept = fake_guest_held_pages();
	return 0;

destroy_pages:
	xhb_pages_destroy(&f->b);
destroy_xen:
	xhb_xen_destroy(&f->b.xen);
	return err;
}

int fixture_set_up(struct kunit *test, enum fake_kind kind)
{
	struct fixture *f;
	int node, err;

	fault_disarm();
	/* Steps grow when they are soon done, and that must not depend on the machine. */
	fake_clock = (struct fake_clock) { .step_ns = NSEC_PER_USEC };
	f = vzalloc(sizeof(*f));
	if (!f)
		return -ENOMEM;
	for_each_node_state(node, N_MEMORY)
		f->frames = max(f->frames, node_end_pfn(node));
	f->visited = vzalloc(BITS_TO_LONGS(f->frames) * sizeof(long));
	if (!f->visited)
		goto free_fixture;
	err = fake_hv_init(kind);
	if (err)
		goto free_visited;
	err = fake_guest_init();
	if (err)
		goto exit_hv;
	err = fixture_init_balloon(f, kind);
	if (err)
		goto exit_guest;
	test->priv = f;
	return 0;

exit_guest:
	fake_guest_exit();
exit_hv:
	fake_hv_exit();
free_visited:
	vfree(f->visited);
free_fixture:
	vfree(f);
	return -ENOMEM;
}

/* For a suite's init; its exit is fixture_exit(). */
int fixture_init(struct kunit *test, enum fake_kind kind)
{
	if (options_provoke()[0])
		kunit_skip(test, "only provoking '%s'", options_provoke());
	return fixture_set_up(test, kind);
}

int fixture_init_ops(struct kunit *test)
{
	return fixture_init(test, FAKE_OPS);
}

int fixture_init_hvm(struct kunit *test)
{
	return fixture_init(test, FAKE_HVM);
}

int fixture_init_pv(struct kunit *test)
{
	return fixture_init(test, FAKE_PV);
}

/* Gives all pages back, which has to work whatever the test did. */
void fixture_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	fault_disarm();
	fake_hv.error = 0;
	fake_hv.stuck_pfn = 0;
	fake_hv.takes = ULONG_MAX;
	fake_hv.max_pages = f->tot_pages + xhb_lost_pages(&f->b);
	fake_hv.host_small = f->total;
	fake_hv.p2m_tables = f->total;
	fake_hv.loses = false;
	fake_hv.refused_pfn = 0;
	fake_hv.grant_every = 0;
	fake_shared_let_go();
	xhb_policy_stop(&f->b);
	fixture_empty(test);
	fixture_check(test);
	xhb_policy_destroy(&f->b);
	xhb_pages_destroy(&f->b);
	if (fake_hv_violation())
		KUNIT_FAIL(test, "at the end: %s", fake_hv_violation());
	KUNIT_EXPECT_EQ(test, fake_guest_held_pages(), 0UL);
	xhb_xen_destroy(&f->b.xen);
	KUNIT_EXPECT_EQ(test, fake_guest.buffers, 0U);
	fake_guest_exit();
	fake_hv_exit();
	vfree(f->visited);
	vfree(f);
	test->priv = NULL;
}

/* A 4K page of a queue: is it what a ballooned page has to be? */
static const char *fixture_page_trouble(struct fixture *f, struct page *page,
					int references)
{
	if (__test_and_set_bit(page_to_pfn(page), f->visited))
		return "queued twice";
	if (!fake_hv_gone(page))
		return "queued, but populated";
	if (!fake_guest_holds(page))
		return "queued, but was freed";
	if (!PageOffline(page))
		return "queued, but not marked offline";
	if (page_ref_count(page) != references)
		return "queued with a wrong number of references";
	return NULL;
}

static void fixture_check_page(struct kunit *test, struct page *page,
			       int references)
{
	struct fixture *f = test->priv;
	const char *trouble = fixture_page_trouble(f, page, references);

	/* One page tells as much as all of them. */
	if (trouble && test->status != KUNIT_FAILURE)
		KUNIT_FAIL(test, "page %lx: %s", page_to_pfn(page), trouble);
}

/* The count of base pages by blocks, against the pages just visited. */
static void fixture_check_blocks(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long block, counted = 0;
	struct page *page;

	for (block = 0; block < xhb_blocks_count(&f->b); block++)
		counted += xhb_block_base(&f->b, block);
	KUNIT_EXPECT_EQ(test, counted, f->b.queues.base_count);

	list_for_each_entry(page, &f->b.queues.base.pages, lru) {
		block = page_to_pfn(page) >> XHB_HUGE_ORDER;
		if (!xhb_block_base(&f->b, block)) {
			KUNIT_FAIL(test, "block %lu holds more than it knows",
				   block);
			return;
		}
	}
}

/* What the balloon believes about p2m entries, against the model. */
static void fixture_check_backing(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long block, none = 0;

	for (block = 0; block < xhb_blocks_count(&f->b); block++) {
		enum xhb_backing backing = xhb_block_backing(&f->b, block);

		none += backing == XHB_BACKING_NONE;
		if (backing != XHB_BACKING_2M)
			continue;
		if (!fake_hv_whole(pfn_to_page(block << XHB_HUGE_ORDER))) {
			KUNIT_FAIL(test, "block %lu is not one 2M page", block);
			return;
		}
	}
	KUNIT_EXPECT_EQ(test, none, f->b.queues.huge_count);
}

/* Returns the 4K pages in the queues. */
static unsigned long fixture_check_queues(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long huge = 0, base = 0, idle = 0, i;
	unsigned int node;
	struct page *page;

	bitmap_zero(f->visited, f->frames);
	for (node = 0; node < 2; node++) {
		list_for_each_entry(page, &f->b.queues.huge[node], lru) {
			KUNIT_EXPECT_TRUE(test, IS_ALIGNED(page_to_pfn(page),
							   XHB_HUGE_PAGES));
			for (i = 0; i < XHB_HUGE_PAGES; i++)
				fixture_check_page(test, page + i, !i);
			huge++;
		}
	}
	list_for_each_entry(page, &f->b.queues.base.pages, lru) {
		fixture_check_page(test, page, 1);
		base++;
	}
	/* Two references: the balloon's and that of who isolated the page. */
	if (f->isolated) {
		fixture_check_page(test, f->isolated, 2);
		base++;
	}
	list_for_each_entry(page, &f->b.foreign.idle, lru) {
		fixture_check_page(test, page, 1);
		idle++;
	}
	fixture_check_blocks(test);
	fixture_check_backing(test);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, huge);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, base);
	KUNIT_EXPECT_EQ(test, f->b.foreign.idle_count, idle);
	return huge * XHB_HUGE_PAGES + base + idle;
}

/*
 * Rules 1 and 2 of the design: each page is in one place, and all who count
 * pages agree. Nothing may be under way.
 */
void fixture_check(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long gone = fake_hv_gone_pages();
	unsigned long queued, lost;

	mutex_lock(&f->b.lock);
	queued = fixture_check_queues(test);
	lost = xhb_lost_pages(&f->b);
	KUNIT_EXPECT_EQ(test, queued + (long)f->stats.target_unpopulated, gone);
	KUNIT_EXPECT_EQ(test, fixture_held_pages(f), gone);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, f->total - gone + lost);
	KUNIT_EXPECT_EQ(test, totalram_pages(), f->ram - gone);
	KUNIT_EXPECT_EQ(test, fixture_events() - f->events, gone);
	KUNIT_EXPECT_EQ(test, fake_hv.tot_pages,
			f->tot_pages - gone + lost + fake_hv_elsewhere());
	mutex_unlock(&f->b.lock);

	shown_check(test);
	if (fake_hv_violation())
		KUNIT_FAIL(test, "%s", fake_hv_violation());
}

/* A step of a task; what it waits for is waited for. */
unsigned int fixture_step(struct fixture *f,
			  unsigned int (*step)(struct xhb_balloon *b))
{
	unsigned int when;

	while ((when = step(&f->b)) == XHB_STEP_BLOCK)
		flush_work(&f->b.evacuation.work);
	/* As the worker does, once nobody waits for a block. */
	xhb_evacuate_drop(&f->b);
	return when;
}

/* Steps until the target is reached or a step gets stuck. */
unsigned int fixture_step_to(struct kunit *test, unsigned long target)
{
	struct fixture *f = test->priv;
	unsigned int verdict = XHB_STEP_AGAIN;
	unsigned int i;

	f->stats.target_pages = target;
	for (i = 0; i < FIXTURE_STEPS && verdict == XHB_STEP_AGAIN; i++)
		verdict = fixture_step(f, xhb_resize_step);
	KUNIT_EXPECT_NE_MSG(test, verdict, XHB_STEP_AGAIN,
			    "no end of steps to %lu pages", target);
	return verdict;
}

/* Steps that have to reach the target. */
void fixture_go(struct kunit *test, unsigned long target)
{
	struct fixture *f = test->priv;
	unsigned int verdict = fixture_step_to(test, target);

	KUNIT_EXPECT_EQ(test, verdict, XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, f->stats.current_pages, target);
}

/* Waits, for so many jiffies at most, until the worker has the guest at that size. */
bool fixture_reached(struct fixture *f, unsigned long pages, unsigned long within)
{
	unsigned long end = jiffies + within;

	while (READ_ONCE(f->stats.current_pages) != pages) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(2000, 5000);
	}
	return true;
}

/* Takes all pages back that the balloon holds. */
void fixture_empty(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_foreign_trim(&f->b);
	fixture_go(test, f->total - (long)f->stats.target_unpopulated +
			 xhb_lost_pages(&f->b));
}
