// SPDX-License-Identifier: GPL-2.0
/*
 * The text interface: what each file takes, what it refuses, what it shows.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/kernfs.h>

#include "device.h"
#include "fixture.h"
#include "xhb_front.h"
#include "xhb_takeover.h"
#include "takeover/private.h"

static struct fake_device *device;

static int text_init(struct kunit *test)
{
	int err = fixture_init(test, FAKE_OPS);
	struct fixture *f = test->priv;

	if (err)
		return err;
	device = fake_device_taken(&f->b);
	return PTR_ERR_OR_ZERO(device);
}

static void text_exit(struct kunit *test)
{
	if (!IS_ERR_OR_NULL(device))
		fake_device_given_back(device);
	device = NULL;
	fixture_exit(test);
}

static void expect_text(struct kunit *test, const char *group, const char *name,
			const char *text)
{
	char *buf = (char *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, fake_device_read(device, group, name, buf),
			(ssize_t)strlen(text));
	KUNIT_EXPECT_STREQ(test, buf, text);
	free_page((unsigned long)buf);
}

/* What one file makes of one text. */
struct write {
	const char *group;
	const char *name;
	const char *text;
	ssize_t ret;	/* 0 for all of the text */
	const char *after;
};

#define HB	"hugeballoon"
#define SB	"selfballoon"

