// SPDX-License-Identifier: GPL-2.0
/*
 * Targets from the host, which come through the built-in driver's watch.
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

static struct kunit_case target_cases[] = {
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
