// SPDX-License-Identifier: GPL-2.0
/*
 * When swapped-out memory may come back, how much, and who is told.
 */
#include <linux/jiffies.h>

#include "device.h"
#include "fixture.h"
#include "xhb_front.h"
#include "xhb_policy.h"

#define INERTIA	3UL
#define SPARE	5000

static unsigned int told;

static void is_told(struct xhb_balloon *b)
{
	told++;
}

static void an_interval_passes(struct fixture *f)
{
	f->b.selfshrink.last -= xhb_knob(&f->b, selfballoon_interval) * HZ;
}

static unsigned long look(struct fixture *f)
{
	xhb_selfshrink_step(&f->b);
	return xhb_selfshrink_room(&f->b);
}

static unsigned long look_later(struct fixture *f)
{
	an_interval_passes(f);
	return look(f);
}

static void switch_to(struct fixture *f, const char *text)
{
	xhb_knob_write(&f->b, XHB_KNOB_frontswap_selfshrinking, text);
}

/* On, and long enough without anything swapped out. */
static void let_come_back(struct fixture *f)
{
	unsigned long i;

	switch_to(f, "1");
	look(f);
	for (i = 0; i < INERTIA; i++)
		look_later(f);
}

static void shrink_switch(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long news = xhb_selfshrink_task.news(&f->b);

	KUNIT_EXPECT_FALSE(test, xhb_selfshrink_task.wanted(&f->b));
	KUNIT_EXPECT_EQ(test, look(f), 0UL);
	let_come_back(f);
	KUNIT_EXPECT_NE(test, xhb_selfshrink_task.news(&f->b), news);
	KUNIT_EXPECT_EQ(test, xhb_selfshrink_room(&f->b), (unsigned long)SPARE);
	KUNIT_EXPECT_EQ(test, told, 1U);

	switch_to(f, "0");
	KUNIT_EXPECT_TRUE(test, xhb_selfshrink_task.wanted(&f->b));
	KUNIT_EXPECT_EQ(test, xhb_selfshrink_step(&f->b), XHB_STEP_REST);
	KUNIT_EXPECT_EQ(test, xhb_selfshrink_room(&f->b), 0UL);
	KUNIT_EXPECT_EQ(test, told, 2U);
	KUNIT_EXPECT_FALSE(test, xhb_selfshrink_task.wanted(&f->b));
	/* From the beginning, not from where it was. */
	switch_to(f, "1");
	KUNIT_EXPECT_EQ(test, look(f), 0UL);
	KUNIT_EXPECT_EQ(test, look_later(f), 0UL);
}

/* So many looks without, to the one. */
static void shrink_inertia(struct kunit *test)
{
	struct fixture *f = test->priv;

	switch_to(f, "1");
	KUNIT_EXPECT_LE(test, xhb_selfshrink_step(&f->b), 5010U);
	KUNIT_EXPECT_EQ(test, look_later(f), 0UL);
	KUNIT_EXPECT_EQ(test, look_later(f), 0UL);
	/* Looks in between do not count. */
	KUNIT_EXPECT_EQ(test, look(f), 0UL);
	KUNIT_EXPECT_EQ(test, look(f), 0UL);
	KUNIT_EXPECT_NE(test, look_later(f), 0UL);
	KUNIT_EXPECT_NE(test, look(f), 0UL);

	f->b.knobs.frontswap_inertia = 9;
	KUNIT_EXPECT_EQ(test, look(f), 0UL);
}

/* What is swapped out ends it at once, and all is to be waited for again. */
static void shrink_pressed(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long news;
	unsigned long i;

	let_come_back(f);
	news = xhb_selfshrink_task.news(&f->b);
	f->b.selfballoon.hinted -= HZ;
	xhb_self_hint(&f->b);
	KUNIT_EXPECT_NE(test, xhb_selfshrink_task.news(&f->b), news);
	/* It was about files only. */
	KUNIT_EXPECT_NE(test, look(f), 0UL);
	fake_guest.swapped_out++;
	KUNIT_EXPECT_EQ(test, look(f), 0UL);
	KUNIT_EXPECT_EQ(test, told, 2U);
	for (i = 1; i < INERTIA; i++)
		KUNIT_EXPECT_EQ(test, look_later(f), 0UL);
	KUNIT_EXPECT_NE(test, look_later(f), 0UL);
	KUNIT_EXPECT_EQ(test, told, 3U);

	/* So does what it has taken back for lack of memory. */
	f->b.pressure.active = true;
	KUNIT_EXPECT_EQ(test, look(f), 0UL);
	f->b.pressure.active = false;
}

