// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints: each decision is told, with what it was made of.
 */
#include "fixture.h"
#include "healing.h"
#include "migrating.h"
#include "policy/defrag.h"
#include "xhb_trace.h"

/* What was told last, and how often. */
static struct {
	unsigned int targets, inflates, deflates, releases, moves, migrates;
	unsigned int chooses, collapses, coalesces, defrags, heals, pressures;
	unsigned int copies;
	int requester, asker, err, move_err, backing;
	unsigned long asked, want, done;
	unsigned int order, extents, choice;
	long block;
	bool collapsed, copied, watched;
} told;

static bool listening;

static void probe_target(void *data, unsigned long old, unsigned long new,
			 int requester, int asker, unsigned long asked)
{
	told.targets++;
	told.requester = requester;
	told.asker = asker;
	told.asked = asked;
}

static void probe_inflate(void *data, unsigned long want, unsigned long kernel,
			  const struct xhb_op *op)
{
	told.inflates++;
	told.want = want;
	told.order = op->order;
	told.extents = op->count;
}

static void probe_deflate(void *data, unsigned long want, bool stuck,
			  const struct xhb_op *op)
{
	told.deflates++;
	told.want = want;
	told.order = op->order;
	told.extents = op->count;
}

static void probe_release(void *data, unsigned int extents, unsigned int order,
			  const struct xhb_done *done)
{
	told.releases++;
	told.done = done->pages;
}

static void probe_move(void *data, const struct page *from,
		       const struct page *to, const char *method, int err)
{
	told.moves++;
	told.move_err = err;
	if (!*method)
		told.move_err = -EINVAL;
}

static void probe_migrate(void *data, const struct page *page,
			  const struct page *newpage, int mode, int err)
{
	told.migrates++;
	told.err = err;
}

static void probe_choose(void *data, unsigned int choice, unsigned long from,
			 long block, int move)
{
	told.chooses++;
	told.choice = choice;
	told.block = block;
}

static void probe_collapse(void *data, unsigned long block, bool done)
{
	told.collapses++;
	told.block = block;
	told.collapsed = done;
}

static void probe_coalesce(void *data, const struct page *page,
			   unsigned long done)
{
	told.coalesces++;
	told.done = done;
}

static void probe_defrag(void *data, const struct page *page)
{
	told.defrags++;
	told.err = PTR_ERR_OR_ZERO(page);
}

static void probe_heal(void *data, unsigned long block, unsigned int backing,
		       int err)
{
	told.heals++;
	told.block = block;
	told.backing = backing;
	told.err = err;
}

static void probe_pressure(void *data, unsigned long pages, unsigned long got,
			   int err)
{
	told.pressures++;
	told.err = err;
}

static void probe_copied(void *data, bool copied, bool watched)
{
	told.copies++;
	told.copied = copied;
	told.watched = watched;
}

static int probes_on(void)
{
	return register_trace_xen_hugeballoon_target(probe_target, NULL) ?:
	       register_trace_xen_hugeballoon_inflate(probe_inflate, NULL) ?:
	       register_trace_xen_hugeballoon_deflate(probe_deflate, NULL) ?:
	       register_trace_xen_hugeballoon_release(probe_release, NULL) ?:
	       register_trace_xen_hugeballoon_move(probe_move, NULL) ?:
	       register_trace_xen_hugeballoon_migrate(probe_migrate, NULL) ?:
	       register_trace_xen_hugeballoon_choose(probe_choose, NULL) ?:
	       register_trace_xen_hugeballoon_collapse(probe_collapse, NULL) ?:
	       register_trace_xen_hugeballoon_coalesce(probe_coalesce, NULL) ?:
	       register_trace_xen_hugeballoon_defrag(probe_defrag, NULL) ?:
	       register_trace_xen_hugeballoon_heal(probe_heal, NULL) ?:
	       register_trace_xen_hugeballoon_pressure(probe_pressure, NULL) ?:
	       register_trace_xen_hugeballoon_copied(probe_copied, NULL);
}

