// SPDX-License-Identifier: GPL-2.0
/*
 * What the host is told regularly in xenstore, and how often.
 */
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "fake_xenbus.h"
#include "fixture.h"
#include "xhb_front.h"

/* More than is no news, less than it takes the guest to have none. */
#define MB_PAGES	256UL

/* More than a second. */
#define INTERVAL_MS	1100

static void report_wanted(struct fixture *f, const char *interval)
{
	xhb_knob_write(&f->b, XHB_KNOB_host_stats_interval_s, interval);
	__flush_workqueue(system_freezable_wq);
}

/* The interval is over. */
static void report_later(void)
{
	xhb_report_look();
	__flush_workqueue(system_freezable_wq);
}

static void expect_node(struct kunit *test, const char *path, const char *text)
{
	const char *said = fake_xenbus_data(path);

	KUNIT_ASSERT_NOT_NULL(test, said);
	KUNIT_EXPECT_STREQ(test, said, text);
}

static void expect_kb(struct kunit *test, const char *path, unsigned long pages)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", xhb_pages_to_kb(pages));
	expect_node(test, path, text);
}

static void report_off(struct kunit *test)
{
	report_later();
	KUNIT_EXPECT_EQ(test, fake_xenbus.data_writes, 0U);
}

static void report_nodes(struct kunit *test)
{
	struct fixture *f = test->priv;

	report_wanted(f, "3600");
	expect_kb(test, "data/meminfo_total", totalram_pages());
	expect_kb(test, "data/meminfo_free", 100 * MB_PAGES);
	expect_node(test, "data/updated", "1");
	expect_node(test, "data/hugeballoon/state", "at target");
	expect_node(test, "data/hugeballoon/reason", "none");
	expect_node(test, "data/hugeballoon/target_by", "host");
	expect_kb(test, "data/hugeballoon/floor_kb", xhb_floor(&f->b));

	f->b.knobs.floor_kb = 4096;
	xhb_target_request(&f->b, XHB_REQUESTER_SELF, f->total - 5);
	report_later();
	expect_node(test, "data/hugeballoon/state", "moving");
	expect_node(test, "data/hugeballoon/reason", "giving memory to Xen");
	expect_node(test, "data/hugeballoon/target_by", "self");
	expect_kb(test, "data/hugeballoon/floor_kb", 1024);
	f->b.knobs.floor_kb = 0;

	/* They go with the knob, and with the module. */
	report_wanted(f, "0");
	KUNIT_EXPECT_NULL(test, fake_xenbus_data("data/meminfo_free"));
	KUNIT_EXPECT_NULL(test, fake_xenbus_data("data/hugeballoon/state"));
	report_wanted(f, "3600");
	KUNIT_EXPECT_NOT_NULL(test, fake_xenbus_data("data/hugeballoon/state"));
	xhb_report_remove();
	KUNIT_EXPECT_NULL(test, fake_xenbus_data("data/hugeballoon/state"));
	KUNIT_EXPECT_NULL(test, fake_xenbus_data("data/meminfo_total"));
}

/* Only what is new is written, and nothing if there is nothing. */
static void report_changes(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int writes;

	report_wanted(f, "3600");
	writes = fake_xenbus.data_writes;
	report_later();
	KUNIT_EXPECT_EQ(test, fake_xenbus.data_writes, writes);

	fake_guest.available += MB_PAGES - 1;
	report_later();
	KUNIT_EXPECT_EQ(test, fake_xenbus.data_writes, writes);
	fake_guest.available++;
	report_later();
	KUNIT_EXPECT_EQ(test, fake_xenbus.data_writes, writes + 2);
	expect_kb(test, "data/meminfo_free", 101 * MB_PAGES);
	fake_guest.available -= MB_PAGES;
	report_later();
	KUNIT_EXPECT_EQ(test, fake_xenbus.data_writes, writes + 4);
	/* There is less than nothing at times. */
	fake_guest.available = -7;
	report_later();
	expect_kb(test, "data/meminfo_free", 0);
}

/* Nobody wants to know: it is said once, and tried again when the user says so. */
static void report_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	fake_xenbus.data_writable = false;
	report_wanted(f, "1");
	fake_xenbus.data_writable = true;
	msleep(INTERVAL_MS);
	__flush_workqueue(system_freezable_wq);
	KUNIT_EXPECT_EQ(test, fake_xenbus.data_writes, 0U);
	report_wanted(f, "1");
	KUNIT_EXPECT_GT(test, fake_xenbus.data_writes, 0U);
}

/* Another host has a directory without anything of it. */
static void report_arrival(struct kunit *test)
{
	struct fixture *f = test->priv;

	report_wanted(f, "3600");
	memset(fake_xenbus.data, 0, sizeof(fake_xenbus.data));
	xhb_report_again();
	__flush_workqueue(system_freezable_wq);
	expect_node(test, "data/hugeballoon/state", "at target");
}

static void report_dom0(struct kunit *test)
{
	struct fixture *f = test->priv;

	xhb_report_remove();
	fake_xenbus.dom0 = true;
	xhb_report_add(&f->b);
	report_wanted(f, "1");
	xhb_report_again();
	KUNIT_EXPECT_EQ(test, fake_xenbus.data_writes, 0U);
}

static int report_init(struct kunit *test)
{
	int err = fixture_init(test, FAKE_OPS);
	struct fixture *f = test->priv;

	if (err)
		return err;
	fake_xenbus_init();
	fake_xenbus.data_writable = true;
	fake_guest.available = 100 * MB_PAGES;
	xhb_report_add(&f->b);
	return 0;
}

static void report_exit(struct kunit *test)
{
	if (test->priv)
		xhb_report_remove();
	fixture_exit(test);
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(report_off),
	KUNIT_CASE(report_nodes),
	KUNIT_CASE(report_changes),
	KUNIT_CASE(report_refused),
	KUNIT_CASE(report_arrival),
	KUNIT_CASE(report_dom0),
	{}
};

static struct kunit_suite report_suite = {
	.name = "xhb_report",
	.init = report_init,
	.exit = report_exit,
	.test_cases = report_cases,
};

kunit_test_suite(report_suite);