/* In this order: a refused write leaves what the last good one set. */
static const struct write writes[] = {
	{ HB, "enable_huge", "0\n", 0, "0\n" },
	{ HB, "enable_huge", "1", 0, "1\n" },
	{ HB, "enable_huge", "", -EINVAL, "1\n" },
	{ HB, "enable_huge", "\n", -EINVAL, "1\n" },
	{ HB, "enable_huge", "2\n", -ERANGE, "1\n" },
	{ HB, "enable_huge", "-1\n", -EINVAL, "1\n" },
	{ HB, "enable_huge", "0 1\n", -EINVAL, "1\n" },
	{ HB, "enable_huge", "0x\n", -EINVAL, "1\n" },
	{ HB, "enable_huge", "no", -EINVAL, "1\n" },
	{ HB, "enable_huge", "0garbage", -EINVAL, "1\n" },
	{ HB, "enable_huge", "99999999999999999999", -ERANGE, "1\n" },

	{ HB, "hugepage_effort", "free\n", 0, "free\n" },
	{ HB, "hugepage_effort", "compact", 0, "compact\n" },
	{ HB, "hugepage_effort", "evacuate\n", 0, "evacuate\n" },
	{ HB, "hugepage_effort", "compact", 0, "compact\n" },
	{ HB, "hugepage_effort", "compac", -EINVAL, "compact\n" },
	{ HB, "hugepage_effort", "compacts", -EINVAL, "compact\n" },
	{ HB, "hugepage_effort", "free compact", -EINVAL, "compact\n" },
	{ HB, "hugepage_effort", " free", -EINVAL, "compact\n" },
	{ HB, "hugepage_effort", "FREE", -EINVAL, "compact\n" },
	{ HB, "hugepage_effort", "", -EINVAL, "compact\n" },
	{ HB, "hugepage_effort", "0", -EINVAL, "compact\n" },

	{ HB, "coalesce", "1\n", 0, "1\n" },
	{ HB, "coalesce", "2", -ERANGE, "1\n" },
	{ HB, "coalesce", "on", -EINVAL, "1\n" },
	{ HB, "coalesce", "0", 0, "0\n" },
	{ HB, "coalesce_interval_ms", "9", -ERANGE, "10\n" },
	{ HB, "coalesce_interval_ms", "3600000", 0, "3600000\n" },
	{ HB, "coalesce_interval_ms", "3600001", -ERANGE, "3600000\n" },
	{ HB, "coalesce_interval_ms", "1 s", -EINVAL, "3600000\n" },
	{ HB, "coalesce_batch", "64", 0, "64\n" },
	{ HB, "coalesce_batch", "65", -ERANGE, "64\n" },
	{ HB, "coalesce_batch", "0", -ERANGE, "64\n" },
	{ HB, "coalesce_batch", "", -EINVAL, "64\n" },

	{ HB, "heal", "0\n", 0, "0\n" },
	{ HB, "heal", "1\n", -EOPNOTSUPP, "0\n" },
	{ HB, "heal", "now\n", -EOPNOTSUPP, "0\n" },
	{ HB, "heal", "2\n", -ERANGE, "0\n" },
	{ HB, "heal", "later", -EINVAL, "0\n" },
	{ HB, "heal", "nowhere", -EINVAL, "0\n" },
	{ HB, "heal", "", -EINVAL, "0\n" },
	{ HB, "heal_interval_ms", "0", -ERANGE, "0\n" },
	{ HB, "heal_interval_ms", "1\n", 0, "1\n" },
	{ HB, "heal_interval_ms", "3600001", -ERANGE, "1\n" },
	{ HB, "heal_interval_ms", "3600000", 0, "3600000\n" },

	{ HB, "floor_kb", "65536\n", 0, "65536\n" },
	{ HB, "floor_kb", "0", 0, "0\n" },
	{ HB, "floor_kb", "18446744073709551615", 0,
	  "18446744073709551615\n" },
	{ HB, "floor_kb", "18446744073709551616", -ERANGE,
	  "18446744073709551615\n" },
	{ HB, "floor_kb", "7", 0, "7\n" },
	{ HB, "floor_kb", "-7", -EINVAL, "7\n" },
	{ HB, "floor_kb", "64M", -EINVAL, "7\n" },
	{ HB, "floor_kb", "0x10", -EINVAL, "7\n" },
	{ HB, "floor_kb", "", -EINVAL, "7\n" },
	{ HB, "floor_kb", "8 ", -EINVAL, "7\n" },

	{ SB, "selfballooning", "1", 0, "1\n" },
	{ SB, "selfballooning", "0\n", 0, "0\n" },
	{ SB, "selfballooning", "2", -ERANGE, "0\n" },
	{ SB, "selfballooning", "1k", -EINVAL, "0\n" },
	{ SB, "selfballoon_interval", "0", -ERANGE, "5\n" },
	{ SB, "selfballoon_interval", "", -EINVAL, "5\n" },
	{ SB, "selfballoon_downhysteresis", "0", -ERANGE, "8\n" },
	{ SB, "selfballoon_uphysteresis", "0", -ERANGE, "1\n" },
	{ SB, "selfballoon_min_usable_mb", "300", 0, "300\n" },
	/* The computed value can be had again. */
	{ SB, "selfballoon_min_usable_mb", "0", 0, "0\n" },
	{ SB, "selfballoon_reserved_mb", "300", 0, "300\n" },
	{ SB, "selfballoon_reserved_mb", "0", 0, "0\n" },
	{ SB, "selfballoon_reserved_mb", "1M", -EINVAL, "0\n" },
	{ SB, "frontswap_hysteresis", "0", -ERANGE, "20\n" },
	{ SB, "frontswap_inertia", "0", -ERANGE, "3\n" },
	{ SB, "frontswap_selfshrinking", "2", -ERANGE, "0\n" },

	{ NULL, "target_kb", "1048576\n", 0, "1048576\n" },
	{ NULL, "target_kb", "1048579", 0, "1048576\n" },
	{ NULL, "target_kb", "0x100000", 0, "1048576\n" },
	{ NULL, "target_kb", "garbage", -EINVAL, "1048576\n" },
	{ NULL, "target_kb", "", -EINVAL, "1048576\n" },
	{ NULL, "target_kb", "12garbage", -EINVAL, "1048576\n" },
	{ NULL, "target_kb", "1M", -EINVAL, "1048576\n" },
	{ NULL, "target_kb", "-4", -EINVAL, "1048576\n" },
	{ NULL, "target_kb", "18014398509481984", -ERANGE, "1048576\n" },
	{ NULL, "target_kb", "18446744073709551616", -ERANGE, "1048576\n" },
	{ NULL, "target_kb", "18014398509481983", 0, "18014398509481980\n" },
	{ NULL, "target_kb", "0", 0, "0\n" },

	{ NULL, "target", "1073741824\n", 0, "1073741824\n" },
	{ NULL, "target", "1073745919", 0, "1073741824\n" },
	{ NULL, "target", "2g\n", 0, "2147483648\n" },
	{ NULL, "target", "1G", 0, "1073741824\n" },
	{ NULL, "target", "512M\n", 0, "536870912\n" },
	{ NULL, "target", "  512m ", 0, "536870912\n" },
	{ NULL, "target", "4k", 0, "4096\n" },
	{ NULL, "target", "1T", 0, "1099511627776\n" },
	{ NULL, "target", "1P", 0, "1125899906842624\n" },
	{ NULL, "target", "0x40000000", 0, "1073741824\n" },
	{ NULL, "target", "0x400M", 0, "1073741824\n" },
	{ NULL, "target", "M", -EINVAL, "1073741824\n" },
	{ NULL, "target", "", -EINVAL, "1073741824\n" },
	{ NULL, "target", "  ", -EINVAL, "1073741824\n" },
	{ NULL, "target", "garbage", -EINVAL, "1073741824\n" },
	{ NULL, "target", "1Garbage", -EINVAL, "1073741824\n" },
	{ NULL, "target", "1GG", -EINVAL, "1073741824\n" },
	{ NULL, "target", "1 G", -EINVAL, "1073741824\n" },
	{ NULL, "target", "-1", -EINVAL, "1073741824\n" },
	{ NULL, "target", "16384P", -ERANGE, "1073741824\n" },
	{ NULL, "target", "99999999999999999999", -ERANGE, "1073741824\n" },
	{ NULL, "target", "1000000000000000000000000000000000000000000",
	  -EINVAL, "1073741824\n" },
	{ NULL, "target", "16383P", 0, "18445618173802708992\n" },
};

