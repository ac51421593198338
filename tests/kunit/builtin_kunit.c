// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the built-in driver, and nobody else in its place.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/device.h>
#include <xen/xen.h>

#include "builtin_thread.h"
#include "device.h"
#include "fixture.h"

static int impostor(void *unused)
{
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

/* By its function, and not by its name only; what is found is kept until forgotten. */
static void builtin_found(struct kunit *test)
{
	struct xhb_builtin builtin;
	struct fake_device *device;
	struct task_struct *task;
	unsigned int references;

	if (xen_domain())
		kunit_skip(test, "there is a driver at work");
	device = fake_device_create("xen_memory0");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device);
	references = kref_read(&device->dev->kobj.kref);

	task = kthread_run(impostor, NULL, "xen-balloon");
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, task);
	KUNIT_EXPECT_EQ(test, xhb_builtin_find(&builtin), -ENODEV);
	KUNIT_EXPECT_PTR_EQ(test, builtin.thread, NULL);
	if (!IS_ERR(task))
		kthread_stop(task);

	KUNIT_EXPECT_EQ(test, start_builtin("xen-balloon"), 0);
	KUNIT_EXPECT_EQ(test, xhb_builtin_find(&builtin), 0);
	KUNIT_EXPECT_PTR_EQ(test, builtin.thread, builtin_thread());
	KUNIT_EXPECT_PTR_EQ(test, builtin.scrub, device->builtin.scrub);
	KUNIT_EXPECT_EQ(test, kref_read(&device->dev->kobj.kref), references + 1);
	xhb_builtin_forget(&builtin);
	KUNIT_EXPECT_EQ(test, kref_read(&device->dev->kobj.kref), references);
	kthread_stop(builtin_thread());
	fake_device_destroy(device);
}

static struct kunit_case builtin_cases[] = {
	KUNIT_CASE(builtin_found),
	{}
};

static struct kunit_suite builtin_suite = {
	.name = "xhb_builtin",
	.test_cases = builtin_cases,
};

kunit_test_suite(builtin_suite);
