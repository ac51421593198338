// SPDX-License-Identifier: GPL-2.0
/*
 * The knobs: what is accepted for each, as a module parameter and when written.
 *
 * Everything comes from the table in xhb_knobs.h. What few knobs have beyond
 * their line there stands in xhb_knob_extras[].
 */
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "xhb_front.h"
#include "xhb_policy.h"

#define XHB_RANGE(_min, _max)						\
	.min = (_min),							\
	.max = (_max)

#define XHB_WORDS(...)	((const char * const []){ __VA_ARGS__, NULL })

#define XHB_CHOICE(...)							\
	.max = ARRAY_SIZE(XHB_WORDS(__VA_ARGS__)) - 2,			\
	.words = XHB_WORDS(__VA_ARGS__)

#define XHB_KNOB_LINE(_name, _kind, _initial, _description)		\
	[XHB_KNOB_##_name] = {						\
		.name = #_name,						\
		_kind,							\
		.initial = _initial,					\
		.offset = offsetof(struct xhb_knobs, _name),		\
	},

const struct xhb_knob_line xhb_knob_lines[XHB_KNOB_COUNT] = {
	XHB_KNOBS(XHB_KNOB_LINE)
};

/**
 * struct xhb_knob_extra - what a knob may have besides its line; each optional
 * @check: can this guest have the value? 0, or an error after saying why
 * @written: a value was set
 * @command: a word that can be written and is no value
 * @run: what @command does; 0 or an error
 * @running: while true, @command is shown in place of the value
 *
 * All are called with xhb_knobs_lock held, but for @running.
 */
struct xhb_knob_extra {
	int (*check)(struct xhb_balloon *b, unsigned long value);
	void (*written)(struct xhb_balloon *b, unsigned long value);
	const char *command;
	int (*run)(struct xhb_balloon *b);
	bool (*running)(struct xhb_balloon *b);
};

static int heal_check(struct xhb_balloon *b, unsigned long value)
{
	return value ? xhb_heal_check(b) : 0;
}

static void heal_written(struct xhb_balloon *b, unsigned long value)
{
	/* Off means a pass that is under way, too. */
	if (!value)
		xhb_heal_not_now(b);
}

static void host_stats_written(struct xhb_balloon *b, unsigned long value)
{
	xhb_report_look();
}

static const struct xhb_knob_extra xhb_knob_extras[XHB_KNOB_COUNT] = {
	[XHB_KNOB_heal] = {
		.check = heal_check,
		.written = heal_written,
		.command = "now",
		.run = xhb_heal_now,
		.running = xhb_heal_is_now,
	},
	[XHB_KNOB_host_stats_interval_s] = { .written = host_stats_written },
};

#define XHB_KNOB_INITIAL(_name, _kind, _initial, _description)		\
	._name = _initial,

/* The module parameters: what the knobs start with. Written before load. */
static struct xhb_knobs xhb_params = {
	XHB_KNOBS(XHB_KNOB_INITIAL)
};

/* One write at a time: it is a value, its count and what follows from it. */
static DEFINE_MUTEX(xhb_knobs_lock);

static unsigned long *xhb_knob_word(struct xhb_knobs *knobs,
				    const struct xhb_knob_line *line)
{
	return (void *)knobs + line->offset;
}

/* The whole text is a value of the knob, or @value stays as it is. */
static int xhb_knob_parse(const struct xhb_knob_line *line, const char *text,
			  unsigned long *value)
{
	unsigned long number;
	int err;

	if (line->words) {
		err = __sysfs_match_string(line->words, line->max + 1, text);
		if (err < 0)
			return err;
		*value = err;
		return 0;
	}
	err = kstrtoul(text, 10, &number);
	if (err)
		return err;
	if (number < line->min || number > line->max)
		return -ERANGE;
	*value = number;
	return 0;
}

static int xhb_knob_emit(const struct xhb_knob_line *line, unsigned long value,
			 char *buf)
{
	if (line->words)
		return sysfs_emit(buf, "%s\n", line->words[value]);
	return sysfs_emit(buf, "%lu\n", value);
}

static int xhb_param_set(const char *text, const struct kernel_param *kp)
{
	const struct xhb_knob_line *line = kp->arg;

	return xhb_knob_parse(line, text, xhb_knob_word(&xhb_params, line));
}

static int xhb_param_get(char *buf, const struct kernel_param *kp)
{
	const struct xhb_knob_line *line = kp->arg;

	return xhb_knob_emit(line, *xhb_knob_word(&xhb_params, line), buf);
}

static const struct kernel_param_ops xhb_param_ops = {
	.set = xhb_param_set,
	.get = xhb_param_get,
};

