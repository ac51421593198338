// SPDX-License-Identifier: GPL-2.0
/*
 * Targets: of whom, and which is followed.
 */
#include <linux/sched.h>
#include <linux/string.h>

#include "kinds.h"
#include "xhb_front.h"

/* What the host may write to memory/target. */
static const struct {
	const char *text;	/* NULL for a read that fails */
	bool obeyed;
} host_targets[] = {
	{ "1048576", true },
	{ "0", true },
	{ NULL, true },
	{ "", false },
	{ "garbage", false },
	{ "12garbage", false },
	{ "-4", false },
	{ "99999999999999999999", false },
};

static void target_from_host(struct kunit *test)
{
	struct fixture *f = test->priv;
	char comm[TASK_COMM_LEN];
	unsigned int i;

	/* Not from the watch: xenstore is left alone. */
	fake_xenstore_target = "garbage";
	xhb_target_from_host(&f->b, 1234);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, 1234UL);
	xhb_target_from_host(&f->b, -1UL);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, 0UL);
	xhb_target_from_host(&f->b, LONG_MAX);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, (unsigned long)LONG_MAX);

	strscpy(comm, current->comm, sizeof(comm));
	strscpy(current->comm, "xenwatch", sizeof(current->comm));
	for (i = 0; i < ARRAY_SIZE(host_targets); i++) {
		fake_xenstore_target = host_targets[i].text;
		f->stats.target_pages = 1;
		xhb_target_from_host(&f->b, 77);
		KUNIT_EXPECT_EQ_MSG(test, f->stats.target_pages,
				    host_targets[i].obeyed ? 77UL : 1UL,
				    "for '%s'", host_targets[i].text ?: "none");
	}
	strscpy(current->comm, comm, sizeof(current->comm));
}

/* Host, self and pressure; 0 stands for no wish. */
static const struct {
	unsigned long requests[XHB_REQUESTER_COUNT];
	unsigned long target;
	enum xhb_requester who;
} effective_cases[] = {
	{ { 100, 0, 0 }, 100, XHB_REQUESTER_HOST },
	{ { 100, 80, 0 }, 80, XHB_REQUESTER_SELF },
	{ { 100, 120, 0 }, 100, XHB_REQUESTER_HOST },
	{ { 100, 100, 0 }, 100, XHB_REQUESTER_HOST },
	{ { 100, 80, 90 }, 90, XHB_REQUESTER_PRESSURE },
	{ { 100, 80, 70 }, 80, XHB_REQUESTER_SELF },
	{ { 100, 0, 130 }, 130, XHB_REQUESTER_PRESSURE },
	{ { 100, 0, 100 }, 100, XHB_REQUESTER_HOST },
};

static void target_effective(struct kunit *test)
{
	unsigned long requests[XHB_REQUESTER_COUNT];
	enum xhb_requester who;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(effective_cases); i++) {
		for (n = 0; n < XHB_REQUESTER_COUNT; n++)
			requests[n] = effective_cases[i].requests[n] ?:
				      xhb_no_request(n);
		KUNIT_EXPECT_EQ(test, xhb_effective_target(requests, &who),
				effective_cases[i].target);
		KUNIT_EXPECT_EQ(test, (int)who, (int)effective_cases[i].who);
	}
}

/* Each has a wish of its own, and takes it back. */
static void target_requests(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned long changes = xhb_target_changes(b);

	KUNIT_EXPECT_EQ(test, xhb_target_pages(b), f->total);
	xhb_target_request(b, XHB_REQUESTER_SELF, f->total - 100);
	KUNIT_EXPECT_EQ(test, xhb_target_pages(b), f->total - 100);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - 100);
	xhb_target_request(b, XHB_REQUESTER_HOST, f->total - 50);
	KUNIT_EXPECT_EQ(test, xhb_target_pages(b), f->total - 100);
	xhb_target_request(b, XHB_REQUESTER_SELF,
			   xhb_no_request(XHB_REQUESTER_SELF));
	KUNIT_EXPECT_EQ(test, xhb_target_pages(b), f->total - 50);
	KUNIT_EXPECT_EQ(test, xhb_target_changes(b), changes + 3);

	/* What was set behind its back came from the host. */
	f->stats.target_pages = f->total - 7;
	xhb_target_start(b);
	xhb_target_request(b, XHB_REQUESTER_PRESSURE, 1);
	KUNIT_EXPECT_EQ(test, xhb_target_pages(b), f->total - 7);
	f->stats.target_pages = f->total;
}

/* Of what can still be given, all may be, and nothing beyond. */
static const struct {
	unsigned long less;
	unsigned long left;
} leave_cases[] = {
	{ 0, 0 }, { 10, 10 }, { 30, 30 }, { 31, 30 }, { ULONG_MAX, 30 },
};

static void target_leave(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xhb_balloon *b = &f->b;
	unsigned int i;

	f->b.knobs.floor_kb = xhb_pages_to_kb(1000);
	fake_guest.available = 1000 + 30;
	for (i = 0; i < ARRAY_SIZE(leave_cases); i++) {
		f->stats.target_pages = f->total - min(f->total, leave_cases[i].less);
		xhb_target_leave(b);
		KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - leave_cases[i].left);
	}
	/* Nothing can be given: it stays as large as it is. */
	fake_guest.available = 500;
	f->stats.target_pages = 0;
	xhb_target_leave(b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total);
	/* The built-in driver would take all from the zones that the kernel needs. */
	fake_guest.available = 5000;
	fake_guest.movable = 4000;
	fake_guest.zone_free = (1000 + 20) / ZONE_MOVABLE;
	f->stats.target_pages = 0;
	xhb_target_leave(b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total - 20);
	/* More may be wanted. */
	f->stats.target_pages = f->total + 5;
	xhb_target_leave(b);
	KUNIT_EXPECT_EQ(test, f->stats.target_pages, f->total + 5);
	f->stats.target_pages = f->total;
}

static struct kunit_case target_cases[] = {
	KUNIT_CASE(target_effective),
	KUNIT_CASE(target_requests),
	KUNIT_CASE(target_leave),
	KUNIT_CASE_PARAM(target_from_host, kind_gen_params),
	{}
};

static struct kunit_suite target_suite = {
	.name = "xhb_target",
	.init = kind_init,
	.exit = fixture_exit,
	.test_cases = target_cases,
};

kunit_test_suite(target_suite);