/* What is available above the floor, less what is promised to others. */
static void shrink_room(struct kunit *test)
{
	struct fixture *f = test->priv;

	let_come_back(f);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - 1000);
	KUNIT_EXPECT_EQ(test, xhb_selfshrink_room(&f->b), SPARE - 1000UL);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total + 1000);
	KUNIT_EXPECT_EQ(test, xhb_selfshrink_room(&f->b), (unsigned long)SPARE);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total - SPARE - 1);
	KUNIT_EXPECT_EQ(test, xhb_selfshrink_room(&f->b), 0UL);
	xhb_target_request(&f->b, XHB_REQUESTER_HOST, f->total);
	fake_guest.available = 7;
	KUNIT_EXPECT_EQ(test, xhb_selfshrink_room(&f->b), 0UL);
}

static const struct {
	const char *line;
	bool dom0;
	unsigned long before;
	unsigned long after;
} boot_lines[] = {
	{ "noselfshrink", false, 1, 0 },
	{ "noselfballooning tmem.selfballooning=0", false, 1, 1 },
	{ "tmem.selfshrink", false, 0, 1 },
	{ "tmem.selfshrink=0", false, 1, 0 },
	{ "tmem.selfshrink=1", true, 0, 0 },
	{ "tmem.selfshrink noselfshrink", false, 0, 0 },
	{ "tmem.selfballooning=1 noselfshrink", false, 1, 0 },
};

static void shrink_boot_words(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boot_lines); i++) {
		f->b.knobs.frontswap_selfshrinking = boot_lines[i].before;
		xhb_bootline_obey(&f->b, boot_lines[i].line, boot_lines[i].dom0);
		KUNIT_EXPECT_EQ_MSG(test, f->b.knobs.frontswap_selfshrinking,
				    boot_lines[i].after, "after '%s'",
				    boot_lines[i].line);
	}
	/* What tests/kunit/run has this kernel booted with. */
	f->b.knobs.frontswap_selfshrinking = 0;
	f->b.knobs.selfballooning = 0;
	xhb_bootline_apply(&f->b, false);
	KUNIT_EXPECT_EQ(test, f->b.knobs.frontswap_selfshrinking, 1);
	KUNIT_EXPECT_EQ(test, f->b.knobs.selfballooning, 0);
	f->b.knobs.frontswap_selfshrinking = 0;
}

/* The file says the same, and can be there while it is told. */
static void shrink_file(struct kunit *test)
{
	struct fixture *f = test->priv;
	char *buf = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct fake_device *device = fake_device_create("xhb-kunit-shrink");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device);
	KUNIT_ASSERT_EQ(test, xhb_sysfs_add(&f->b, device->builtin.kobj), 0);
	let_come_back(f);
	fake_device_read(device, "selfballoon", "frontswap_room_kb", buf);
	KUNIT_EXPECT_STREQ(test, buf, "20000\n");
	xhb_sysfs_remove(device->builtin.kobj);
	switch_to(f, "0");
	look(f);
	fake_device_destroy(device);
}

static int shrink_init(struct kunit *test)
{
	int err = fixture_init(test, FAKE_HVM);
	struct fixture *f = test->priv;

	if (err || !f)
		return err;
	told = 0;
	xhb_selfshrink_listen(&f->b, is_told);
	fake_guest.available = xhb_floor(&f->b) + SPARE;
	return 0;
}

static struct kunit_case shrink_cases[] = {
	KUNIT_CASE(shrink_switch),
	KUNIT_CASE(shrink_inertia),
	KUNIT_CASE(shrink_pressed),
	KUNIT_CASE(shrink_room),
	KUNIT_CASE(shrink_boot_words),
	KUNIT_CASE(shrink_file),
	{}
};

static struct kunit_suite shrink_suite = {
	.name = "xhb_selfshrink",
	.init = shrink_init,
	.exit = fixture_exit,
	.test_cases = shrink_cases,
};

kunit_test_suite(shrink_suite);