#define XHB_KNOB_PARAM(_name, _kind, _initial, _description)		\
	module_param_cb(_name, &xhb_param_ops,				\
			(void *)&xhb_knob_lines[XHB_KNOB_##_name], 0444); \
	MODULE_PARM_DESC(_name, _description);

XHB_KNOBS(XHB_KNOB_PARAM)

/**
 * xhb_knobs_init() - set the knobs to the module parameters
 * @b: the balloon, not started
 *
 * Context: any.
 */
void xhb_knobs_init(struct xhb_balloon *b)
{
	b->knobs = xhb_params;
}

/**
 * xhb_knob_start() - let a knob start with another value than its parameter's
 * @b: the balloon, not started
 * @id: the knob
 * @value: one that it can have
 *
 * Context: may sleep.
 */
void xhb_knob_start(struct xhb_balloon *b, enum xhb_knob_id id,
		    unsigned long value)
{
	mutex_lock(&xhb_knobs_lock);
	WRITE_ONCE(*xhb_knob_word(&b->knobs, &xhb_knob_lines[id]), value);
	mutex_unlock(&xhb_knobs_lock);
}

/**
 * xhb_knobs_check() - take back module parameters that this guest cannot have
 * @b: the balloon, not started, with ->xen initialised
 *
 * They were accepted before anything was known of the guest. Such a knob gets
 * its default, after the log was told why.
 *
 * Context: may sleep.
 */
void xhb_knobs_check(struct xhb_balloon *b)
{
	unsigned int i;

	mutex_lock(&xhb_knobs_lock);
	for (i = 0; i < XHB_KNOB_COUNT; i++) {
		const struct xhb_knob_line *line = &xhb_knob_lines[i];
		unsigned long *word = xhb_knob_word(&b->knobs, line);

		if (xhb_knob_extras[i].check && xhb_knob_extras[i].check(b, *word))
			WRITE_ONCE(*word, line->initial);
	}
	mutex_unlock(&xhb_knobs_lock);
}

static void xhb_knobs_changed(struct xhb_balloon *b)
{
	lockdep_assert_held(&xhb_knobs_lock);
	/* Pairs with xhb_knobs_changes(). */
	smp_store_release(&b->knobs.changes, b->knobs.changes + 1);
}

static int xhb_knob_set(struct xhb_balloon *b, enum xhb_knob_id id,
			const char *text)
{
	const struct xhb_knob_extra *extra = &xhb_knob_extras[id];
	const struct xhb_knob_line *line = &xhb_knob_lines[id];
	unsigned long value;
	int err;

	lockdep_assert_held(&xhb_knobs_lock);
	err = xhb_knob_parse(line, text, &value);
	if (!err && extra->check)
		err = extra->check(b, value);
	if (err)
		return err;
	WRITE_ONCE(*xhb_knob_word(&b->knobs, line), value);
	xhb_knobs_changed(b);
	if (extra->written)
		extra->written(b, value);
	/* There may be something to do now that was not allowed before. */
	xhb_worker_wake(b);
	return 0;
}

/* Wakes whom it concerns by itself: what the others go by is the same. */
static int xhb_knob_run(struct xhb_balloon *b,
			const struct xhb_knob_extra *extra)
{
	int err;

	lockdep_assert_held(&xhb_knobs_lock);
	err = extra->run(b);
	if (!err)
		xhb_knobs_changed(b);
	return err;
}

/**
 * xhb_knob_write() - set a knob, or carry out its command
 * @b: the balloon
 * @id: the knob
 * @text: a decimal number, or a word of the knob; a newline may follow
 *
 * Context: may sleep.
 * Return: 0; or, with nothing changed, -EINVAL for any other text, -ERANGE for
 * a number outside of the knob's limits, or -EOPNOTSUPP, after saying why, for
 * what this guest cannot have.
 */
int xhb_knob_write(struct xhb_balloon *b, enum xhb_knob_id id, const char *text)
{
	const struct xhb_knob_extra *extra = &xhb_knob_extras[id];
	int err;

	mutex_lock(&xhb_knobs_lock);
	if (extra->command && sysfs_streq(text, extra->command))
		err = xhb_knob_run(b, extra);
	else
		err = xhb_knob_set(b, id, text);
	mutex_unlock(&xhb_knobs_lock);
	return err;
}

/**
 * xhb_knob_show() - the value of a knob as text
 * @b: the balloon
 * @id: the knob
 * @buf: filled with the text and a newline; a page, as sysfs has it
 *
 * Context: any.
 * Return: length of the text.
 */
int xhb_knob_show(struct xhb_balloon *b, enum xhb_knob_id id, char *buf)
{
	const struct xhb_knob_extra *extra = &xhb_knob_extras[id];
	const struct xhb_knob_line *line = &xhb_knob_lines[id];

	if (extra->running && extra->running(b))
		return sysfs_emit(buf, "%s\n", extra->command);
	return xhb_knob_emit(line, READ_ONCE(*xhb_knob_word(&b->knobs, line)),
			     buf);
}
