// SPDX-License-Identifier: GPL-2.0
/*
 * The size that a guest should have by what it needs.
 *
 * Taking is fast and giving is slow: what is given too early costs a program its
 * memory or its files, what is kept too long costs the host nothing that it cannot
 * ask for.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "xhb_pure.h"

/* The balloon gives and takes whole 2M pages. */
#define XHB_SELF_UNIT		512UL

/* Less than this much too large, or a part of all that there is, is large enough. */
#define XHB_SELF_NEAR_UNITS	4
#define XHB_SELF_NEAR_PART	128

/* A tenth of all is kept beyond the need, unless the user wants another part. */
#define XHB_SELF_RESERVED_PART	10

static unsigned long xhb_self_all(const struct xhb_self_sample *sample)
{
	return sample->ram + sample->ballooned;
}

/* By what was promised, and by what is in use though nobody was promised it. */
static unsigned long xhb_self_need(const struct xhb_self_sample *sample,
				   const struct xhb_self_wishes *wishes)
{
	unsigned long reserved = wishes->reserved;

	if (!reserved)
		reserved = xhb_self_all(sample) / XHB_SELF_RESERVED_PART;
	return max(sample->committed, sample->anon) + sample->kernel +
	       sample->cache + sample->reserve + reserved;
}

/* Whatever the need seems to be. */
static unsigned long xhb_self_least(const struct xhb_self_sample *sample,
				    const struct xhb_self_wishes *wishes)
{
	unsigned long all = xhb_self_all(sample);

	if (wishes->least)
		return sample->reserve + wishes->least;
	return sample->reserve +
	       xhb_usable_floor_pages(all - min(all, sample->reserve));
}

/*
 * The size with which the floor is available, and a quarter of it for what comes
 * until the next look.
 */
static unsigned long xhb_self_above_floor(const struct xhb_self_sample *sample)
{
	unsigned long keep = sample->floor + sample->floor / 4;

	if (sample->available < 0)
		return sample->size + keep - sample->available;
	return sample->size + keep - min_t(unsigned long, sample->available,
					   sample->size + keep);
}

/**
 * xhb_self_goal() - the size that the guest needs now
 * @sample: what it has and uses
 * @wishes: what the user has set
 *
 * Never so small that less than the floor would be available, nor less than the least
 * that is to be usable. Pages of files that had to be read again were given away too
 * early.
 *
 * Context: any.
 * Return: 4K pages, counted as @sample->size is.
 */
unsigned long xhb_self_goal(const struct xhb_self_sample *sample,
			    const struct xhb_self_wishes *wishes)
{
	unsigned long unmanaged = sample->size - sample->ram;
	unsigned long goal;

	goal = max(xhb_self_need(sample, wishes),
		   xhb_self_least(sample, wishes)) + unmanaged;
	goal = max(goal, xhb_self_above_floor(sample));
	if (sample->returned)
		goal = max(goal, sample->size + sample->returned);
	return goal;
}

/* Old needs are forgotten after one to two stretches of as many steps as it takes down. */
static unsigned long xhb_self_highest(struct xhb_self_state *state,
				      unsigned long goal,
				      const struct xhb_self_wishes *wishes,
				      bool step)
{
	if (!state->target) {
		state->highest[0] = goal;
		state->highest[1] = goal;
		state->steps = 0;
	} else if (step && ++state->steps >= wishes->down) {
		state->highest[1] = state->highest[0];
		state->highest[0] = goal;
		state->steps = 0;
	}
	state->highest[0] = max(state->highest[0], goal);
	return max(state->highest[0], state->highest[1]);
}

/* How much to give in one step: a part, and free memory before anything else. */
static unsigned long xhb_self_less(const struct xhb_self_sample *sample,
				   const struct xhb_self_wishes *wishes,
				   unsigned long excess)
{
	unsigned long less = min(excess / wishes->down, sample->free / 2);

	return max(ALIGN_DOWN(less, XHB_SELF_UNIT), XHB_SELF_UNIT);
}

/* A balloon of whole 2M pages, not larger than wanted. */
static unsigned long xhb_self_whole(const struct xhb_self_sample *sample,
				    unsigned long target)
{
	unsigned long full = sample->size + sample->ballooned;

	if (target >= full)
		return target;
	return full - ALIGN_DOWN(full - target, XHB_SELF_UNIT);
}

/**
 * xhb_self_decide() - the size that the guest should have
 * @state: what was decided before, updated; all zero at first
 * @sample: what it has and uses
 * @wishes: what the user has set
 * @step: an interval has passed; otherwise the guest may be short of memory, and only
 *	grows
 *
 * It grows towards what it needs now, and shrinks towards the most that it has needed
 * in the last while, and not for less than some 2M pages: who needs memory now and
 * then keeps it.
 *
 * Context: any; the owner of @state serialises.
 * Return: 4K pages, counted as @sample->size is; not below xhb_self_goal(), or, where
 * it grows slowly, not below @sample->size.
 */
unsigned long xhb_self_decide(struct xhb_self_state *state,
			      const struct xhb_self_sample *sample,
			      const struct xhb_self_wishes *wishes, bool step)
{
	unsigned long goal = xhb_self_goal(sample, wishes);
	unsigned long highest = xhb_self_highest(state, goal, wishes, step);
	unsigned long near = max(XHB_SELF_NEAR_UNITS * XHB_SELF_UNIT,
				 xhb_self_all(sample) / XHB_SELF_NEAR_PART);
	unsigned long size = sample->size, target = state->target ?: size;

	if (goal > size) {
		target = size + DIV_ROUND_UP(goal - size, step ? wishes->up : 1);
	} else if (highest >= size) {
		target = size;
	} else {
		/* What is under way goes on, but no further than is right now. */
		target = clamp(target, highest, size);
		if (step && size - highest >= near)
			target = min(target, size - xhb_self_less(sample, wishes,
								  size - highest));
	}
	state->target = xhb_self_whole(sample, target);
	return state->target;
}
