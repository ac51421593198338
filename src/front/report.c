// SPDX-License-Identifier: GPL-2.0
/*
 * What the host is told regularly, if the user wants it: how much memory the guest has
 * and could have free, in the nodes that XAPI reads, and beside them where its balloon
 * is.
 *
 * Whoever watches xenstore is woken by each write. So nothing is written that is not
 * new, and nothing more often than the user allows.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include "xhb_front.h"
#include "xhb_pages.h"
#include "xhb_policy.h"

/* Lint finds the nodes by this name. */
#define XHB_NODE(_dir, _node)	{ .dir = _dir, .node = _node }

enum xhb_report_node {
	XHB_REPORT_TOTAL,
	XHB_REPORT_FREE,
	XHB_REPORT_STATE,
	XHB_REPORT_REASON,
	XHB_REPORT_BY,
	XHB_REPORT_FLOOR,
	XHB_REPORT_COUNT,
};

static const struct {
	const char *dir;
	const char *node;
} xhb_report_nodes[XHB_REPORT_COUNT] = {
	[XHB_REPORT_TOTAL] = XHB_NODE("data", "meminfo_total"),
	[XHB_REPORT_FREE] = XHB_NODE("data", "meminfo_free"),
	[XHB_REPORT_STATE] = XHB_NODE("data/hugeballoon", "state"),
	[XHB_REPORT_REASON] = XHB_NODE("data/hugeballoon", "reason"),
	[XHB_REPORT_BY] = XHB_NODE("data/hugeballoon", "target_by"),
	[XHB_REPORT_FLOOR] = XHB_NODE("data/hugeballoon", "floor_kb"),
};

/* Free memory changes all the time; less is no news. */
#define XHB_REPORT_NEWS_KB	1024UL

/* Longer than any reason. */
#define XHB_REPORT_TEXT		96

/* Set before anything is reported, constant until the end. */
static struct xhb_balloon *xhb_report_balloon;
/* What was told last, only touched by the work, and without it. */
static char xhb_report_told[XHB_REPORT_COUNT][XHB_REPORT_TEXT];
static unsigned long xhb_report_free_kb;

static unsigned long xhb_report_available_kb(void)
{
	unsigned long kb = xhb_pages_to_kb(max(xhb_available(), 0L));

	if (max(kb, xhb_report_free_kb) - min(kb, xhb_report_free_kb) >=
	    XHB_REPORT_NEWS_KB)
		xhb_report_free_kb = kb;
	return xhb_report_free_kb;
}

static void xhb_report_text(struct xhb_balloon *b, enum xhb_report_node node,
			    char *text)
{
	struct xhb_status_words words;

	xhb_status_words(b, &words);
	switch (node) {
	case XHB_REPORT_TOTAL:
		snprintf(text, XHB_REPORT_TEXT, "%lu",
			 xhb_pages_to_kb(totalram_pages()));
		break;
	case XHB_REPORT_FREE:
		snprintf(text, XHB_REPORT_TEXT, "%lu", xhb_report_available_kb());
		break;
	case XHB_REPORT_STATE:
		strscpy(text, words.state, XHB_REPORT_TEXT);
		break;
	case XHB_REPORT_REASON:
		strscpy(text, words.reason, XHB_REPORT_TEXT);
		break;
	case XHB_REPORT_BY:
		strscpy(text, words.target_by, XHB_REPORT_TEXT);
		break;
	default:
		snprintf(text, XHB_REPORT_TEXT, "%lu",
			 xhb_pages_to_kb(xhb_floor(b)));
	}
}

/* Returns whether there was anything new, or an error of xenstore. */
static int xhb_report_node(struct xhb_balloon *b, enum xhb_report_node node)
{
	char text[XHB_REPORT_TEXT];
	int err;

	xhb_report_text(b, node, text);
	if (!strcmp(text, xhb_report_told[node]))
		return 0;
	err = xenbus_write(XBT_NIL, xhb_report_nodes[node].dir,
			   xhb_report_nodes[node].node, text);
	if (err)
		return err;
	strscpy(xhb_report_told[node], text, XHB_REPORT_TEXT);
	return 1;
}

/* Returns 0 or an error of xenstore. */
static int xhb_report_all(struct xhb_balloon *b)
{
	bool news = false;
	int i, ret;

	for (i = 0; i < XHB_REPORT_COUNT; i++) {
		ret = xhb_report_node(b, i);
		if (ret < 0)
			return ret;
		news |= ret;
	}
	/* Whoever waits for this one reads the others then. */
	return news ? xenbus_write(XBT_NIL, "data", "updated", "1") : 0;
}

static void xhb_report_forget(void)
{
	memset(xhb_report_told, 0, sizeof(xhb_report_told));
	xhb_report_free_kb = 0;
}

/* Numbers that nobody keeps right any more mislead. */
static void xhb_report_withdraw(void)
{
	int i;

	if (!xhb_report_told[0][0])
		return;
	for (i = 0; i < XHB_REPORT_COUNT; i++)
		xenbus_rm(XBT_NIL, xhb_report_nodes[i].dir,
			  xhb_report_nodes[i].node);
	xenbus_rm(XBT_NIL, "data", "hugeballoon");
	xhb_report_forget();
}

static void xhb_report_work(struct work_struct *work)
{
	struct xhb_balloon *b = xhb_report_balloon;
	unsigned long interval = xhb_knob(b, host_stats_interval_s);
	int err;

	if (!interval) {
		xhb_report_withdraw();
		return;
	}
	err = xhb_report_all(b);
	if (err == -EACCES) {
		pr_warn("cannot tell the host of memory, its toolstack does not let this domain write to data/ in xenstore; write host_stats_interval_s again when it does\n");
		return;
	}
	queue_delayed_work(system_freezable_wq, to_delayed_work(work),
			   interval * HZ);
}

static DECLARE_DELAYED_WORK(xhb_report, xhb_report_work);

/**
 * xhb_report_look() - the user may want another interval
 *
 * Context: any.
 */
void xhb_report_look(void)
{
	/* The file may be there before anything is reported. */
	if (READ_ONCE(xhb_report_balloon))
		mod_delayed_work(system_freezable_wq, &xhb_report, 0);
}

/**
 * xhb_report_add() - tell the host from now on, if the user wants it
 * @b: the balloon
 *
 * Context: may sleep.
 */
void xhb_report_add(struct xhb_balloon *b)
{
	/* dom0's own directory is of interest to nobody. */
	if (xen_initial_domain())
		return;
	xhb_report_forget();
	WRITE_ONCE(xhb_report_balloon, b);
	if (xhb_knob(b, host_stats_interval_s))
		xhb_report_look();
}

/**
 * xhb_report_again() - the domain has arrived at a host that knows nothing of it
 *
 * Context: may sleep.
 */
void xhb_report_again(void)
{
	if (!xhb_report_balloon)
		return;
	cancel_delayed_work_sync(&xhb_report);
	xhb_report_forget();
	xhb_report_look();
}

/**
 * xhb_report_remove() - the host is told no more, and what it was told goes
 *
 * Context: may sleep; no knob is written any more.
 */
void xhb_report_remove(void)
{
	if (!xhb_report_balloon)
		return;
	cancel_delayed_work_sync(&xhb_report);
	xhb_report_withdraw();
	xhb_report_balloon = NULL;
}
