// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel was booted with says of this driver. No module may see the line
 * itself, but all may read the file that shows it, which is not there yet when what is
 * built in starts.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "xhb_front.h"

static enum xhb_boot_says xhb_word_says(const char *word, size_t len,
					const char *off, const char *name)
{
	char value[8];
	bool on;

	if (len == strlen(off) && !strncmp(word, off, len))
		return XHB_BOOT_OFF;
	if (len < strlen(name) || strncmp(word, name, strlen(name)))
		return XHB_BOOT_NOTHING;
	word += strlen(name);
	len -= strlen(name);
	if (!len)
		return XHB_BOOT_ON;
	if (*word != '=' || len > sizeof(value))
		return XHB_BOOT_NOTHING;
	memcpy(value, word + 1, len - 1);
	value[len - 1] = 0;
	if (kstrtobool(value, &on))
		return XHB_BOOT_NOTHING;
	return on ? XHB_BOOT_ON : XHB_BOOT_OFF;
}

/**
 * xhb_boot_says() - what the words that the kernel was booted with say of a switch
 * @line: the words
 * @off: a word that means off
 * @name: a word that means on, or what follows it and "="
 *
 * Context: any.
 * Return: see &enum xhb_boot_says; off if both are said.
 */
enum xhb_boot_says xhb_boot_says(const char *line, const char *off,
				 const char *name)
{
	enum xhb_boot_says says = XHB_BOOT_NOTHING;
	const char *word;
	size_t len;

	for (word = line; *word; word += len) {
		word = skip_spaces(word);
		len = strcspn(word, " \t\n");
		/* What follows is for the first program. */
		if (len == 2 && !strncmp(word, "--", len))
			break;
		says = max(says, xhb_word_says(word, len, off, name));
	}
	return says;
}

static void xhb_switch_obeys(struct xhb_balloon *b, enum xhb_knob_id id,
			     enum xhb_boot_says says, bool dom0)
{
	if (says == XHB_BOOT_OFF)
		xhb_knob_start(b, id, 0);
	else if (says == XHB_BOOT_ON && !dom0)
		xhb_knob_start(b, id, 1);
}

/**
 * xhb_bootline_obey() - do as these words say
 * @b: the balloon, not started, its knobs set to the module parameters
 * @line: the words
 * @dom0: it is that of dom0, whose administrator has to ask for it in another way
 *
 * Context: may sleep.
 */
void xhb_bootline_obey(struct xhb_balloon *b, const char *line, bool dom0)
{
	xhb_switch_obeys(b, XHB_KNOB_selfballooning,
			 xhb_boot_says(line, "noselfballooning",
				       "tmem.selfballooning"), dom0);
	xhb_switch_obeys(b, XHB_KNOB_frontswap_selfshrinking,
			 xhb_boot_says(line, "noselfshrink",
				       "tmem.selfshrink"), dom0);
}

/* Returns the words, to be freed, none of them if they cannot be read; NULL if no memory. */
#ifdef MODULE
/* Longer than any kernel takes. */
#define XHB_BOOTLINE_MAX	(PAGE_SIZE - 1)

static char *xhb_bootline(void)
{
	char *line = kzalloc(XHB_BOOTLINE_MAX + 1, GFP_KERNEL);
	struct file *file;
	loff_t pos = 0;

	if (!line)
		return NULL;
	file = filp_open("/proc/cmdline", O_RDONLY, 0);
	if (!IS_ERR(file)) {
		if (kernel_read(file, line, XHB_BOOTLINE_MAX, &pos) < 0)
			line[0] = 0;
		filp_close(file, NULL);
	}
	return line;
}
#else
static char *xhb_bootline(void)
{
	return kstrdup(saved_command_line, GFP_KERNEL);
}
#endif

/**
 * xhb_bootline_apply() - do as the words say that the kernel was booted with
 * @b: the balloon, not started, its knobs set to the module parameters
 * @dom0: as in xhb_bootline_obey()
 *
 * Where they cannot be read, nothing is done.
 *
 * Context: may sleep.
 */
void xhb_bootline_apply(struct xhb_balloon *b, bool dom0)
{
	char *line = xhb_bootline();

	if (line)
		xhb_bootline_obey(b, line, dom0);
	kfree(line);
}