static void text_write(struct kunit *test)
{
	static struct xhb_xen_ops ops;
	struct fixture *f = test->priv;
	unsigned int i;

	/* There is nothing to heal. */
	ops = fake_hv_ops;
	ops.superpages = false;
	f->b.xen.ops = &ops;
	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		const struct write *w = &writes[i];
		ssize_t ret = fake_device_write(device, w->group, w->name,
						w->text);

		KUNIT_EXPECT_EQ_MSG(test, ret,
				    w->ret ?: (ssize_t)strlen(w->text),
				    "'%s' to %s", w->text, w->name);
		expect_text(test, w->group, w->name, w->after);
	}
}

/* The files that only show something. */
static void text_show(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *lent[3];

	fixture_go(test, f->total - 2 * XHB_HUGE_PAGES - 5);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, 3, lent), 0);
	expect_text(test, HB, "huge_kb", "4096\n");
	expect_text(test, HB, "base_kb", "8\n");
	expect_text(test, HB, "foreign_used_kb", "12\n");
	expect_text(test, HB, "foreign_kb", "0\n");
	expect_text(test, HB, "isolated_kb", "0\n");
	expect_text(test, HB, "lost_kb", "0\n");
	expect_text(test, HB, "move_method", "exchange\n");
	expect_text(test, HB, "coalesced", "0\n");
	expect_text(test, HB, "split", "0\n");
	expect_text(test, HB, "healed", "0\n");
	expect_text(test, HB, "unmovable_kb", "0\n");
	expect_text(test, "info", "low_kb", "4104\n");
	xhb_foreign_put(&f->b, 3, lent);
	expect_text(test, HB, "foreign_used_kb", "0\n");
	expect_text(test, HB, "foreign_kb", "12\n");
	expect_text(test, "info", "low_kb", "4116\n");
	xhb_foreign_trim(&f->b);

	fixture_go(test, f->total - XHB_HUGE_PAGES - 5 - 100);
	expect_text(test, HB, "split", "1\n");

	/* More came back than this driver lent. */
	f->stats.target_unpopulated = -1UL;
	expect_text(test, HB, "foreign_used_kb", "0\n");
	f->stats.target_unpopulated = 0;
}

static const char *group_of(const struct xhb_knob_line *line)
{
	return line < &xhb_knob_lines[XHB_KNOB_selfballooning] ? HB : SB;
}

static void knob_takes(struct kunit *test, const struct xhb_knob_line *line,
		       const char *text)
{
	char shown[32];

	KUNIT_EXPECT_EQ_MSG(test, fake_device_write(device, group_of(line), line->name, text),
			    (ssize_t)strlen(text), "'%s' to %s", text,
			    line->name);
	snprintf(shown, sizeof(shown), "%s\n", text);
	expect_text(test, group_of(line), line->name, shown);
}

static void knob_refuses(struct kunit *test, const struct xhb_knob_line *line,
			 const char *text, ssize_t err)
{
	KUNIT_EXPECT_EQ_MSG(test, fake_device_write(device, group_of(line), line->name, text),
			    err, "'%s' to %s", text, line->name);
}

static void knob_range(struct kunit *test, const struct xhb_knob_line *line)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", line->max);
	knob_takes(test, line, text);
	snprintf(text, sizeof(text), "%lu", line->min);
	knob_takes(test, line, text);
	if (line->max == ULONG_MAX)
		strscpy(text, "18446744073709551616", sizeof(text));
	else
		snprintf(text, sizeof(text), "%lu", line->max + 1);
	knob_refuses(test, line, text, -ERANGE);
	snprintf(text, sizeof(text), "%ld", (long)line->min - 1);
	knob_refuses(test, line, text, line->min ? -ERANGE : -EINVAL);
	snprintf(text, sizeof(text), "%lu\n", line->min);
	expect_text(test, group_of(line), line->name, text);
}

