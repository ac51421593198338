// SPDX-License-Identifier: GPL-2.0
/*
 * The file status: what each state looks like.
 */
#include <linux/delay.h>
#include <linux/string.h>

#include "fixture.h"
#include "xhb_front.h"

/* One whole line of it. */
static void expect_status(struct kunit *test, const char *line)
{
	char *buf = (char *)get_zeroed_page(GFP_KERNEL);
	struct fixture *f = test->priv;
	char *found;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, (size_t)xhb_status_show(&f->b, buf), strlen(buf));
	found = strstr(buf, line);
	KUNIT_EXPECT_TRUE_MSG(test, found && (found == buf || found[-1] == '\n') &&
			      found[strlen(line)] == '\n',
			      "no line '%s' in:\n%s", line, buf);
	free_page((unsigned long)buf);
}

/* In the hands of this test, not of the worker. */
static void status_goes(struct kunit *test, unsigned long target)
{
	struct fixture *f = test->priv;

	xhb_target_request(&f->b, XHB_REQUESTER_HOST, target);
	xhb_resize_step(&f->b);
}

static void status_lines(struct kunit *test)
{
	struct fixture *f = test->priv;

	expect_status(test, "target_kb: 1048576");
	expect_status(test, "target_by: host");
	expect_status(test, "current_kb: 1048576");
	expect_status(test, "state: at target");
	expect_status(test, "reason: none");
	expect_status(test, "since_s: 0");
	expect_status(test, "next_try_s: none");
	expect_status(test, "being_copied: unknown");

	/* Not looked at yet. */
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - 100);
	expect_status(test, "state: moving");
	expect_status(test, "reason: giving memory to Xen");
	status_goes(test, f->total - 100);
	expect_status(test, "target_kb: 1048176");
	expect_status(test, "state: at target");

	fake_hv.max_pages = fake_hv.tot_pages;
	status_goes(test, f->total);
	expect_status(test, "state: stuck");
	expect_status(test, "reason: the domain has all it may have, see xl mem-max");
	fake_hv.max_pages = f->tot_pages;
	fake_hv.host_small = 0;
	fake_hv.host_huge = 0;
	status_goes(test, f->total);
	expect_status(test, "reason: the host has no free memory");
	fake_hv.host_small = f->total;
	status_goes(test, f->total);
	expect_status(test, "state: at target");
	status_goes(test, f->total + 1);
	expect_status(test, "state: stuck");
	expect_status(test, "reason: nothing is ballooned out, the guest has all its memory");
	expect_status(test, "target_kb: 1048580");

	xhb_target_request(&f->b, XHB_REQUESTER_SELF, f->total - 4);
	expect_status(test, "target_by: self");
	expect_status(test, "reason: giving memory to Xen");
	xhb_target_request(&f->b, XHB_REQUESTER_SELF,
			   xhb_no_request(XHB_REQUESTER_SELF));

	f->b.knobs.floor_kb = ULONG_MAX;
	status_goes(test, 0);
	expect_status(test, "state: at the floor");
	f->b.knobs.floor_kb = 0;

	status_goes(test, f->total);
}

/* What people read and what the host is told are one. */
static void status_states(struct kunit *test)
{
	static const struct {
		enum xhb_why why;
		const char *line;
		int wanted;	/* pages more than there are */
	} cases[] = {
		{ XHB_WHY_GIVES, "state: moving", -1 },
		{ XHB_WHY_EMPTIES, "state: moving", -1 },
		{ XHB_WHY_COPIED, "state: migrating", -1 },
		{ XHB_WHY_FLOOR, "state: at the floor", -1 },
		{ XHB_WHY_NO_PAGE, "state: stuck", -1 },
		{ XHB_WHY_REFUSED, "state: stuck", -1 },
		{ XHB_WHY_TAKES, "state: moving", 1 },
		{ XHB_WHY_MAXIMUM, "state: stuck", 1 },
		{ XHB_WHY_HOST, "state: stuck", 1 },
		{ XHB_WHY_FOREIGN, "state: lending", 1 },
		{ XHB_WHY_EMPTY, "state: stuck", 1 },
	};
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(cases) != XHB_WHY_COUNT - 1);
	KUNIT_EXPECT_FALSE(test, xhb_is_moving(b));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		xhb_target_request(b, XHB_REQUESTER_HOST,
				   f->total + cases[i].wanted);
		xhb_progress_set(b, cases[i].why);
		expect_status(test, cases[i].line);
		KUNIT_EXPECT_EQ(test, xhb_is_moving(b),
				!strcmp(cases[i].line, "state: moving"));
	}
	status_goes(test, f->total);
}

/* When it tries again. */
static void status_next_try(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int i;

	fixture_go(test, f->total - 100);
	fake_hv.max_pages = fake_hv.tot_pages;
	xhb_policy_start(b);
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total);
	for (i = 0; i < 1000 && xhb_why(b) != XHB_WHY_MAXIMUM; i++)
		usleep_range(2000, 5000);
	flush_workqueue(b->worker.wq);
	expect_status(test, "state: stuck");
	/* It was a second away when the worker looked last. */
	KUNIT_EXPECT_LE(test, xhb_next_try_ms(b), 4000L);
	KUNIT_EXPECT_GE(test, xhb_next_try_ms(b), 0L);
	xhb_policy_stop(b);
}

static struct kunit_case status_cases[] = {
	KUNIT_CASE(status_lines),
	KUNIT_CASE(status_states),
	KUNIT_CASE(status_next_try),
	{}
};

static struct kunit_suite status_suite = {
	.name = "xhb_status",
	.init = fixture_init_ops,
	.exit = fixture_exit,
	.test_cases = status_cases,
};

kunit_test_suite(status_suite);
