// SPDX-License-Identifier: GPL-2.0
/*
 * Anything in any order, with calls that fail: after each operation no page is
 * lost, and in the end all of them come back.
 */
#include <linux/mm.h>

#include "kinds.h"
#include "options.h"

#define OPERATIONS	150
#define LOANS		8

struct loan {
	unsigned int n;
	struct page *pages[60];
};

struct walk {
	struct rnd_state random;
	struct loan loans[LOANS];
};

static unsigned int below(struct walk *w, unsigned int end)
{
	return prandom_u32_state(&w->random) % end;
}

static void random_loan(struct kunit *test, struct walk *w)
{
	struct fixture *f = test->priv;
	struct loan *loan = &w->loans[below(w, LOANS)];

	if (loan->n) {
		xhb_foreign_put(&f->b, loan->n, loan->pages);
		loan->n = 0;
		return;
	}
	loan->n = below(w, ARRAY_SIZE(loan->pages));
	if (xhb_foreign_get(&f->b, loan->n, loan->pages))
		loan->n = 0;
}

static void random_host(struct walk *w)
{
	fake_hv.host_huge = below(w, 4);
	fake_hv.host_small = below(w, 2000);
	fake_hv.fragmented = below(w, 2);
	fake_hv.max_order = below(w, 8) ? XHB_HUGE_ORDER : 0;
	fake_hv.inside = below(w, XHB_HUGE_PAGES);
}

static void random_operation(struct kunit *test, struct walk *w)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;

	switch (below(w, 8)) {
	case 0:
		random_loan(test, w);
		break;
	case 1:
		random_host(w);
		break;
	case 2:
		fixture_step(f, xhb_coalesce_step);
		break;
	case 3:
		b->knobs.enable_huge = below(w, 4);
		b->knobs.hugepage_effort = below(w, XHB_EFFORT_COUNT);
		b->batch.stuck = below(w, 2);
		fake_guest.huge_light_left = below(w, 5);
		break;
	default:
		fixture_step_to(test, f->total - below(w, 4000));
		break;
	}
}

static void random_walk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct walk *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, w);
	options_random(test, &w->random);
	for (i = 0; i < OPERATIONS; i++) {
		fault_arm(below(w, 30), below(w, 60), below(w, 600));
		random_operation(test, w);
		fault_disarm();
		fixture_check(test);
		if (test->status == KUNIT_FAILURE) {
			kunit_err(test, "in operation %u", i);
			break;
		}
	}

	for (i = 0; i < LOANS; i++)
		xhb_foreign_put(&f->b, w->loans[i].n, w->loans[i].pages);
	fake_hv.max_order = XHB_HUGE_ORDER;
	f->b.batch.stuck = 0;
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE_PARAM(random_walk, kind_gen_params),
	{}
};

static struct kunit_suite random_suite = {
	.name = "xhb_random",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = random_cases,
};

kunit_test_suite(random_suite);