static void knob_choice(struct kunit *test, const struct xhb_knob_line *line)
{
	unsigned int i;

	for (i = 0; i <= line->max; i++)
		knob_takes(test, line, line->words[i]);
	knob_refuses(test, line, "0", -EINVAL);
	knob_takes(test, line, line->words[0]);
}

/* Each knob has a file, with the limits of its line. */
static void text_knobs(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < XHB_KNOB_COUNT; i++) {
		const struct xhb_knob_line *line = &xhb_knob_lines[i];

		if (line->words)
			knob_choice(test, line);
		else
			knob_range(test, line);
	}
}

/* Root without it is not enough, whatever the mode of a file says. */
static void text_capability(struct kunit *test)
{
	static const char * const files[][2] = {
		{ NULL, "target" }, { NULL, "target_kb" }, { HB, "heal" },
		{ HB, "floor_kb" }, { SB, "selfballooning" },
	};
	struct cred *cred = prepare_creds();
	const struct cred *before;
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, cred);
	cap_lower(cred->cap_effective, CAP_SYS_ADMIN);
	before = override_creds(cred);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		KUNIT_EXPECT_EQ(test, fake_device_write(device, files[i][0], files[i][1], "1"),
				(ssize_t)-EPERM);
	revert_creds(before);
	put_cred(cred);
	expect_text(test, HB, "floor_kb", "0\n");
	expect_text(test, SB, "selfballooning", "0\n");
}

/* Where there is something to heal. */
static void text_heal(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, fake_device_write(device, HB, "heal", "now\n"),
			(ssize_t)4);
	expect_text(test, HB, "heal", "now\n");
	KUNIT_EXPECT_EQ(test, fake_device_write(device, HB, "heal", "1"),
			(ssize_t)1);
	expect_text(test, HB, "heal", "now\n");
	KUNIT_EXPECT_TRUE(test, f->b.knobs.heal);
	/* Off means both. */
	KUNIT_EXPECT_EQ(test, fake_device_write(device, HB, "heal", "0"),
			(ssize_t)1);
	expect_text(test, HB, "heal", "0\n");
	xhb_block_set_unmovable(&f->b, 1, true);
	expect_text(test, HB, "unmovable_kb", "2048\n");
	xhb_block_set_unmovable(&f->b, 1, false);
}

/* Files are the built-in driver's again afterwards, also after an error. */
static void text_restore(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct kobject *kobj = device->builtin.kobj;

	xhb_sysfs_restore(&device->builtin);
	expect_text(test, NULL, "target", "built-in\n");
	expect_text(test, NULL, "target_kb", "built-in\n");
	expect_text(test, "info", "low_kb", "built-in\n");

	fake_device_remove_info(device);
	KUNIT_EXPECT_LT(test, xhb_sysfs_replace(&f->b, &device->builtin), 0);
	expect_text(test, NULL, "target", "built-in\n");
	expect_text(test, NULL, "target_kb", "built-in\n");
	fake_device_add_info(device);

	KUNIT_EXPECT_EQ(test, xhb_sysfs_replace(&f->b, &device->builtin), 0);
	KUNIT_EXPECT_LT(test, xhb_sysfs_add(&f->b, kobj), 0);

	/* Both groups, or neither. */
	xhb_sysfs_remove(kobj);
	fault_arm(2, 2, 0);
	KUNIT_EXPECT_EQ(test, xhb_sysfs_add(&f->b, kobj), -ENOMEM);
	fault_disarm();
	KUNIT_EXPECT_EQ(test, xhb_sysfs_add(&f->b, kobj), 0);
	expect_text(test, SB, "selfballooning", "0\n");
}

static struct kunit_case text_cases[] = {
	KUNIT_CASE(text_write),
	KUNIT_CASE(text_show),
	KUNIT_CASE(text_knobs),
	KUNIT_CASE(text_capability),
	KUNIT_CASE(text_heal),
	KUNIT_CASE(text_restore),
	{}
};

static struct kunit_suite text_suite = {
	.name = "xhb_sysfs",
	.init = text_init,
	.exit = text_exit,
	.test_cases = text_cases,
};

kunit_test_suite(text_suite);
