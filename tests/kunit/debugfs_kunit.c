// SPDX-License-Identifier: GPL-2.0
/*
 * Files in debugfs, but for those that takeover_kunit.c reads.
 */
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "debugfs.h"
#include "fixture.h"
#include "xhb_front.h"

#define HUGE	2UL
#define BASE	5UL
#define GIVEN	(HUGE * XHB_HUGE_PAGES + BASE)

static ssize_t copy_of(struct kunit *test, const char *name, void **text)
{
	struct fixture *f = test->priv;

	xhb_debugfs_add(&f->b);
	KUNIT_EXPECT_EQ(test, debugfs_copy(name), 0);
	xhb_debugfs_remove();
	return debugfs_copied(text, SZ_1M);
}

static void debugfs_places(struct kunit *test)
{
	struct fixture *f = test->priv;
	char wanted[200];
	void *text;
	int len;

	fixture_go(test, f->total - GIVEN);
	len = snprintf(wanted, sizeof(wanted),
		       "current_kb %lu\nhuge_kb %lu\nbase_kb %lu\nisolated_kb 0\n"
		       "foreign_kb 0\nforeign_used_kb 0\nlost_kb 0\n",
		       xhb_pages_to_kb(f->total - GIVEN),
		       xhb_pages_to_kb(HUGE * XHB_HUGE_PAGES), xhb_pages_to_kb(BASE));
	KUNIT_ASSERT_EQ(test, copy_of(test, "places", &text), (ssize_t)len);
	KUNIT_EXPECT_EQ(test, memcmp(text, wanted, len), 0);
	vfree(text);
}

/* A line for each limit, and in each a number for each kind of step. */
static void debugfs_latency(struct kunit *test)
{
	unsigned long words = 0, lines = 0;
	ssize_t len, i;
	void *text;

	len = copy_of(test, "latency", &text);
	KUNIT_ASSERT_GT(test, len, (ssize_t)0);
	for (i = 0; i < len; i++) {
		lines += ((char *)text)[i] == '\n';
		words += ((char *)text)[i] == '\n' || ((char *)text)[i] == ' ';
	}
	KUNIT_EXPECT_EQ(test, lines, 1UL + XHB_TIME_LIMITS);
	KUNIT_EXPECT_EQ(test, words, lines * (1 + XHB_TIME_COUNT));
	vfree(text);
}

/* A bit for each page of the balloon. */
static void debugfs_bitmap(struct kunit *test)
{
	struct fixture *f = test->priv;
	ssize_t len;
	void *text;

	fixture_go(test, f->total - GIVEN);
	len = copy_of(test, "bitmap", &text);
	KUNIT_ASSERT_GT(test, len, (ssize_t)0);
	KUNIT_EXPECT_EQ(test, (unsigned long)memweight(text, len), GIVEN);
	vfree(text);
}

static struct kunit_case debugfs_cases[] = {
	KUNIT_CASE(debugfs_places),
	KUNIT_CASE(debugfs_latency),
	KUNIT_CASE(debugfs_bitmap),
	{}
};

static struct kunit_suite debugfs_suite = {
	.name = "xhb_debugfs",
	.init = fixture_init_hvm,
	.exit = fixture_exit,
	.test_cases = debugfs_cases,
};

kunit_test_suite(debugfs_suite);
