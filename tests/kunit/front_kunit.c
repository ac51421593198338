// SPDX-License-Identifier: GPL-2.0
/*
 * Taking over where the kernel has no front end: the module brings one.
 */
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/kthread.h>
#include <xen/balloon.h>
#include <xen/features.h>
#include <xen/xen.h>

#include "builtin_thread.h"
#include "device.h"
#include "fake_xenbus.h"
#include "fixture.h"
#include "xhb_front.h"
#include "xhb_takeover.h"

/* Beyond what there is, for pages that move are not what this is about. */
#define MORE	77UL

/* The balloon that takes over; the fixture's one plays no part in that. */
static struct xhb_balloon *b;
static struct balloon_stats stats_before;

static int front_init(struct kunit *test)
{
	int err = fixture_init(test, FAKE_HVM);
	struct fixture *f = test->priv;

	b = NULL;
	fake_xenbus_init();
	if (err || xen_domain())
		return err;
	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	xhb_knobs_init(b);
	xen_features[XENFEAT_auto_translated_physmap] = 1;
	stats_before = balloon_stats;
	balloon_stats.current_pages = f->total;
	balloon_stats.target_pages = f->total;
	balloon_stats.total_pages = f->total;
	return start_builtin("xen-balloon");
}

static void front_exit(struct kunit *test)
{
	if (b) {
		kthread_stop(builtin_thread());
		balloon_stats = stats_before;
		xen_features[XENFEAT_auto_translated_physmap] = 0;
	}
	fake_xenstore_target = NULL;
	fixture_exit(test);
}

static struct kobject *find_device(void)
{
	return kset_find_obj(get_cpu_device(0)->kobj.kset, "xen_memory0");
}

/* What a file of the module's device answers, in @buf. */
static char *read_file(struct kunit *test, const char *group, const char *name,
		       char *buf)
{
	struct fake_device found = {};
	struct kobject *kobj = find_device();

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kobj);
	found.dev = kobj_to_dev(kobj);
	KUNIT_EXPECT_GT(test, fake_device_read(&found, group, name, buf),
			(ssize_t)0);
	kobject_put(kobj);
	return buf;
}

static void front_comes_and_goes(struct kunit *test)
{
	struct fixture *f = test->priv;
	char *buf, text[24], line[sizeof(text) + 1];

	if (!b)
		kunit_skip(test, "there is a driver at work");
	buf = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	snprintf(text, sizeof(text), "%lu", xhb_pages_to_kb(f->total + MORE));
	snprintf(line, sizeof(line), "%s\n", text);
	fake_xenstore_target = text;

	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	KUNIT_EXPECT_EQ(test, balloon_stats.target_pages, f->total + MORE);
	KUNIT_EXPECT_STREQ(test, read_file(test, NULL, "target_kb", buf), line);
	read_file(test, NULL, "target", buf);
	read_file(test, "info", "current_kb", buf);
	read_file(test, "info", "low_kb", buf);
	read_file(test, "hugeballoon", "status", buf);
	KUNIT_EXPECT_STREQ(test, read_file(test, "info", "high_kb", buf), "0\n");
	KUNIT_EXPECT_STREQ(test, read_file(test, NULL, "max_retry_count", buf),
			   "0\n");
	KUNIT_EXPECT_STREQ(test, read_file(test, NULL, "scrub_pages", buf), "1\n");
	KUNIT_EXPECT_PTR_NE(test, fake_xenbus.watch, NULL);
	xhb_takeover_undo(b);

	KUNIT_EXPECT_PTR_EQ(test, fake_xenbus.watch, NULL);
	KUNIT_EXPECT_PTR_EQ(test, find_device(), NULL);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, builtin_thread());
	/* Once more, after all that the first time has left. */
	KUNIT_ASSERT_EQ(test, xhb_takeover(b), 0);
	KUNIT_EXPECT_PTR_NE(test, fake_xenbus.watch, NULL);
	xhb_takeover_undo(b);
	KUNIT_EXPECT_PTR_EQ(test, find_device(), NULL);
}

/* Whatever of it cannot be made: nothing of it is left, and the next try succeeds. */
static void front_no_device(struct kunit *test)
{
	struct device *dev;
	const bool *scrub;
	unsigned long call;

	if (!b)
		kunit_skip(test, "there is a driver at work");
	for (call = 1; call <= 2; call++) {
		fault_arm(call, call, 0);
		KUNIT_EXPECT_PTR_EQ(test, xhb_device_add(&scrub), NULL);
		fault_disarm();
		KUNIT_EXPECT_PTR_EQ(test, find_device(), NULL);
	}
	dev = xhb_device_add(&scrub);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	xhb_device_remove(dev);
	KUNIT_EXPECT_PTR_EQ(test, find_device(), NULL);
}

static struct kunit_case front_cases[] = {
	KUNIT_CASE(front_comes_and_goes),
	KUNIT_CASE(front_no_device),
	{}
};

static struct kunit_suite front_suite = {
	.name = "xhb_front",
	.init = front_init,
	.exit = front_exit,
	.test_cases = front_cases,
};

kunit_test_suite(front_suite);
