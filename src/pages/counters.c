// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics: events counted since load. Nothing is decided by them.
 */
#include "xhb_pages.h"

const char * const xhb_count_names[XHB_COUNT_COUNT] = {
	[XHB_COUNT_RELEASED_2M] = "released_2m",
	[XHB_COUNT_RELEASED_4K] = "released_4k",
	[XHB_COUNT_POPULATED_2M] = "populated_2m",
	[XHB_COUNT_POPULATED_4K] = "populated_4k",
	[XHB_COUNT_SHORT] = "short",
	[XHB_COUNT_NO_2M] = "no_2m",
	[XHB_COUNT_SPLIT] = "split",
	[XHB_COUNT_ADOPTED] = "adopted",
	[XHB_COUNT_COLLAPSED] = "collapsed",
	[XHB_COUNT_MIGRATED] = "migrated",
	[XHB_COUNT_NOT_MIGRATED] = "not_migrated",
	[XHB_COUNT_COALESCED] = "coalesced",
	[XHB_COUNT_DEFRAGGED] = "defragged",
	[XHB_COUNT_HEALED] = "healed",
	[XHB_COUNT_MARKED] = "marked",
	[XHB_COUNT_REVIVED] = "revived",
	[XHB_COUNT_RELIEVED] = "relieved",
};

/**
 * xhb_count_add() - something has happened
 * @b: the balloon
 * @count: what
 * @times: how often
 *
 * Context: any.
 */
void xhb_count_add(struct xhb_balloon *b, enum xhb_count count, u64 times)
{
	atomic64_add(times, &b->counters.events[count]);
}

/**
 * xhb_counted() - how often something has happened since load
 * @b: the balloon
 * @count: what
 *
 * Context: any.
 * Return: the number.
 */
u64 xhb_counted(struct xhb_balloon *b, enum xhb_count count)
{
	return atomic64_read(&b->counters.events[count]);
}
