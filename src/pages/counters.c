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

const char * const xhb_try_names[XHB_TRY_COUNT] = {
	[XHB_TRY_ALLOCATE_2M] = "allocate_2m",
	[XHB_TRY_ALLOCATE_4K] = "allocate_4k",
	[XHB_TRY_RELEASE_2M] = "release_2m",
	[XHB_TRY_RELEASE_4K] = "release_4k",
	[XHB_TRY_POPULATE_2M] = "populate_2m",
	[XHB_TRY_POPULATE_4K] = "populate_4k",
	[XHB_TRY_MIGRATE_4K] = "migrate_4k",
	[XHB_TRY_EVACUATE_2M] = "evacuate_2m",
	[XHB_TRY_COLLAPSE_2M] = "collapse_2m",
	[XHB_TRY_COALESCE_2M] = "coalesce_2m",
	[XHB_TRY_DEFRAG_2M] = "defrag_2m",
	[XHB_TRY_HEAL_2M] = "heal_2m",
};

const char * const xhb_result_names[XHB_RESULT_COUNT] = {
	[XHB_RESULT_DONE] = "done",
	[XHB_RESULT_SHORT] = "short",
	[XHB_RESULT_FAILED] = "failed",
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

/**
 * xhb_tried() - something was tried
 * @b: the balloon
 * @what: that
 * @asked: how much was asked for, more than 0, in the caller's unit
 * @done: how much of it was done
 *
 * Context: any.
 */
void xhb_tried(struct xhb_balloon *b, enum xhb_try what, unsigned long asked,
	       unsigned long done)
{
	enum xhb_result result = XHB_RESULT_SHORT;

	if (done >= asked)
		result = XHB_RESULT_DONE;
	else if (!done)
		result = XHB_RESULT_FAILED;
	atomic64_inc(&b->counters.tries[what][result]);
}

/**
 * xhb_tried_with() - how often something was tried with this result
 * @b: the balloon
 * @what: that
 * @result: what came of it
 *
 * Context: any.
 * Return: times since load.
 */
u64 xhb_tried_with(struct xhb_balloon *b, enum xhb_try what,
		   enum xhb_result result)
{
	return atomic64_read(&b->counters.tries[what][result]);
}