static void probes_off(void)
{
	unregister_trace_xen_hugeballoon_target(probe_target, NULL);
	unregister_trace_xen_hugeballoon_inflate(probe_inflate, NULL);
	unregister_trace_xen_hugeballoon_deflate(probe_deflate, NULL);
	unregister_trace_xen_hugeballoon_release(probe_release, NULL);
	unregister_trace_xen_hugeballoon_move(probe_move, NULL);
	unregister_trace_xen_hugeballoon_migrate(probe_migrate, NULL);
	unregister_trace_xen_hugeballoon_choose(probe_choose, NULL);
	unregister_trace_xen_hugeballoon_collapse(probe_collapse, NULL);
	unregister_trace_xen_hugeballoon_coalesce(probe_coalesce, NULL);
	unregister_trace_xen_hugeballoon_defrag(probe_defrag, NULL);
	unregister_trace_xen_hugeballoon_heal(probe_heal, NULL);
	unregister_trace_xen_hugeballoon_pressure(probe_pressure, NULL);
	unregister_trace_xen_hugeballoon_copied(probe_copied, NULL);
	tracepoint_synchronize_unregister();
}

static int tracing_init(struct kunit *test)
{
	int err = healing_init(test);

	memset(&told, 0, sizeof(told));
	err = err ?: probes_on();
	listening = !err;
	return err;
}

/* Also called for cases that are skipped. */
static void tracing_exit(struct kunit *test)
{
	if (listening)
		probes_off();
	listening = false;
	healing_exit(test);
}

/* Who has asked is not always who gets what he wants. */
static void trace_target(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	xhb_target_request(b, XHB_REQUESTER_HOST, f->total - 5000);
	KUNIT_EXPECT_EQ(test, told.requester, (int)XHB_REQUESTER_HOST);
	xhb_target_request(b, XHB_REQUESTER_SELF, f->total);
	KUNIT_EXPECT_EQ(test, told.targets, 2U);
	KUNIT_EXPECT_EQ(test, told.requester, (int)XHB_REQUESTER_HOST);
	KUNIT_EXPECT_EQ(test, told.asker, (int)XHB_REQUESTER_SELF);
	KUNIT_EXPECT_EQ(test, told.asked, f->total);
}

static void trace_resize(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - XHB_HUGE_PAGES - 7);
	KUNIT_EXPECT_EQ(test, told.inflates, 2U);
	KUNIT_EXPECT_EQ(test, told.want, 7UL);
	KUNIT_EXPECT_EQ(test, told.order, 0U);
	KUNIT_EXPECT_EQ(test, told.extents, 7U);
	KUNIT_EXPECT_EQ(test, told.releases, 2U);
	KUNIT_EXPECT_EQ(test, told.done, 7UL);
	fixture_go(test, f->total - 7);
	KUNIT_EXPECT_EQ(test, told.deflates, 1U);
	KUNIT_EXPECT_EQ(test, told.want, XHB_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, told.order, XHB_HUGE_ORDER);
	KUNIT_EXPECT_EQ(test, told.extents, 1U);
}

static void trace_migrate(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	fixture_go(test, f->total - 10);
	KUNIT_EXPECT_TRUE(test, migrating_one(test));
	KUNIT_EXPECT_EQ(test, told.moves, 1U);
	KUNIT_EXPECT_EQ(test, told.move_err, 0);
	KUNIT_EXPECT_EQ(test, told.migrates, 1U);
	KUNIT_EXPECT_EQ(test, told.err, 0);

	page = migrating_isolate(f);
	mutex_lock(&f->b.lock);
	xhb_migratepage(&f->b.queues.base, page, page, MIGRATE_ASYNC);
	mutex_unlock(&f->b.lock);
	migrating_put_back(f);
	KUNIT_EXPECT_EQ(test, told.moves, 1U);
	KUNIT_EXPECT_EQ(test, told.migrates, 2U);
	KUNIT_EXPECT_EQ(test, told.err, -EBUSY);
}

