// SPDX-License-Identifier: GPL-2.0
/*
 * hugeballoon/status: where the balloon is on its way, in lines that a person can
 * read and a program can split at the first colon.
 */
#include <linux/sysfs.h>
#include <linux/time.h>

#include "xhb_front.h"
#include "xhb_pages.h"
#include "xhb_policy.h"

/* For each &enum xhb_requester, who may know it by another name. */
static const char * const xhb_requester_names[XHB_REQUESTER_COUNT] = {
	[XHB_REQUESTER_HOST] = "host",
	[XHB_REQUESTER_SELF] = "self",
	[XHB_REQUESTER_PRESSURE] = "pressure",
};

static const char * const xhb_state_names[XHB_STATE_COUNT] = {
	[XHB_STATE_TARGET] = "at target",
	[XHB_STATE_MOVING] = "moving",
	[XHB_STATE_STUCK] = "stuck",
	[XHB_STATE_FLOOR] = "at the floor",
	[XHB_STATE_MIGRATING] = "migrating",
	[XHB_STATE_LENDING] = "lending",
};

/* What each reason means for the guest, and what can be done about it. */
static const char * const xhb_reasons[XHB_WHY_COUNT] = {
	[XHB_WHY_TARGET] = "none",
	[XHB_WHY_GIVES] = "giving memory to Xen",
	[XHB_WHY_TAKES] = "taking memory from Xen",
	[XHB_WHY_EMPTIES] = "emptying a 2M block to give to Xen",
	[XHB_WHY_COPIED] = "gives no memory before it has arrived",
	[XHB_WHY_FLOOR] = "programs need what is left, see floor_kb",
	[XHB_WHY_NO_PAGE] = "the guest has no free page to give",
	[XHB_WHY_REFUSED] = "Xen refuses to take memory back",
	[XHB_WHY_MAXIMUM] = "the domain has all it may have, see xl mem-max",
	[XHB_WHY_HOST] = "the host has no free memory",
	[XHB_WHY_FOREIGN] =
		"foreign mappings use what it lacks, or it is kept for them",
	[XHB_WHY_EMPTY] =
		"nothing is ballooned out, the guest has all its memory",
};

/* The worker may not have looked at the latest target yet. */
static enum xhb_why xhb_latest_why(struct xhb_balloon *b)
{
	unsigned long size = xhb_current_pages(b), target = xhb_target_pages(b);
	enum xhb_why why = xhb_why(b);
	bool gives = why > XHB_WHY_TARGET && why < XHB_WHY_TAKES;

	if (size == target)
		return XHB_WHY_TARGET;
	if (size > target)
		return gives ? why : XHB_WHY_GIVES;
	return gives || why == XHB_WHY_TARGET ? XHB_WHY_TAKES : why;
}

static const char *xhb_migration(struct xhb_balloon *b)
{
	if (!xhb_xen_tells_copied(&b->xen))
		return "unknown";
	return xhb_is_copied(b) ? "yes" : "no";
}

/**
 * xhb_status_words() - where the balloon is, in words
 * @b: the balloon
 * @words: filled
 *
 * Context: any; they may be old when they are given.
 */
void xhb_status_words(struct xhb_balloon *b, struct xhb_status_words *words)
{
	enum xhb_why why = xhb_latest_why(b);

	*words = (struct xhb_status_words) {
		.state = xhb_state_names[xhb_why_state(why)],
		.reason = xhb_reasons[why],
		.target_by = xhb_requester_names[xhb_target_by(b)],
	};
	if (why == XHB_WHY_EMPTY && xhb_growing(b))
		words->reason = "adding memory to the guest";
}

/**
 * xhb_status_show() - all lines
 * @b: the balloon
 * @buf: a page to be filled
 *
 * Numbers are read one after the other while they change; each is right by itself.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: length of the text.
 */
int xhb_status_show(struct xhb_balloon *b, char *buf)
{
	long next_ms = xhb_next_try_ms(b);
	struct xhb_status_words words;
	int n;

	xhb_status_words(b, &words);
	n = sysfs_emit(buf, "target_kb: %lu\n",
		       xhb_pages_to_kb(xhb_target_pages(b)));
	n += sysfs_emit_at(buf, n, "target_by: %s\n", words.target_by);
	n += sysfs_emit_at(buf, n, "current_kb: %lu\n",
			   xhb_pages_to_kb(xhb_current_pages(b)));
	n += sysfs_emit_at(buf, n, "state: %s\n", words.state);
	n += sysfs_emit_at(buf, n, "reason: %s\n", words.reason);
	n += sysfs_emit_at(buf, n, "since_s: %lu\n",
			   xhb_why_since_ms(b) / MSEC_PER_SEC);
	if (xhb_latest_why(b) == XHB_WHY_TARGET || next_ms < 0)
		n += sysfs_emit_at(buf, n, "next_try_s: none\n");
	else
		n += sysfs_emit_at(buf, n, "next_try_s: %ld\n",
				   DIV_ROUND_UP(next_ms, MSEC_PER_SEC));
	n += sysfs_emit_at(buf, n, "being_copied: %s\n", xhb_migration(b));
	return n;
}
