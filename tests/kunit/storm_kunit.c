// SPDX-License-Identifier: GPL-2.0
/*
 * Everybody at once, with calls that fail; what is left is consistent. This is also
 * what KCSAN looks at: each number that is read without a lock is read here while
 * others write it.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include "kinds.h"
#include "options.h"
#include "xhb_front.h"

#define WANT	(XHB_HUGE_PAGES + 5)

/* Few accesses are watched for data races, so that takes longer. */
#define STORM_MS	(IS_ENABLED(CONFIG_KCSAN) ? 10000 : 700)

/* Long enough for a worker on a busy machine. */
#define SOON	(30 * HZ)

struct storm {
	struct fixture *f;
	struct rnd_state random;
	unsigned long rounds;
	unsigned long wrong;
};

static unsigned int below(struct storm *storm, unsigned int end)
{
	return prandom_u32_state(&storm->random) % end;
}

/* Borrows and gives back. */
static void storm_lend(struct storm *storm)
{
	struct page *pages[40];
	unsigned int n = below(storm, ARRAY_SIZE(pages));

	if (xhb_foreign_get(&storm->f->b, n, pages))
		return;
	storm->rounds++;
	usleep_range(10, 200);
	xhb_foreign_put(&storm->f->b, n, pages);
}

static void storm_target(struct storm *storm)
{
	struct fixture *f = storm->f;

	xhb_target_request(&f->b, XHB_REQUESTER_HOST,
			   f->total - below(storm, 3000));
	fault_arm(below(storm, 100), below(storm, 200), below(storm, 600));
	usleep_range(1000, 20000);
	storm->rounds++;
}

static void storm_knob(struct storm *storm)
{
	static const struct {
		enum xhb_knob_id id;
		const char *words[2];
	} knobs[] = {
		{ XHB_KNOB_enable_huge, { "0", "1" } },
		{ XHB_KNOB_hugepage_effort, { "free", "evacuate" } },
		{ XHB_KNOB_coalesce, { "0", "1" } },
		{ XHB_KNOB_heal, { "0", "1" } },
		{ XHB_KNOB_floor_kb, { "0", "1000" } },
	};
	unsigned int i = below(storm, ARRAY_SIZE(knobs));
	struct xhb_balloon *b = &storm->f->b;

	xhb_knob_write(b, knobs[i].id, knobs[i].words[below(storm, 2)]);
	if (!below(storm, 4))
		xhb_heal_now(b);
	usleep_range(1000, 20000);
	storm->rounds++;
}

/* What is shown to people and hosts */
static void storm_text(struct storm *storm)
{
	struct xhb_balloon *b = &storm->f->b;
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	unsigned int i;

	if (!page)
		return;
	xhb_status_show(b, page);
	for (i = 0; i < XHB_KNOB_COUNT; i++)
		xhb_knob_show(b, i, page);
	for (i = 0; i < XHB_COUNT_COUNT; i++)
		xhb_counted(b, i);
	xhb_bitmap_read(b, (u8 *)page, below(storm, 10000), PAGE_SIZE);
	free_page((unsigned long)page);
	usleep_range(1000, 5000);
	storm->rounds++;
}

/* Nothing is ever on its way from one place to another while somebody looks. */
static void storm_places(struct storm *storm)
{
	struct xhb_places p;

	xhb_places(&storm->f->b, &p);
	if (p.held + p.huge + p.base + p.isolated + p.foreign + p.foreign_used !=
	    storm->f->total + p.lost)
		storm->wrong++;
	usleep_range(100, 2000);
	storm->rounds++;
}

/*
 * All that is read without a lock. Of the accesses of a CPU only some are watched, so
 * there are no others here.
 */
static void storm_look(struct storm *storm)
{
	struct xhb_balloon *b = &storm->f->b;
	unsigned long sum = 0, block;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		block = below(storm, xhb_blocks_count(b));
		sum += xhb_block_base(b, block) + xhb_block_backing(b, block);
		sum += xhb_current_pages(b) + xhb_total_pages(b);
		sum += xhb_huge_pages(b) + xhb_base_pages(b);
		sum += xhb_base_isolated(b) + xhb_blocks_news(b);
		sum += xhb_foreign_used(b) + xhb_foreign_idle(b);
		sum += xhb_foreign_calls(b) + xhb_lost_pages(b);
		sum += xhb_target_pages(b) + xhb_target_changes(b);
		sum += xhb_why(b) + xhb_why_since_ms(b) + xhb_next_try_ms(b);
		sum += xhb_batch_progress(b) + xhb_batch_stuck(b);
		sum += xhb_longest_lock_ns(b) + xhb_heal_is_now(b);
		sum += xhb_evacuating(b) + xhb_is_copied(b);
		sum += xhb_copied_ends(b) + xhb_reconcile_pending(b);
	}
	storm->rounds += !!(sum + xhb_blocks_unmovable(b));
}

static const struct {
	const char *name;
	void (*once)(struct storm *storm);
} who[] = {
	{ "targets", storm_target },
	{ "loans", storm_lend },
	{ "other loans", storm_lend },
	{ "knobs", storm_knob },
	{ "texts", storm_text },
	{ "looks", storm_look },
	{ "sums", storm_places },
};

struct storm_task {
	struct storm storm;
	void (*once)(struct storm *storm);
	struct task_struct *task;
};

static int storm_loop(void *data)
{
	struct storm_task *task = data;

	while (!kthread_should_stop()) {
		task->once(&task->storm);
		cond_resched();
	}
	return 0;
}

static void storm_blows(struct kunit *test)
{
	struct storm_task tasks[ARRAY_SIZE(who)] = {};
	struct fixture *f = test->priv;
	struct rnd_state random;
	unsigned int i;

	options_random(test, &random);
	for (i = 0; i < ARRAY_SIZE(who); i++) {
		tasks[i].storm.f = f;
		tasks[i].once = who[i].once;
		prandom_seed_state(&tasks[i].storm.random,
				   prandom_u32_state(&random));
		tasks[i].task = kthread_run(storm_loop, &tasks[i], "xhb-storm");
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, tasks[i].task);
	}
	msleep(STORM_MS);
	for (i = 0; i < ARRAY_SIZE(who); i++) {
		if (!IS_ERR(tasks[i].task))
			kthread_stop(tasks[i].task);
		KUNIT_EXPECT_GT(test, tasks[i].storm.rounds, 2UL);
		KUNIT_EXPECT_EQ(test, tasks[i].storm.wrong, 0UL);
		kunit_info(test, "%lu %s", tasks[i].storm.rounds, who[i].name);
	}
	fault_disarm();
}

static void storm_is_over(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	/* There is something to heal with. */
	fake_hv.host_huge = 1000;
	fake_hv.host_small = 100000;
	xhb_policy_start(b);
	storm_blows(test);
	KUNIT_EXPECT_EQ(test, (long)f->stats.target_unpopulated, 0L);

	xhb_knob_write(b, XHB_KNOB_coalesce, "0");
	xhb_knob_write(b, XHB_KNOB_heal, "0");
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total - WANT);
	KUNIT_EXPECT_TRUE(test, fixture_reached(f, f->total - WANT, SOON));
	/* What is still being emptied is waited for. */
	xhb_policy_stop(b);
	fixture_check(test);
}

static struct kunit_case storm_cases[] = {
	KUNIT_CASE_PARAM(storm_is_over, kind_gen_params),
	{}
};

static struct kunit_suite storm_suite = {
	.name = "xhb_storm",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = storm_cases,
};

kunit_test_suite(storm_suite);