static void trace_collapse(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	mutex_lock(&f->b.lock);
	xhb_split_one(&f->b);
	mutex_unlock(&f->b.lock);
	fixture_step(f, xhb_coalesce_step);
	KUNIT_EXPECT_EQ(test, told.collapses, 1U);
	KUNIT_EXPECT_TRUE(test, told.collapsed);
	KUNIT_EXPECT_EQ(test, told.coalesces, 0U);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(&f->b, XHB_TRY_COLLAPSE_2M,
					     XHB_RESULT_DONE), 1ULL);
}

static void trace_blocks(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	struct page *page = make_block(test, 0);
	unsigned long block = block_of(page);
	unsigned int chooses;

	/* The only one that is worth healing. */
	b->heal.cursor = block;
	b->knobs.heal = 1;
	fixture_step(f, xhb_heal_step);
	KUNIT_EXPECT_GE(test, told.chooses, 1U);
	KUNIT_EXPECT_EQ(test, told.choice, (unsigned int)XHB_CHOICE_THIS);
	KUNIT_EXPECT_GE(test, told.heals, 1U);
	KUNIT_EXPECT_EQ(test, told.err, 0);
	KUNIT_EXPECT_EQ(test, told.backing, (int)XHB_BACKING_UNKNOWN);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_HEAL_2M,
					     XHB_RESULT_DONE), 1ULL);

	chooses = told.chooses;
	b->knobs.hugepage_effort = XHB_EFFORT_EVACUATE;
	fake_guest.contig_left = 0;
	fixture_step(f, xhb_defrag_step);
	KUNIT_EXPECT_GT(test, told.chooses, chooses);
	KUNIT_EXPECT_EQ(test, told.choice, (unsigned int)XHB_CHOICE_ANY);
	KUNIT_EXPECT_EQ(test, told.defrags, 1U);
	KUNIT_EXPECT_EQ(test, told.err, -EBUSY);
	KUNIT_EXPECT_EQ(test, xhb_tried_with(b, XHB_TRY_DEFRAG_2M,
					     XHB_RESULT_FAILED), 1ULL);
}

static void trace_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	fixture_go(test, f->total - XHB_HUGE_PAGES);
	b->knobs.deflate_on_oom = XHB_OOM_NEVER;
	xhb_pressure_relieve(b, 1);
	KUNIT_EXPECT_EQ(test, told.pressures, 1U);
	KUNIT_EXPECT_EQ(test, told.err, -EPERM);
	b->knobs.deflate_on_oom = XHB_OOM_ALWAYS;
	mutex_lock(&b->lock);
	xhb_pressure_relieve(b, 1);
	mutex_unlock(&b->lock);
	KUNIT_EXPECT_EQ(test, told.err, -EBUSY);
	xhb_pressure_relieve(b, 1);
	KUNIT_EXPECT_EQ(test, told.pressures, 3U);
	KUNIT_EXPECT_EQ(test, told.err, 0);
}

static void trace_copied(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_hv.copied = true;
	xhb_is_copied(&f->b);
	xhb_is_copied(&f->b);
	KUNIT_EXPECT_EQ(test, told.copies, 1U);
	KUNIT_EXPECT_TRUE(test, told.copied);
	KUNIT_EXPECT_TRUE(test, told.watched);
	fake_hv.copied = false;
	xhb_is_copied(&f->b);
	KUNIT_EXPECT_EQ(test, told.copies, 2U);
	KUNIT_EXPECT_FALSE(test, told.copied);
}

static struct kunit_case trace_cases[] = {
	KUNIT_CASE(trace_target),
	KUNIT_CASE(trace_resize),
	KUNIT_CASE(trace_migrate),
	KUNIT_CASE(trace_collapse),
	KUNIT_CASE(trace_blocks),
	KUNIT_CASE(trace_refused),
	KUNIT_CASE(trace_copied),
	{}
};

static struct kunit_suite trace_suite = {
	.name = "xhb_trace",
	.init = tracing_init,
	.exit = tracing_exit,
	.test_cases = trace_cases,
};

kunit_test_suite(trace_suite);
